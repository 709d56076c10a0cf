import type { RemoteEmail } from '../../../src-shared/remote.ts';
import { throwIfAborted } from '../../lib/async.ts';
import type { Delta } from '../driver.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchSet, fetchUids, type Generation, isTheirs, opened } from './fetch.ts';
import { heldUids } from './held.ts';
import { cursorText, MOST_BROKEN } from './mailboxCursor.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { inOrder, LOOK_AGAIN_MS, PIECE, progressOf } from './order.ts';
import { searchUids } from './search.ts';

/** Few at first, so that mail is on the screen at once. */
const FIRST = 50;
/** So many of every mailbox come before the whole of any. */
const NEWEST = 500;

/**
 * Goes on with the first fill (docs/sync.md I2): newest first, INBOX first, in ranges of UIDs that are committed and visible
 * one by one. True when nothing is left to do; false when it is time to look at all mailboxes again.
 */
export async function* fill(context: PullContext, matched: readonly Matched[]): AsyncGenerator<Delta, boolean, void> {
  const places = placesOf(matched);
  const until = context.clock.monotonic() + LOOK_AGAIN_MS;
  let worked = false;
  for (const most of [NEWEST, Number.POSITIVE_INFINITY]) {
    for (const place of places) {
      for await (const delta of fillMailbox(context, place, most)) {
        worked = true;
        yield { ...delta, ...progressOf(context, matched, delta.emails?.put ?? []) };
        if (context.clock.monotonic() >= until) return false;
      }
    }
  }
  if (worked) return false;
  const isWhole = places.every(({ key }) => (cursorOf(context, key)?.low ?? 1) <= 1);
  if (isWhole && context.cursor('filled') === null) yield { cursors: [context.move('filled', 'yes')], filled: true };
  return true;
}

/** Mailboxes that hold mail, in the order in which people want them. */
const placesOf = (matched: readonly Matched[]): Generation[] =>
  inOrder(matched, matched).flatMap((mailbox) => {
    const status = syncedStatus(mailbox);
    return status ? [{ ...mailbox, validity: status.validity }] : [];
  });

/**
 * One mailbox from where it stands downwards, until it is whole or so many messages came. The next range is on its way
 * while one is being stored.
 */
async function* fillMailbox(context: PullContext, place: Generation, most: number): AsyncGenerator<Delta, void, void> {
  const cursor = cursorOf(context, place.key);
  if (!cursor || cursor.low <= 1 || cursor.validity !== place.validity) return;
  let came = heldUids(context.known, place.key, place.validity, cursor.low, cursor.last).length;
  if (came >= most && came < cursor.messages) return;
  let span = came === 0 ? FIRST : PIECE;
  let ahead: Promise<Piece> | null = readBelow(context, place, cursor.low, span);
  try {
    while (ahead) {
      const piece: Piece | null = await unlessRefused(place, ahead);
      throwIfAborted(context.signal);
      if (!piece) return;
      const { low, emails, broken }: Piece = piece;
      came += emails.length;
      // All that the server counts is here: below there is nothing, however far the numbers go down.
      const isWhole: boolean = low <= 1 || came >= cursor.messages;
      span = nextSpan(span, emails.length);
      ahead = isWhole || came >= most ? null : readBelow(context, place, low, span);
      cursor.broken = [...cursor.broken, ...broken].slice(0, MOST_BROKEN);
      cursor.low = isWhole ? 1 : low;
      // Counted by what is held: where the server counts otherwise, the next look compares.
      if (isWhole) cursor.messages = came;
      yield {
        emails: { put: emails.toReversed(), patched: [], destroyed: [] },
        cursors: [context.move(`mailbox:${place.key}`, cursorText(cursor))],
      };
    }
  } finally {
    // Whoever stops reading here may open another mailbox next: not while this one is being read.
    await ahead?.catch(() => undefined);
  }
}

/** The range of UIDs right below one, and what is in it. */
type Piece = { low: number; emails: RemoteEmail[]; broken: number[] };

/** Numbers have gaps: as many of them as hold a piece, by how many the last ones held. */
const nextSpan = (span: number, came: number): number =>
  Math.ceil(Math.min(Math.max((span * PIECE) / Math.max(came, 1), PIECE / 2), span * 16, 2 ** 31));

const readBelow = async (context: PullContext, place: Generation, above: number, span: number): Promise<Piece> => {
  const low = Math.max(1, above - span);
  if (low >= above) return { low: 1, emails: [], broken: [] };
  const connection = await opened(context, place);
  try {
    return { low, emails: await fetchSet(connection, place, `${low}:${above - 1}`, 'whole'), broken: [] };
  } catch (error) {
    throwIfAborted(context.signal);
    if (!isTheirs(error)) throw error;
    const uids = await searchUids(await opened(context, place), low, above - 1);
    return { low, ...(await fetchUids(context, place, uids)) };
  }
};
