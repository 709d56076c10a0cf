import { applyDelta, noCounts } from '../../src-main/engine/apply.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';

/** An email of a server without threads: its own Message-ID (null: none) and what it answers. */
export type Letter = { name: string; own: string | null; inReplyTo?: string[]; references?: string[] };

export const letter = (
  { name, own, inReplyTo = [], references = [] }: Letter,
  more: Partial<RemoteEmail> = {},
): RemoteEmail => {
  const made = remoteEmail({ remoteId: name, threadRemoteId: null, subject: 'Re: lunch', ...more });
  const messageId = own === null ? [] : [own];
  return { ...made, headers: { ...made.headers, messageId, inReplyTo, references } };
};

export const empty = (): TestStore => {
  const s = openStore();
  s.hold(remoteMailbox({ remoteId: 'inbox', role: 'inbox' }));
  return s;
};
export const put = (...emails: RemoteEmail[]) => ({ emails: { put: emails, patched: [], destroyed: [] }, cursors: [] });
/** One delta for all, as a first fill brings them. */
export const take = (s: TestStore, ...letters: Letter[]): Promise<void> =>
  applyDelta(s.store, put(...letters.map((each) => letter(each))), noCounts());

/** The names of the emails of each thread, sorted. */
export const partition = (s: TestStore): string[] => {
  const threads = new Map<unknown, unknown[]>();
  for (const { thread_id, remote_id } of s.rows('emails'))
    threads.set(thread_id, [...(threads.get(thread_id) ?? []), remote_id]);
  return [...threads.values()].map((names) => names.map(String).toSorted().join(' ')).toSorted();
};

/** What is wrong with what the rows repeat of threads, or keep without need. */
export const faults = (s: TestStore): unknown[] => [
  ...s.rows('email_mailboxes m JOIN emails e ON e.id = m.email_id WHERE m.thread_id <> e.thread_id'),
  ...s.rows('threads WHERE id NOT IN (SELECT thread_id FROM emails)'),
  ...s.rows('thread_ids WHERE thread_id NOT IN (SELECT thread_id FROM emails)'),
  ...s.rows('thread_merges'),
];
