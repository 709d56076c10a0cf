import { createAccount, found, journalCounters } from './account.ts';
import { addEmail, changeEmail, type EmailChange, removeEmail } from './emailSteps.ts';
import type { Journal } from './journal.ts';
import { addMailbox, changeMailbox, type MailboxChange, type NewMailbox, removeMailbox } from './mailboxSteps.ts';
import type { ChangeType, ServerMail, StoredEmail, StoredMailbox, StoredThread } from './model.ts';

/** All mail of one account, with a journal for each type; every function is one step of its states. */
export type Store = {
  readonly emails: ReadonlyMap<string, StoredEmail>;
  readonly mailboxes: ReadonlyMap<string, StoredMailbox>;
  readonly threads: ReadonlyMap<string, StoredThread>;
  readonly journals: Record<ChangeType, Journal>;
  /** The account's highest modseq. */
  modseq(): number;
  newestFirst(): readonly StoredEmail[];
  addEmails(mails: readonly ServerMail[]): string[];
  changeEmails(ids: readonly string[], change: (email: StoredEmail) => EmailChange): void;
  removeEmails(ids: readonly string[]): void;
  addMailbox(mailbox: NewMailbox): string;
  changeMailbox(id: string, change: MailboxChange): void;
  removeMailbox(id: string): void;
  /** Counts an object as updated without changing it. */
  touch(type: ChangeType, id: string): void;
  /** Called after every step. */
  onStep(listener: () => void): void;
};

/** A store without mailboxes. */
export const createStore = (): Store => {
  const account = createAccount();
  const { emails, mailboxes, threads, journals, order } = account;
  let stepped = (): void => undefined;
  // The counters move last, so that a client never sees them ahead of the emails they count.
  const step = <T>(work: () => T): T => {
    const result = work();
    journalCounters(account);
    stepped();
    return result;
  };
  const each = (ids: readonly string[]) => [...new Set(ids)].map((id) => found(emails, id));
  return {
    emails,
    mailboxes,
    threads,
    journals,
    modseq: () => account.modseq,
    newestFirst: order.sorted,
    addEmails: (mails) =>
      step(() => {
        const home = [...mailboxes.values()].filter(({ role }) => role === 'inbox').map(({ id }) => id);
        return mails.map((mail) => addEmail(account, mail, home));
      }),
    changeEmails: (ids, change) =>
      step(() => {
        for (const email of each(ids)) changeEmail(account, email, change(email));
      }),
    removeEmails: (ids) =>
      step(() => {
        for (const email of each(ids)) removeEmail(account, email);
      }),
    addMailbox: (mailbox) => step(() => addMailbox(account, mailbox)),
    changeMailbox: (id, change) => step(() => changeMailbox(account, id, change)),
    removeMailbox: (id) => step(() => removeMailbox(account, id)),
    touch: (type, id) => step(() => journals[type].updated(id)),
    onStep: (listener) => {
      stepped = listener;
    },
  };
};
