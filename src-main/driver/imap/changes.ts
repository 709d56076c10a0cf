import type { RemoteEmail } from '../../../src-shared/remote.ts';
import type { Delta, EmailMove } from '../driver.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { labelsText } from './gmail.ts';
import { heldCount, heldOf } from './held.ts';
import { arrivedIn, createMoving, readOn, showNewest } from './increments.ts';
import type { MailboxStatus } from './list.ts';
import { cursorText, type MailboxCursor } from './mailboxCursor.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { identitiesInNew } from './newMailboxes.ts';
import { inOrder, LOOK_AGAIN_MS, PIECE } from './order.ts';
import { type Scan, type Subject, scanMailbox } from './scan.ts';

/** Without mod-sequences nothing tells that flags changed: they are all read at least so often, in ms. */
const SWEEP_MS = 5 * 60_000;

/**
 * Brings what changed in every mailbox that is held so far. What is new in all of them is read before anything is removed:
 * what is gone from one mailbox and new in another moved, and stays the same email. Much that is new comes in pieces (I2).
 * `gone`: beginnings of the ids of emails in mailboxes that are no more. False when it is time to look at all mailboxes
 * again: then nothing was removed yet.
 */
export async function* bringChanges(
  context: PullContext,
  matched: readonly Matched[],
  gone: readonly string[],
): AsyncGenerator<Delta, boolean, void> {
  const scans = yield* scanAll(context, matched);
  const vanished = scans.flatMap((scan) => scan.vanished);
  const inNew = vanished.length + gone.length > 0 ? await identitiesInNew(context, matched) : [];
  const isNews = inNew.length > 0 || scans.some(({ fresh, unread }) => fresh.length + unread.length > 0);
  // Only then is it worth to know what was in them.
  if (isNews) for (const key of gone) for (const page of heldOf(context.known, key)) vanished.push(...page);
  const moving = await createMoving(context.known, isNews ? vanished : []);
  const moved = moving.match([...scans.flatMap((scan) => scan.fresh), ...inNew]);
  for (const scan of scans) yield* bringFew(context, scan, moved);
  const newcomers = movesInto(moved, inNew);
  if (newcomers.length > 0) yield { emails: { moved: newcomers, put: [], patched: [], destroyed: [] }, cursors: [] };
  const refused = new Set<Scan>();
  const many = scans.filter(({ unread }) => unread.length > 0);
  const until = context.clock.monotonic() + LOOK_AGAIN_MS;
  for (const scan of many) yield* showNewest(context, scan, moving);
  for (const scan of many) {
    const end = yield* readOn(context, scan, moving, { matched, until });
    if (end === 'later') return false;
    if (end === 'refused') refused.add(scan);
  }
  for (const scan of scans) {
    if (scan.vanished.length === 0) continue;
    const destroyed = scan.vanished.filter((remoteId) => !moving.isSource(remoteId));
    yield { emails: { put: [], patched: [], destroyed }, cursors: refused.has(scan) ? [] : [lastMove(context, scan)] };
  }
  return true;
}

/** What changed in each mailbox, INBOX first; flags are handed over at once. */
async function* scanAll(context: PullContext, matched: readonly Matched[]): AsyncGenerator<Delta, Scan[], void> {
  const { memory, clock } = context;
  const scans: Scan[] = [];
  let room = PIECE;
  for (const subject of inOrder(subjectsOf(context, matched), matched)) {
    const steps = scanMailbox(context, subject, room);
    let step = await unlessRefused(subject, steps.next());
    for (; step && !step.done; step = await unlessRefused(subject, steps.next())) yield step.value;
    if (!step?.value) continue;
    const scan = step.value;
    const { fresh, unread, vanished } = scan;
    room = Math.max(0, room - fresh.length);
    const isInbox = subject.path === 'INBOX';
    if (isInbox && fresh.length + unread.length + vanished.length > 0) context.foundNews();
    if (scan.swept) memory.sweptAt.set(subject.key, clock.monotonic());
    if (isInbox) memory.flagsTold = false;
    scans.push(scan);
  }
  return scans;
}

/** What is read of a mailbox already; with its cursor where that is all. */
async function* bringFew(
  context: PullContext,
  scan: Scan,
  moves: readonly EmailMove[],
): AsyncGenerator<Delta, void, void> {
  const { placeholders, fresh, unread, vanished } = scan;
  if (placeholders.length > 0) yield { emails: { put: [], patched: [], destroyed: placeholders }, cursors: [] };
  const cursors = unread.length + vanished.length === 0 ? [lastMove(context, scan)] : [];
  const moved = movesInto(moves, fresh);
  const targets = new Set(moved.map(({ to }) => to.remoteId));
  const put = fresh.filter(({ remoteId }) => !targets.has(remoteId));
  if (moved.length + put.length + cursors.length > 0)
    yield { emails: { moved, put, arrived: arrivedIn(scan, put), patched: [], destroyed: [] }, cursors };
}

const movesInto = (moves: readonly EmailMove[], fresh: readonly RemoteEmail[]): EmailMove[] => {
  const here = new Set(fresh.map(({ remoteId }) => remoteId));
  return moves.filter(({ to }) => here.has(to.remoteId));
};

const lastMove = (context: PullContext, { place, cursor }: Scan) =>
  context.move(`mailbox:${place.key}`, cursorText(cursor));

const subjectsOf = (context: PullContext, matched: readonly Matched[]): (Matched & Subject)[] =>
  matched.flatMap((mailbox) => {
    const cursor = cursorOf(context, mailbox.key);
    const status = syncedStatus(mailbox);
    if (!status || !cursor || cursor.validity !== status.validity) return [];
    // Numbered anew, and listed whole a moment ago.
    if (mailbox.cursor && mailbox.cursor.validity !== cursor.validity) return [];
    const isKnown = saysTheSame(status, cursor) && cursor.labels === labelsText(mailbox.labels);
    if (isKnown && !hasDrifted(context, mailbox, status, cursor) && !sweepIsDue(context, mailbox, cursor)) return [];
    return [{ ...mailbox, validity: cursor.validity, status, cursor }];
  });

const saysTheSame = (status: MailboxStatus, cursor: MailboxCursor): boolean =>
  status.messages === cursor.messages &&
  status.next === cursor.next &&
  status.unseen === cursor.unseen &&
  status.modseq === cursor.modseq;

/** Looked for when somebody asks: messages that could not be read, and rows that are not as many as the server's. */
const hasDrifted = (
  { thorough, known }: PullContext,
  { key }: Matched,
  { messages }: MailboxStatus,
  { broken, validity, low, last }: MailboxCursor,
): boolean => thorough && (broken.length > 0 || (low === 1 && heldCount(known, key, validity, low, last) !== messages));

const sweepIsDue = (
  { thorough, memory, clock }: PullContext,
  { key, path }: Matched,
  { modseq, low, last }: MailboxCursor,
): boolean => {
  if (modseq !== null || low > last) return false;
  if (memory.flagsTold && path === 'INBOX') return true;
  const sweptAt = memory.sweptAt.get(key);
  return thorough || sweptAt === undefined || clock.monotonic() - sweptAt >= SWEEP_MS;
};
