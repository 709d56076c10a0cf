import type { Delta } from '../driver.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchUids, type Generation } from './fetch.ts';
import { heldOf } from './held.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { findMoves } from './moves.ts';
import { emailId, parseEmailId } from './names.ts';
import { openMailbox } from './select.ts';
import { LARGEST_UID } from './uids.ts';

/** The beginning of the ids of emails that are held under a UIDVALIDITY which their mailbox does not have, without the last '|'. */
type Stray = { ids: string; validity: string };

/**
 * What is held of generations that are no more (docs/sync.md I5): what a mailbox had that was numbered anew, as far as it is
 * not in it under a new number, and rows that were put under the key of another mailbox. Looked for in mailboxes that were
 * numbered anew, and in all of them where the pull is thorough.
 */
export const straysIn = (context: PullContext, matched: readonly Matched[]): Stray[] =>
  matched.flatMap((mailbox) => {
    const { key } = mailbox;
    const cursor = cursorOf(context, key);
    if (!context.thorough && !context.memory.renumbered.has(key)) return [];
    // Until it is listed whole under its new numbers, the old rows are what there is.
    if (!cursor || cursor.validity !== syncedStatus(mailbox)?.validity) return [];
    return generationsOf(context, key).flatMap((validity) =>
      validity === cursor.validity ? [] : { ids: `${key}|${validity}`, validity },
    );
  });

/** Every UIDVALIDITY under which emails of a mailbox are held: one question for each, and one more. */
const generationsOf = ({ known }: PullContext, key: string): string[] => {
  const found: string[] = [];
  for (let after = `${key}|`; ; ) {
    const id = parseEmailId(known.emailsAfter(after, 1)[0] ?? '');
    if (id?.key !== key) return found;
    found.push(id.validity);
    after = emailId(key, id.validity, LARGEST_UID);
  }
};

/**
 * Gives strays the ids that their messages have in the mailbox which is that generation: INBOX that was renamed keeps its
 * numbers under the new name. What is held there already gives way.
 */
export async function* bringHome(
  context: PullContext,
  matched: readonly Matched[],
  strays: readonly Stray[],
): AsyncGenerator<Delta, void, void> {
  for (const { ids, validity } of strays) {
    if (validity === '0') continue;
    const [home, ...others] = matched.filter((each) => cursorOf(context, each.key)?.validity === validity);
    if (!home || others.length > 0) continue;
    const place: Generation = { ...home, validity };
    const selected = await unlessRefused(home, openMailbox(await context.connection(), 'EXAMINE', home.path));
    if (selected?.validity !== validity) continue;
    for (const page of heldOf(context.known, ids)) yield* bringPage(context, place, page);
  }
}

async function* bringPage(context: PullContext, place: Generation, ids: string[]): AsyncGenerator<Delta, void, void> {
  const uids = ids.flatMap((id) => parseEmailId(id)?.uid ?? []);
  const { emails } = await fetchUids(context, place, uids, 'identity');
  const { moved } = findMoves(context.known, ids, emails);
  yield { emails: { moved, put: [], patched: [], destroyed: [] }, cursors: [] };
}

/** Strays that were found nowhere. */
export function* dropStrays(context: PullContext, strays: readonly Stray[]): Generator<Delta, void, void> {
  for (const { ids } of strays)
    for (const destroyed of heldOf(context.known, ids))
      yield { emails: { put: [], patched: [], destroyed }, cursors: [] };
  context.memory.renumbered.clear();
}
