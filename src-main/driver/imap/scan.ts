import type { RemoteEmail, RemoteEmailState } from '../../../src-shared/remote.ts';
import { inPieces } from '../../lib/async.ts';
import type { Delta } from '../driver.ts';
import { atom, type ImapConnection, uidSet } from './connection.ts';
import type { PullContext } from './context.ts';
import { keywordsOf } from './convert.ts';
import { fetchUids, type Generation, opened, readAgain } from './fetch.ts';
import { labelsText, mailboxesByLabels } from './gmail.ts';
import { heldCount, heldUids } from './held.ts';
import type { MailboxStatus } from './list.ts';
import { type MailboxCursor, MOST_BROKEN } from './mailboxCursor.ts';
import { identityOf } from './moves.ts';
import { emailId } from './names.ts';
import { PIECE } from './order.ts';
import { searchUids } from './search.ts';
import { type FlagsSeen, flagsOf, openMailbox, type ResyncFrom, type Selected, vanishedOf } from './select.ts';
import { flagItems, sweepFlags } from './sweep.ts';
import { inUids, LARGEST_UID, type UidRange } from './uids.ts';

/** A mailbox that has to be looked at: what STATUS said of it, and how far it is synced. */
export type Subject = Generation & { status: MailboxStatus; cursor: MailboxCursor };

/** What is new in one mailbox since its cursor, and the cursor that goes with it. */
export type Scan = {
  place: Subject;
  /** Messages that are not held yet, or only by a placeholder. */
  fresh: RemoteEmail[];
  /** UIDs of more of them, which are still to be read, ascending: too many to be held in memory. */
  unread: number[];
  /** Remote ids of placeholders that give way to what is among `fresh`. */
  placeholders: string[];
  /** Remote ids of messages that are gone. */
  vanished: string[];
  /** Whether the flags of all messages held were read. */
  swept: boolean;
  /** As it is when all of this is committed. */
  cursor: MailboxCursor;
};

/**
 * What a scan found so far, besides flags. Vanished UIDs are held ones; `ahead` are rows behind the cursor that the server has no more;
 * `wanted` are UIDs that are not held and are to be read, ascending.
 */
type Findings = {
  swept: boolean;
  vanished: Set<number>;
  ahead: number[];
  wanted: number[];
};

/**
 * Finds what changed in the held part of a mailbox (docs/sync.md I1, I3, I4): flags since the mod-sequence or all of them, new
 * messages, and those that are gone; then counts, and where the numbers do not agree, compares UIDs one by one. Up to `room`
 * new messages are read at once. The cursor takes what the server said as the mailbox was opened. Null for a mailbox that was
 * numbered anew meanwhile. Flags are handed over as they come.
 */
export async function* scanMailbox(
  context: PullContext,
  subject: Subject,
  room: number,
): AsyncGenerator<Delta, Scan | null, void> {
  const { cursor, status } = subject;
  const connection = await context.connection();
  const selected = await openMailbox(connection, 'EXAMINE', subject.path, resyncFrom(context, connection, subject));
  if (selected.validity !== cursor.validity) return null;
  const next = selected.next ?? status.next;
  const found: Findings = { swept: false, vanished: new Set(), ahead: [], wanted: [] };
  yield* readFlags(context, connection, subject, selected, found);
  await findNew(context, subject, next, found);
  if (expected(context, subject, found) !== selected.exists) await compare(context, subject, next - 1, found);
  const isMuch = found.wanted.length > room;
  const { emails, broken } = isMuch ? nothing : await fetchUids(context, subject, found.wanted);
  const before = stillHeld(context, subject, cursor.broken).filter((uid) => !found.vanished.has(uid));
  const again = context.thorough ? await readBroken(context, subject, before) : { mended: [], broken: before };
  return {
    place: subject,
    fresh: [...emails, ...again.mended],
    unread: isMuch ? found.wanted : [],
    placeholders: [...placeholdersOf(context, emails), ...again.mended.map(({ remoteId }) => remoteId)],
    vanished: [...found.vanished, ...found.ahead].map((uid) => emailId(subject.key, subject.validity, uid)),
    swept: found.swept,
    cursor: {
      ...cursor,
      path: subject.path,
      mailboxId: status.mailboxId,
      last: Math.max(cursor.last, next - 1),
      modseq: selected.modseq,
      labels: labelsText(subject.labels),
      messages: selected.exists,
      next,
      unseen: status.unseen,
      broken: [...again.broken, ...broken].slice(0, MOST_BROKEN),
    },
  };
}

