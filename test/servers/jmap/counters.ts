import { counterNames, isUnread, type StoredMailbox, type StoredThread } from './model.ts';

/** Adds (1) or takes away (-1) what a thread contributes to the counters of its mailboxes (RFC 8621 section 2). */
export const countThread = (
  mailboxes: ReadonlyMap<string, StoredMailbox>,
  thread: StoredThread,
  sign: 1 | -1,
): void => {
  const touched = new Set<StoredMailbox>();
  let unreadInTrash = false;
  let unreadElsewhere = false;
  for (const email of thread.emails) {
    const unread = isUnread(email);
    for (const id of email.mailboxIds) {
      const mailbox = mailboxes.get(id);
      if (!mailbox) continue;
      touched.add(mailbox);
      mailbox.counters.totalEmails += sign;
      if (!unread) continue;
      mailbox.counters.unreadEmails += sign;
      if (mailbox.role === 'trash') unreadInTrash = true;
      else unreadElsewhere = true;
    }
  }
  for (const mailbox of touched) {
    mailbox.counters.totalThreads += sign;
    // Mail that is in the trash alone makes no thread unread elsewhere, nor the other way round.
    if (mailbox.role === 'trash' ? unreadInTrash : unreadElsewhere) mailbox.counters.unreadThreads += sign;
  }
};

/** Remembers counters and tells which mailboxes' moved since it was last asked. */
export const createCounterWatch = (mailboxes: ReadonlyMap<string, StoredMailbox>): (() => string[]) => {
  const known = new Map<string, string>();
  return () => {
    const moved: string[] = [];
    for (const { id, counters } of mailboxes.values()) {
      const now = counterNames.map((name) => counters[name]).join();
      if (known.get(id) === now) continue;
      if (known.has(id) || now !== '0,0,0,0') moved.push(id);
      known.set(id, now);
    }
    return moved;
  };
};
