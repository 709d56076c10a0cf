import { type Account, found } from './account.ts';
import { changeEmail } from './emailSteps.ts';
import type { StoredMailbox } from './model.ts';

/** What a mailbox is made of; the rest follows from its emails. */
export type NewMailbox = {
  name: string;
  parentId?: string | null;
  role?: string | null;
  sortOrder?: number;
  isSubscribed?: boolean;
};

/** What of a mailbox can be given another value. */
export type MailboxChange = Partial<Pick<StoredMailbox, 'name' | 'parentId' | 'sortOrder' | 'isSubscribed'>>;

type Mailboxes = ReadonlyMap<string, StoredMailbox>;

/** Whether another mailbox than `id` has that name there: siblings have different names (RFC 8621 section 2). */
export const hasTwin = (mailboxes: Mailboxes, name: string, parentId: string | null, id: string | null): boolean =>
  [...mailboxes.values()].some((other) => other.name === name && other.parentId === parentId && other.id !== id);

/** Whether a mailbox is the other one or somewhere below it. */
export const isWithin = (mailboxes: Mailboxes, id: string | null, other: string): boolean => {
  for (let up = id; up !== null; up = mailboxes.get(up)?.parentId ?? null) if (up === other) return true;
  return false;
};

/** Whether a mailbox has others below it. */
export const hasChild = (mailboxes: Mailboxes, id: string): boolean =>
  [...mailboxes.values()].some(({ parentId }) => parentId === id);

const refuseTwin = ({ mailboxes }: Account, name: string, parentId: string | null, id: string | null): void => {
  if (hasTwin(mailboxes, name, parentId, id)) throw new Error(`The test server already has a mailbox ${name} there`);
};

/** Makes a mailbox and answers its id. */
export const addMailbox = (account: Account, mailbox: NewMailbox): string => {
  const { name, parentId = null, role = null, sortOrder = 10, isSubscribed = true } = mailbox;
  if (parentId !== null) found(account.mailboxes, parentId);
  refuseTwin(account, name, parentId, null);
  const id = `P${(++account.mailboxCount).toString().padStart(3, '0')}`;
  const counters = { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  account.mailboxes.set(id, { id, name, parentId, role, sortOrder, isSubscribed, counters, override: null });
  account.journals.Mailbox.created(id);
  return id;
};

/** Gives a mailbox other values; what changes nothing moves no state. */
export const changeMailbox = (account: Account, id: string, change: MailboxChange): void => {
  const mailbox = found(account.mailboxes, id);
  const { name, parentId, sortOrder, isSubscribed } = { ...mailbox, ...change };
  const same = mailbox.sortOrder === sortOrder && mailbox.isSubscribed === isSubscribed;
  if (same && mailbox.name === name && mailbox.parentId === parentId) return;
  if (parentId !== null) found(account.mailboxes, parentId);
  if (isWithin(account.mailboxes, parentId, id)) {
    throw new Error(`Mailbox ${id} of the test server cannot be below itself`);
  }
  refuseTwin(account, name, parentId, id);
  Object.assign(mailbox, { name, parentId, sortOrder, isSubscribed });
  account.journals.Mailbox.updated(id);
};

/** Takes the mailbox from its emails and away; emails that were nowhere else are destroyed (RFC 8621 section 2.5). */
export const removeMailbox = (account: Account, id: string): void => {
  const { emails, mailboxes, journals } = account;
  found(mailboxes, id);
  if (hasChild(mailboxes, id)) throw new Error(`Mailbox ${id} of the test server has children`);
  for (const email of [...emails.values()].filter(({ mailboxIds }) => mailboxIds.includes(id))) {
    const mailboxIds = email.mailboxIds.filter((other) => other !== id);
    changeEmail(account, email, { mailboxIds, keywords: email.keywords });
  }
  mailboxes.delete(id);
  journals.Mailbox.destroyed(id);
};