const nothing: Awaited<ReturnType<typeof fetchUids>> = { emails: [], broken: [] };

/** The state of a message: in its one mailbox (docs/sync.md I6), or where its labels say; nothing where they were not told. */
const stateOf = ({ key, validity, labels }: Generation, seen: FlagsSeen): RemoteEmailState[] => {
  if (labels && seen.labels === null) return [];
  const mailboxIds = labels ? mailboxesByLabels(key, labels, seen.labels ?? []) : [key];
  return [{ remoteId: emailId(key, validity, seen.uid), mailboxIds, keywords: keywordsOf(seen.flags) }];
};

/** QRESYNC tells no labels. */
const resyncFrom = (
  { quirks }: PullContext,
  connection: ImapConnection,
  { labels, cursor: { validity, modseq, low, last } }: Subject,
): ResyncFrom | null =>
  !quirks.distrustQresync && !labels && connection.enabled('QRESYNC') && modseq !== null && low <= last
    ? { validity, modseq, low, last }
    : null;

/** Flags that changed, or all of them; what is gone as far as that is told, and what is told and not held. */
async function* readFlags(
  context: PullContext,
  connection: ImapConnection,
  subject: Subject,
  selected: Selected,
  found: Findings,
): AsyncGenerator<Delta, void, void> {
  const { cursor } = subject;
  if (cursor.low > cursor.last) return;
  const since = cursor.labels === labelsText(subject.labels) ? usableModseq(cursor, selected) : null;
  if (since === null) return yield* readAllFlags(context, connection, subject, found);
  const { changed, vanished } = selected.resync ?? (await readChanged(connection, subject, since));
  found.wanted = unheldOf(context, subject, changed);
  markVanished(context, subject, vanished, found);
  yield* handOver(subject, changed);
}

const readChanged = async (
  connection: ImapConnection,
  subject: Subject,
  since: string,
): Promise<NonNullable<Selected['resync']>> => {
  const changed: FlagsSeen[] = [];
  const vanished: UidRange[] = [];
  const held = uidSet(`${subject.cursor.low}:${subject.cursor.last}`);
  await connection.run('UID FETCH', [held, flagItems(subject), [atom('CHANGEDSINCE'), atom(since)]], {
    FETCH: (response) => changed.push(...flagsOf(response)),
    VANISHED: (response) => vanished.push(...vanishedOf(response)),
  });
  return { changed, vanished };
};

async function* readAllFlags(
  context: PullContext,
  connection: ImapConnection,
  subject: Subject,
  found: Findings,
): AsyncGenerator<Delta, void, void> {
  const sweep = sweepFlags(context, connection, subject);
  let step = await sweep.next();
  for (; !step.done; step = await sweep.next()) yield* handOver(subject, step.value);
  found.swept = true;
  found.wanted = step.value.unheld;
  found.vanished = new Set(step.value.missing);
  markVanished(context, subject, step.value.vanished, found);
}

function* handOver(subject: Subject, flags: readonly FlagsSeen[]): Generator<Delta, void, void> {
  const { low, last } = subject.cursor;
  for (const some of inPieces(flags, PIECE)) {
    const patched = some.filter(({ uid }) => uid >= low && uid <= last).flatMap((seen) => stateOf(subject, seen));
    if (patched.length > 0) yield { emails: { put: [], patched, destroyed: [] }, cursors: [] };
  }
}

/**
 * From where flags can be asked for; null where there is a doubt, and then all of them are read: a mod-sequence that went
 * down tells that the server forgot what happened before.
 */
const usableModseq = ({ modseq }: MailboxCursor, selected: Selected): string | null =>
  modseq !== null && selected.modseq !== null && BigInt(selected.modseq) >= BigInt(modseq) ? modseq : null;

