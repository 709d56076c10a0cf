import { signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { pictureSender } from '../lib/pictures.ts';
import { mailboxesWithRole } from './accounts.ts';
import { call } from './line.ts';

/** Whose pictures are always shown, by account; those of an account are read once they are needed. */
export const pictureSenders = signal<Record<string, string[]>>({});

const keep = (account: string, senders: string[]): void => {
  pictureSenders.value = { ...pictureSenders.value, [account]: senders };
};

/** Reads whose pictures an account always shows. */
export const readPictureSenders = async (account: string): Promise<string[]> => {
  const { pictures } = await call('settings.get', account, {});
  keep(account, pictures);
  return pictures;
};

/** Shows the pictures of a sender always from now on, or no more. */
export const setPictures = async (account: string, sender: string, shown: boolean): Promise<void> => {
  const { pictures } = await call('settings.set', account, { pictures: { [sender]: shown ? true : null } });
  keep(account, pictures);
};

/** Whose pictures may always be shown, of an email; null where that is not offered: junk shows none by itself. */
export const offeredSender = (email: EmailHead): string | null =>
  mailboxesWithRole(email.account, 'junk').some((id) => email.mailboxIds[id]) ? null : pictureSender(email);

/** Whether an email is shown with its pictures at once, as the person said of its sender. */
export const showsPictures = async (email: EmailHead | undefined): Promise<boolean> => {
  const sender = email && offeredSender(email);
  if (!sender) return false;
  const senders = pictureSenders.value[email.account] ?? (await readPictureSenders(email.account).catch(() => []));
  return senders.includes(sender);
};
