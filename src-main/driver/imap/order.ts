import type { RemoteEmail } from '../../../src-shared/remote.ts';
import type { Delta } from '../driver.ts';
import type { PullContext } from './context.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { remoteMailboxes } from './tree.ts';

/** So many messages are read, committed and shown at once. */
export const PIECE = 500;
/** Reading that takes long is interrupted so often for what happens meanwhile, in ms. */
export const LOOK_AGAIN_MS = 15_000;

/** Mailboxes in the order in which people want them: INBOX first. */
export const inOrder = <T extends Matched>(matched: readonly T[], all: readonly Matched[]): T[] => {
  const order = new Map(remoteMailboxes(all).map(({ remoteId, sortOrder }) => [remoteId, sortOrder]));
  return matched.toSorted((a, b) => (order.get(a.key) ?? 0) - (order.get(b.key) ?? 0));
};

/** How many of all messages are held once those that come are. */
export const progressOf = (
  { known }: PullContext,
  matched: readonly Matched[],
  coming: readonly RemoteEmail[],
): Required<Pick<Delta, 'progress'>> => {
  const total = matched.reduce((sum, mailbox) => sum + (syncedStatus(mailbox)?.messages ?? 0), 0);
  return { progress: { done: Math.min(known.emailCount() + coming.length, total), total } };
};