const markVanished = (
  { known }: PullContext,
  { key, validity, cursor }: Subject,
  ranges: readonly UidRange[],
  found: Findings,
): void => {
  if (ranges.length === 0) return;
  const isGone = inUids(ranges);
  for (const uid of heldUids(known, key, validity, cursor.low, cursor.last)) if (isGone(uid)) found.vanished.add(uid);
};

/** Messages behind the last one held, and others that are not held. Rows that an earlier pull left there and the server no longer has go (I1). */
const findNew = async (context: PullContext, subject: Subject, next: number, found: Findings): Promise<void> => {
  const { key, validity, cursor } = subject;
  const first = cursor.last + 1;
  const behind = next > first ? await searchUids(await opened(context, subject), first, next - 1) : [];
  const there = new Set(behind);
  found.ahead = heldUids(context.known, key, validity, first, LARGEST_UID).filter((uid) => !there.has(uid));
  found.wanted = [...found.wanted, ...behind];
};

/**
 * How many messages the mailbox has by what was found: those held, less what is gone, plus what is not held. As long as the
 * first fill leaves out what is below, it is what the server counted before, and what is new.
 */
const expected = (
  { known }: PullContext,
  { key, validity, cursor }: Subject,
  { vanished, wanted }: Findings,
): number =>
  cursor.low > 1
    ? cursor.messages - vanished.size + wanted.filter((uid) => uid > cursor.last).length
    : heldCount(known, key, validity, cursor.low, cursor.last) - vanished.size + wanted.length;

/**
 * Messages that tell flags and are not held: Tern moved them away, and the server kept them as \\Deleted (no UIDPLUS). They
 * are in no list until somebody takes the flag away.
 */
const unheldOf = (
  { known }: PullContext,
  { key, validity, cursor }: Subject,
  flags: readonly FlagsSeen[],
): number[] => {
  const told = flags.map(({ uid }) => uid).filter((uid) => uid >= cursor.low && uid <= cursor.last);
  const held = known.emails(told.map((uid) => emailId(key, validity, uid)));
  return told.filter((uid) => !held.has(emailId(key, validity, uid))).toSorted((a, b) => a - b);
};

/** So many messages that could not be read are asked for again in one pull. */
const MOST_AGAIN = 10;

/**
 * Those of them that the server hands over by now, until one still fails: it may cost the connection, and a minute. What
 * was asked for comes last the next time.
 */
const readBroken = async (
  context: PullContext,
  subject: Subject,
  before: readonly number[],
): Promise<{ mended: RemoteEmail[]; broken: number[] }> => {
  const mended: RemoteEmail[] = [];
  for (const [asked, uid] of before.slice(0, MOST_AGAIN).entries()) {
    const email = await readAgain(context, subject, uid);
    if (!email) return { mended, broken: [...before.slice(asked + 1), uid] };
    mended.push(email);
  }
  return { mended, broken: before.slice(mended.length) };
};

/** Those that Tern did not move elsewhere. */
const stillHeld = ({ known }: PullContext, { key, validity }: Subject, uids: readonly number[]): number[] => {
  const held = known.emails(uids.map((uid) => emailId(key, validity, uid)));
  return uids.filter((uid) => held.has(emailId(key, validity, uid)));
};

/** Which of these messages are held as they could not be read elsewhere, from where Tern moved them. */
const placeholdersOf = ({ known }: PullContext, emails: readonly RemoteEmail[]): string[] => {
  const held = known.identities(emails.map(({ remoteId }) => remoteId));
  return emails.flatMap((email) =>
    held.get(email.remoteId)?.messageId === null && identityOf(email).messageId !== null ? [email.remoteId] : [],
  );
};

/** The server's UIDs against those held: removes only by a set that was read whole, under the same UIDVALIDITY (I4). */
const compare = async (context: PullContext, subject: Subject, last: number, found: Findings): Promise<void> => {
  const { key, validity, cursor } = subject;
  const there = await searchUids(await opened(context, subject), cursor.low, last);
  const isThere = new Set(there);
  const held = new Set(heldUids(context.known, key, validity, cursor.low, cursor.last));
  // What was told before, or left out of an answer, counts for nothing against the whole list.
  found.vanished = new Set([...held].filter((uid) => !isThere.has(uid)));
  found.wanted = there.filter((uid) => !held.has(uid));
};
