import type { ServerMail, StoredEmail, StoredThread } from './model.ts';

/** A Message-ID without its angle brackets (RFC 8621 section 4.1.2.5). */
export const bareMessageId = (id: string): string => id.replace(/^\s*<|>\s*$/g, '');

/** The ids a mail refers to, nearest first. */
const referredIds = (mail: ServerMail): string[] => {
  const references = (mail.references ?? []).map(bareMessageId).toReversed();
  return mail.inReplyTo === undefined ? references : [bareMessageId(mail.inReplyTo), ...references];
};

/** Finds the thread of a mail by Message-ID, In-Reply-To and References, never by its subject (RFC 8621 section 3). */
export const createThreading = (threads: ReadonlyMap<string, StoredThread>) => {
  const byMessageId = new Map<string, string>();
  let count = 0;
  return (messageId: string, mail: ServerMail): string => {
    const ids = [messageId, ...referredIds(mail)];
    let found: string | undefined;
    for (const id of ids) {
      const thread = byMessageId.get(id);
      if (thread !== undefined && threads.has(thread)) {
        found = thread;
        break;
      }
    }
    // An email's thread never changes (RFC 8621 section 4.1.1), so a mail that links two threads joins the first.
    const thread = found ?? `T${(++count).toString(16).padStart(8, '0')}`;
    for (const id of ids) {
      const old = byMessageId.get(id);
      if (old === undefined || !threads.has(old)) byMessageId.set(id, thread);
    }
    return thread;
  };
};

/** Puts an email in its place in a thread, oldest first. */
export const insertByDate = (thread: StoredThread, email: StoredEmail): void => {
  const last = thread.emails.at(-1);
  thread.emails.push(email);
  if (last && last.receivedAt > email.receivedAt) {
    thread.emails.sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq);
  }
};
