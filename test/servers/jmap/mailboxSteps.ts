import { type Account, found } from './account.ts';
import { changeEmail } from './emailSteps.ts';

/** What a mailbox is made of; the rest follows from its emails. */
export type NewMailbox = { name: string; parentId?: string | null; role?: string | null; sortOrder?: number };

/** Siblings have different names (RFC 8621 section 2). */
const refuseTwin = ({ mailboxes }: Account, name: string, parentId: string | null): void => {
  const twin = [...mailboxes.values()].some((mailbox) => mailbox.name === name && mailbox.parentId === parentId);
  if (twin) throw new Error(`The test server already has a mailbox ${name} there`);
};

/** Makes a mailbox and answers its id. */
export const addMailbox = (account: Account, mailbox: NewMailbox): string => {
  const { name, parentId = null, role = null, sortOrder = 10 } = mailbox;
  if (parentId !== null) found(account.mailboxes, parentId);
  refuseTwin(account, name, parentId);
  const id = `P${(++account.mailboxCount).toString().padStart(3, '0')}`;
  const counters = { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  account.mailboxes.set(id, { id, name, parentId, role, sortOrder, counters, override: null });
  account.journals.Mailbox.created(id);
  return id;
};

/** Gives a mailbox another name. */
export const renameMailbox = (account: Account, id: string, name: string): void => {
  const mailbox = found(account.mailboxes, id);
  if (mailbox.name === name) return;
  refuseTwin(account, name, mailbox.parentId);
  mailbox.name = name;
  account.journals.Mailbox.updated(id);
};

/** Puts a mailbox below another one, or to the top. */
export const moveMailbox = (account: Account, id: string, parentId: string | null): void => {
  const mailbox = found(account.mailboxes, id);
  if (mailbox.parentId === parentId) return;
  for (let up = parentId; up !== null; up = found(account.mailboxes, up).parentId) {
    if (up === id) throw new Error(`Mailbox ${id} of the test server cannot be below itself`);
  }
  refuseTwin(account, mailbox.name, parentId);
  mailbox.parentId = parentId;
  account.journals.Mailbox.updated(id);
};

/** Takes the mailbox from its emails and away; emails that were nowhere else are destroyed (RFC 8621 section 2.5). */
export const removeMailbox = (account: Account, id: string): void => {
  const { emails, mailboxes, journals } = account;
  found(mailboxes, id);
  if ([...mailboxes.values()].some((mailbox) => mailbox.parentId === id)) {
    throw new Error(`Mailbox ${id} of the test server has children`);
  }
  for (const email of [...emails.values()].filter(({ mailboxIds }) => mailboxIds.includes(id))) {
    const mailboxIds = email.mailboxIds.filter((other) => other !== id);
    changeEmail(account, email, { mailboxIds, keywords: email.keywords });
  }
  mailboxes.delete(id);
  journals.Mailbox.destroyed(id);
};
