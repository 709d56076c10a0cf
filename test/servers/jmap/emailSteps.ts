import { type Account, found } from './account.ts';
import { countThread } from './counters.ts';
import type { ServerMail, StoredEmail, StoredThread } from './model.ts';
import { bareMessageId, insertByDate } from './threads.ts';

/** An email's place and flags after a change; no mailbox left means that it is destroyed. */
export type EmailChange = { mailboxIds: readonly string[]; keywords: readonly string[] };

const defaultStart = Date.UTC(2026, 0, 1, 8);

/** An email without a date arrives a minute after the one before it. */
const receivedAtOf = (mail: ServerMail, seq: number): number =>
  mail.receivedAt?.getTime() ?? defaultStart + seq * 60_000;

/** The Message-ID of an email, without angle brackets; mail that brings none gets one of the server's own. */
export const messageIdOf = (mail: ServerMail, seq: number): string =>
  mail.messageId === undefined ? `${seq}.tern@example.test` : bareMessageId(mail.messageId);

const sharedKeywords = ({ keywordSets }: Account, keywords: readonly string[]): readonly string[] => {
  const clean = [...new Set(keywords.map((keyword) => keyword.toLowerCase()))].toSorted();
  const key = clean.join(' ');
  const known = keywordSets.get(key);
  if (!known) keywordSets.set(key, clean);
  return known ?? clean;
};

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));

const recounted = ({ mailboxes }: Account, thread: StoredThread, step: () => void): void => {
  countThread(mailboxes, thread, -1);
  step();
  countThread(mailboxes, thread, 1);
};

/** Stores a mail; `home` is where it goes if it doesn't say. */
export const addEmail = (account: Account, mail: ServerMail, home: readonly string[]): string => {
  const { emails, mailboxes, threads, journals, order } = account;
  const mailboxIds = mail.mailboxIds ?? home;
  if (mailboxIds.length === 0) throw new Error('A mail for the test server is in no mailbox');
  for (const id of mailboxIds) found(mailboxes, id);
  const seq = ++account.delivered;
  const threadId = account.threadFor(messageIdOf(mail, seq), mail);
  const email: StoredEmail = {
    id: `M${seq.toString(16).padStart(8, '0')}`,
    seq,
    threadId,
    mail,
    receivedAt: receivedAtOf(mail, seq),
    mailboxIds,
    keywords: sharedKeywords(account, mail.keywords ?? []),
    size: 0,
    override: null,
  };
  const known = threads.get(threadId);
  const thread = known ?? { id: threadId, emails: [] };
  recounted(account, thread, () => insertByDate(thread, email));
  emails.set(email.id, email);
  threads.set(threadId, thread);
  order.add(email);
  journals.Email.created(email.id);
  if (known) journals.Thread.updated(threadId);
  else journals.Thread.created(threadId);
  return email.id;
};

/** Destroys an email, and its thread with the last one. */
export const removeEmail = (account: Account, email: StoredEmail): void => {
  const { emails, threads, journals, order } = account;
  const thread = found(threads, email.threadId);
  recounted(account, thread, () => {
    thread.emails = thread.emails.filter((other) => other !== email);
  });
  emails.delete(email.id);
  order.removed();
  journals.Email.destroyed(email.id);
  if (thread.emails.length > 0) return journals.Thread.updated(thread.id);
  threads.delete(thread.id);
  journals.Thread.destroyed(thread.id);
};

/** Gives an email its new place and flags; what changes nothing moves no state. */
export const changeEmail = (account: Account, email: StoredEmail, next: EmailChange): void => {
  if (next.mailboxIds.length === 0) return removeEmail(account, email);
  for (const id of next.mailboxIds) found(account.mailboxes, id);
  const keywords = sharedKeywords(account, next.keywords);
  if (sameSet(email.mailboxIds, next.mailboxIds) && sameSet(email.keywords, keywords)) return;
  recounted(account, found(account.threads, email.threadId), () => {
    email.mailboxIds = next.mailboxIds;
    email.keywords = keywords;
  });
  account.journals.Email.updated(email.id);
};
