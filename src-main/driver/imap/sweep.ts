import { type Argument, atom, type ImapConnection, uidSet } from './connection.ts';
import type { PullContext } from './context.ts';
import { heldPages } from './held.ts';
import type { Subject } from './scan.ts';
import { type FlagsSeen, flagsOf, vanishedOf } from './select.ts';
import type { UidRange } from './uids.ts';

/** Flags of so many messages that are held are read in one command. */
const AT_ONCE = 2_000;

/** What a FETCH of flags asks for. */
export const flagItems = ({ labels }: Subject): Argument[] => [
  atom('UID'),
  atom('FLAGS'),
  ...(labels ? [atom('X-GM-LABELS')] : []),
];

/** What a sweep tells of messages besides their flags. UIDs ascend. */
export type Swept = {
  /** Held, and not answered. */
  missing: number[];
  /** Answered, and not held. */
  unheld: number[];
  /** What the server called gone meanwhile. */
  vanished: UidRange[];
};

/**
 * Flags of every message in the held part of the mailbox that is open (docs/sync.md I3), range by range: a server without
 * mod-sequences would have to tell those of 100,000 messages in one answer. What is missing is so as of its own range: what
 * goes or comes while the others are read shows in the count (I4).
 */
export async function* sweepFlags(
  { known }: PullContext,
  connection: ImapConnection,
  subject: Subject,
): AsyncGenerator<FlagsSeen[], Swept, void> {
  const { key, validity, cursor } = subject;
  const swept: Swept = { missing: [], unheld: [], vanished: [] };
  for (const { range, uids } of heldPages(known, key, validity, [cursor.low, cursor.last], AT_ONCE)) {
    const told: FlagsSeen[] = [];
    await connection.run('UID FETCH', [uidSet(range.join(':')), flagItems(subject)], {
      FETCH: (response) => told.push(...flagsOf(response)),
      VANISHED: (response) => swept.vanished.push(...vanishedOf(response)),
    });
    const [first, last] = range;
    // Of others the server only tells by the way what changed.
    const seen = new Set(told.map(({ uid }) => uid).filter((uid) => uid >= first && uid <= last));
    for (const uid of uids) if (!seen.delete(uid)) swept.missing.push(uid);
    for (const uid of [...seen].toSorted((a, b) => a - b)) swept.unheld.push(uid);
    yield told;
  }
  return swept;
}
