import { effect } from '@preact/signals';
import { t } from '../strings/en.ts';
import { mailboxes } from './accounts.ts';

/** Says in the window's title how much of the inboxes is not read. */
export const followTitle = (): void => {
  effect(() => {
    const unread = mailboxes.value
      .filter(({ role }) => role === 'inbox')
      .reduce((sum, { unreadEmails }) => sum + unreadEmails, 0);
    document.title = unread === 0 ? t.app : `(${unread.toLocaleString()}) ${t.app}`;
  });
};
