import { signal } from '@preact/signals';
import { sheet } from './activity.ts';

/** The mailbox that is being changed; `mailbox` null: a new one of the account. */
export const edited = signal<{ account: string; mailbox: string | null } | null>(null);

/** Opens the sheet that renames, deletes or makes a mailbox. */
export const editMailbox = (account: string, mailbox: string | null): void => {
  edited.value = { account, mailbox };
  sheet.value = 'mailbox';
};
