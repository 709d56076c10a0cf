import type { Delta } from '../driver.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchUids, type Generation } from './fetch.ts';
import { heldOf, heldUids } from './held.ts';
import { cursorText, startOf } from './mailboxCursor.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { findMoves } from './moves.ts';
import { emailId, parseEmailId } from './names.ts';
import { searchUids } from './search.ts';
import { openMailbox } from './select.ts';

/**
 * A mailbox whose UIDVALIDITY is another than the one its emails are held under (docs/sync.md I5): it is listed whole first,
 * and until then the old rows stay as they are. Then each email takes its new number, found by what it is; those without a
 * counterpart may be in another mailbox, and go when they are found nowhere (`strays.ts`).
 */
export async function* renumber(context: PullContext, mailbox: Matched): AsyncGenerator<Delta, void, void> {
  const { key, path } = mailbox;
  const status = syncedStatus(mailbox);
  const cursor = cursorOf(context, key);
  if (!status || !cursor || cursor.validity === status.validity) return;
  const selected = await unlessRefused(mailbox, openMailbox(await context.connection(), 'EXAMINE', path));
  // It may have been numbered anew once more: the next pull sees that.
  if (selected?.validity !== status.validity) return;
  const place: Generation = { ...mailbox, validity: selected.validity };
  const next = selected.next ?? status.next;
  const uids = await searchUids(await context.connection(), 1, next - 1);
  const old = [...heldOf(context.known, key)].flat().filter((id) => parseEmailId(id)?.validity !== place.validity);
  const { emails: listed } = await fetchUids(context, place, uids, 'identity');
  const { moved, targets } = findMoves(context.known, old, listed);
  // What an earlier attempt moved already has its number.
  const held = new Set(heldUids(context.known, key, place.validity, 1, next - 1));
  const unknown = uids.filter((uid) => !held.has(uid) && !targets.has(emailId(key, place.validity, uid)));
  // Many new ones are left to the fill, which goes through the mailbox once more.
  const { emails: put, broken } =
    unknown.length > MOST_AT_ONCE ? { emails: [], broken: [] } : await fetchUids(context, place, unknown);
  const low = unknown.length > MOST_AT_ONCE ? next : 1;
  const now = { ...startOf(mailbox, status), low, last: next - 1, next, messages: selected.exists, broken };
  context.memory.renumbered.add(key);
  yield {
    emails: { moved, put, patched: [], destroyed: [] },
    cursors: [context.move(`mailbox:${key}`, cursorText({ ...now, modseq: selected.modseq }))],
  };
}

const MOST_AT_ONCE = 2000;
