import { createCounterWatch } from './counters.ts';
import { createJournal, type Journal } from './journal.ts';
import type { ChangeType, ServerMail, StoredEmail, StoredMailbox, StoredThread } from './model.ts';
import { createOrder, type Order } from './order.ts';
import { createThreading } from './threads.ts';

/** All that one account holds, for the steps that change it. */
export type Account = {
  readonly emails: Map<string, StoredEmail>;
  readonly mailboxes: Map<string, StoredMailbox>;
  readonly threads: Map<string, StoredThread>;
  readonly journals: Record<ChangeType, Journal>;
  readonly order: Order;
  readonly threadFor: (messageId: string, mail: ServerMail) => string;
  /** Mailboxes whose counters moved since the last call. */
  readonly movedCounters: () => string[];
  /** One array for each set of keywords, lower-case and sorted. */
  readonly keywordSets: Map<string, readonly string[]>;
  modseq: number;
  delivered: number;
  mailboxCount: number;
};

/** An empty account without mailboxes. */
export const createAccount = (): Account => {
  const emails = new Map<string, StoredEmail>();
  const mailboxes = new Map<string, StoredMailbox>();
  const threads = new Map<string, StoredThread>();
  const nextModseq = () => ++account.modseq;
  const account: Account = {
    emails,
    mailboxes,
    threads,
    journals: {
      Email: createJournal(nextModseq),
      Mailbox: createJournal(nextModseq),
      Thread: createJournal(nextModseq),
      Identity: createJournal(nextModseq),
      EmailSubmission: createJournal(nextModseq),
    },
    order: createOrder(emails),
    threadFor: createThreading(threads),
    movedCounters: createCounterWatch(mailboxes),
    keywordSets: new Map(),
    modseq: 0,
    delivered: 0,
    mailboxCount: 0,
  };
  return account;
};

/** The object with that id; a test that names another one is wrong and fails. */
export const found = <T>(map: ReadonlyMap<string, T>, id: string): T => {
  const value = map.get(id);
  if (value === undefined) throw new Error(`The test server has no ${id}`);
  return value;
};

/** Journals the mailboxes whose counters moved, once each, as the end of a step. */
export const journalCounters = (account: Account): void => {
  for (const id of account.movedCounters()) account.journals.Mailbox.updated(id, true);
};
