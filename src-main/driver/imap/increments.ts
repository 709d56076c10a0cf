import type { RemoteEmail } from '../../../src-shared/remote.ts';
import { breathe, inPieces, throwIfAborted } from '../../lib/async.ts';
import type { Delta, EmailMove, Known } from '../driver.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchUids } from './fetch.ts';
import { cursorText, type MailboxCursor, MOST_BROKEN } from './mailboxCursor.ts';
import type { Matched } from './matching.ts';
import { createMoveFinder } from './moves.ts';
import { emailId, parseEmailId } from './names.ts';
import { PIECE, progressOf } from './order.ts';
import type { Scan } from './scan.ts';

/** What moved in one pull (docs/sync.md I5), found out piece by piece: only ids and identities are kept. */
export type Moving = {
  /** Finds out which of these new messages are what is gone elsewhere; answers what it did not know before. */
  match(fresh: readonly RemoteEmail[]): EmailMove[];
  isSource(remoteId: string): boolean;
  isTarget(remoteId: string): boolean;
};

/** So many are looked up at once. */
const PAGE = 500;

/** `vanished`: everything that is gone, whatever is new. */
export const createMoving = async (known: Known, vanished: readonly string[]): Promise<Moving> => {
  const finder = createMoveFinder(known);
  for (const page of inPieces(vanished.toSorted(), PAGE)) {
    finder.add(page);
    await breathe();
  }
  const sources = new Set<string>();
  const targets = new Set<string>();
  return {
    match: (fresh) => {
      const moved = finder.find(fresh.filter(({ remoteId }) => !targets.has(remoteId)));
      for (const { from, to } of moved) {
        sources.add(from);
        targets.add(to.remoteId);
      }
      return moved;
    },
    isSource: (remoteId) => sources.has(remoteId),
    isTarget: (remoteId) => targets.has(remoteId),
  };
};

/** Of many new messages so many are shown at once. */
const NEWEST = 50;

/**
 * The newest of many new messages, ahead of the cursor: they are on the screen at once, and come again when it is their turn
 * (docs/sync.md I2).
 */
export async function* showNewest(context: PullContext, scan: Scan, moving: Moving): AsyncGenerator<Delta, void, void> {
  const { place, unread } = scan;
  const newest = unread.length > PIECE ? unread.slice(-NEWEST) : [];
  const ids = newest.map((uid) => emailId(place.key, place.validity, uid));
  if (context.known.emails(ids).size === ids.length) return;
  const piece = await unlessRefused(place, fetchUids(context, place, newest));
  if (piece) yield { emails: rowsOf(scan, piece.emails, moving), cursors: [] };
}

/** A new message that moved is the email that it was; any other is one more. */
const rowsOf = (scan: Scan, emails: readonly RemoteEmail[], moving: Moving): Required<Delta>['emails'] => {
  const moved = moving.match(emails);
  const now = new Set(moved.map(({ to }) => to.remoteId));
  const put = emails.filter(({ remoteId }) => !now.has(remoteId));
  return { moved, put, arrived: arrivedIn(scan, put), patched: [], destroyed: [] };
};

/** Those that came since the last look: what lies before was missed then. */
export const arrivedIn = ({ place }: Scan, emails: readonly RemoteEmail[]): string[] =>
  emails.flatMap(({ remoteId }) => ((parseEmailId(remoteId)?.uid ?? 0) > place.cursor.last ? remoteId : []));

type Round = { matched: readonly Matched[]; until: number };

/**
 * Many new messages of a mailbox, the oldest first, in pieces that are committed and visible one by one, each with a cursor
 * up to its last one: a pull that is cut off goes on there. The next piece is on its way while one is being stored. 'later'
 * when it is time to look at all mailboxes again.
 */
export async function* readOn(
  context: PullContext,
  scan: Scan,
  moving: Moving,
  { matched, until }: Round,
): AsyncGenerator<Delta, 'read' | 'refused' | 'later', void> {
  const { place, unread, vanished } = scan;
  const pieces = inPieces(unread, PIECE);
  let ahead = readPiece(context, scan, pieces[0]);
  try {
    for (const [at, uids] of pieces.entries()) {
      const piece = await unlessRefused(place, ahead);
      throwIfAborted(context.signal);
      if (!piece) return 'refused';
      const { emails, broken } = piece;
      ahead = readPiece(context, scan, pieces[at + 1]);
      scan.cursor.broken = [...scan.cursor.broken, ...broken].slice(0, MOST_BROKEN);
      const isLast = at === pieces.length - 1;
      // What is gone takes the last step of the cursor: it is still held.
      const cursor =
        isLast && vanished.length === 0 ? scan.cursor : between(context, scan, uids.at(-1) ?? 0, emails.length);
      yield {
        emails: rowsOf(scan, emails, moving),
        cursors: [context.move(`mailbox:${place.key}`, cursorText(cursor))],
        ...progressOf(context, matched, emails),
      };
      if (!isLast && context.clock.monotonic() >= until) return 'later';
    }
    return 'read';
  } finally {
    // Whoever stops reading here may open another mailbox next: not while this one is being read.
    await ahead.catch(() => undefined);
  }
}

const readPiece = (
  context: PullContext,
  { place }: Scan,
  uids: readonly number[] = [],
): ReturnType<typeof fetchUids> => {
  const piece = fetchUids(context, place, uids);
  // A failure while the one before is being stored is told when it is asked for.
  piece.catch(() => undefined);
  return piece;
};

/**
 * The cursor as far as messages are held: the next look goes on behind `last`, and as UIDNEXT is the old one, it does look.
 * Flags of all of them are known as of when the mailbox was opened, unless that would forget what is gone or was missing.
 */
const between = (context: PullContext, scan: Scan, last: number, came: number): MailboxCursor => {
  const { place, vanished, unread, cursor } = scan;
  const before = cursorOf(context, place.key) ?? place.cursor;
  const isInStep = vanished.length === 0 && (unread[0] ?? 0) > place.cursor.last;
  return {
    ...before,
    last: Math.max(before.last, last),
    modseq: isInStep ? cursor.modseq : before.modseq,
    messages: before.messages + came,
    broken: cursor.broken,
  };
};
