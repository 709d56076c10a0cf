import type { Delta } from '../driver.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { labelsText } from './gmail.ts';
import { heldOf } from './held.ts';
import type { MailboxStatus } from './list.ts';
import { cursorText, type MailboxCursor } from './mailboxCursor.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { findMoves } from './moves.ts';
import { identitiesInNew } from './newMailboxes.ts';
import { type Scan, type Subject, scanMailbox } from './scan.ts';

/** Without mod-sequences nothing tells that flags changed: they are all read at least so often, in ms. */
const SWEEP_MS = 5 * 60_000;

/**
 * Brings what changed in every mailbox that is held so far. All of them are read before anything is removed: what is gone
 * from one mailbox and new in another moved, and stays the same email. `gone`: keys of mailboxes that are no more.
 */
export async function* bringChanges(
  context: PullContext,
  matched: readonly Matched[],
  gone: readonly string[],
): AsyncGenerator<Delta, void, void> {
  const scans: Scan[] = [];
  for (const subject of subjectsOf(context, matched)) {
    const scan = await unlessRefused(subject, scanMailbox(context, subject));
    if (!scan) continue;
    scans.push(scan);
    if (subject.path === 'INBOX' && scan.fresh.length + scan.vanished.length > 0) context.foundNews();
  }
  const vanished = scans.flatMap((scan) => scan.vanished);
  const inNew = vanished.length + gone.length > 0 ? await identitiesInNew(context, matched) : [];
  const fresh = [...scans.flatMap((scan) => scan.fresh), ...inNew];
  // Only then is it worth to know what was in them.
  if (fresh.length > 0) for (const key of gone) for (const page of heldOf(context.known, key)) vanished.push(...page);
  const { moved, sources, targets } = findMoves(context.known, vanished, fresh);
  for (const scan of scans) {
    if (scan.placeholders.length > 0)
      yield { emails: { put: [], patched: [], destroyed: scan.placeholders }, cursors: [] };
    const put = scan.fresh.filter(({ remoteId }) => !targets.has(remoteId));
    const here = new Set(scan.fresh.map(({ remoteId }) => remoteId));
    const mine = moved.filter(({ to }) => here.has(to.remoteId));
    if (put.length + mine.length + scan.patched.length > 0)
      yield { emails: { moved: mine, put, patched: scan.patched, destroyed: [] }, cursors: [] };
  }
  const intoNew = new Set(inNew.map(({ remoteId }) => remoteId));
  const newcomers = moved.filter(({ to }) => intoNew.has(to.remoteId));
  if (newcomers.length > 0) yield { emails: { moved: newcomers, put: [], patched: [], destroyed: [] }, cursors: [] };
  for (const scan of scans) {
    const destroyed = scan.vanished.filter((remoteId) => !sources.has(remoteId));
    const move = context.move(`mailbox:${scan.place.key}`, cursorText(scan.cursor));
    yield { emails: { put: [], patched: [], destroyed }, cursors: [move] };
    // Only now are its flags kept.
    if (scan.place.path === 'INBOX') context.memory.flagsTold = false;
  }
}

const subjectsOf = (context: PullContext, matched: readonly Matched[]): Subject[] =>
  matched.flatMap((mailbox) => {
    const { key } = mailbox;
    const cursor = cursorOf(context, key);
    const status = syncedStatus(mailbox);
    if (!status || !cursor || cursor.validity !== status.validity) return [];
    // Numbered anew, and listed whole a moment ago.
    if (mailbox.cursor && mailbox.cursor.validity !== cursor.validity) return [];
    const isKnown = saysTheSame(status, cursor) && cursor.labels === labelsText(mailbox.labels);
    const isBroken = context.thorough && cursor.broken.length > 0;
    if (isKnown && !isBroken && !(cursor.modseq === null && sweepIsDue(context, mailbox, cursor))) return [];
    return [{ ...mailbox, validity: cursor.validity, status, cursor }];
  });

const saysTheSame = (status: MailboxStatus, cursor: MailboxCursor): boolean =>
  status.messages === cursor.messages &&
  status.next === cursor.next &&
  status.unseen === cursor.unseen &&
  status.modseq === cursor.modseq;

const sweepIsDue = (
  { thorough, memory, clock }: PullContext,
  { key, path }: Matched,
  cursor: MailboxCursor,
): boolean => {
  if (cursor.low > cursor.last) return false;
  if (memory.flagsTold && path === 'INBOX') return true;
  const sweptAt = memory.sweptAt.get(key);
  return thorough || sweptAt === undefined || clock.monotonic() - sweptAt >= SWEEP_MS;
};
