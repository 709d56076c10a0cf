import type { RemoteEmail, RemoteEmailState } from '../../../src-shared/remote.ts';
import { atom, type ImapConnection, uidSet } from './connection.ts';
import type { PullContext } from './context.ts';
import { keywordsOf } from './convert.ts';
import { fetchUids, type Generation, opened, readAgain } from './fetch.ts';
import { labelsText, mailboxesByLabels } from './gmail.ts';
import { heldUids } from './held.ts';
import type { MailboxStatus } from './list.ts';
import { type MailboxCursor, MOST_BROKEN } from './mailboxCursor.ts';
import { emailId } from './names.ts';
import { searchUids } from './search.ts';
import { type FlagsSeen, flagsOf, openMailbox, type ResyncFrom, type Selected, vanishedOf } from './select.ts';
import { inUids, LARGEST_UID, type UidRange } from './uids.ts';

/** A mailbox that has to be looked at: what STATUS said of it, and how far it is synced. */
export type Subject = Generation & { status: MailboxStatus; cursor: MailboxCursor };

/** What is new in one mailbox since its cursor, and the cursor that goes with it. */
export type Scan = {
  place: Generation;
  patched: RemoteEmailState[];
  /** Messages that are not held yet, or only by a placeholder. */
  fresh: RemoteEmail[];
  /** Remote ids of placeholders that give way to what is among `fresh`. */
  placeholders: string[];
  /** Remote ids of messages that are gone. */
  vanished: string[];
  cursor: MailboxCursor;
};

/** What a scan found so far. Vanished UIDs are held ones; `ahead` are rows behind the cursor that the server has no more. */
type Findings = {
  flags: FlagsSeen[];
  vanished: Set<number>;
  ahead: number[];
  fresh: RemoteEmail[];
  broken: number[];
};

/**
 * Brings the held part of a mailbox up to date (docs/sync.md I1, I3, I4): flags since the mod-sequence or all of them, new
 * messages, and those that are gone; then counts, and where the numbers do not agree, compares UIDs one by one. The cursor
 * takes what the server said as the mailbox was opened. Null for a mailbox that was numbered anew meanwhile.
 */
export const scanMailbox = async (context: PullContext, subject: Subject): Promise<Scan | null> => {
  const { cursor, status } = subject;
  const connection = await context.connection();
  const selected = await openMailbox(connection, 'EXAMINE', subject.path, resyncFrom(context, connection, subject));
  if (selected.validity !== cursor.validity) return null;
  const next = selected.next ?? status.next;
  const found: Findings = { flags: [], vanished: new Set(), ahead: [], fresh: [], broken: [...cursor.broken] };
  await readFlags(context, connection, subject, selected, found);
  await readNew(context, subject, next, found);
  if (cursor.messages - found.vanished.size + found.fresh.length !== selected.exists)
    await compare(context, subject, next - 1, found);
  await readUnheld(context, subject, found);
  const mended = context.thorough ? await readBroken(context, subject, found) : [];
  return {
    place: subject,
    patched: found.flags
      .filter(({ uid }) => uid >= cursor.low && uid <= cursor.last)
      .flatMap((seen) => stateOf(subject, seen)),
    fresh: [...found.fresh, ...mended],
    placeholders: mended.map(({ remoteId }) => remoteId),
    vanished: [...found.vanished, ...found.ahead].map((uid) => emailId(subject.key, subject.validity, uid)),
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
      broken: found.broken.filter((uid) => !found.vanished.has(uid)).slice(0, MOST_BROKEN),
    },
  };
};

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

/** Flags that changed, and what is gone as far as that is told. */
const readFlags = async (
  context: PullContext,
  connection: ImapConnection,
  subject: Subject,
  selected: Selected,
  found: Findings,
): Promise<void> => {
  const { key, validity, cursor } = subject;
  if (cursor.low > cursor.last) return;
  const since = cursor.labels === labelsText(subject.labels) ? usableModseq(cursor, selected) : null;
  if (selected.resync && since !== null) {
    found.flags.push(...selected.resync.changed);
    markVanished(context, subject, selected.resync.vanished, found);
    return;
  }
  const vanished: UidRange[] = [];
  const held = uidSet(`${cursor.low}:${cursor.last}`);
  const items = [atom('UID'), atom('FLAGS'), ...(subject.labels ? [atom('X-GM-LABELS')] : [])];
  const changedSince = since === null ? [] : [[atom('CHANGEDSINCE'), atom(since)]];
  await connection.run('UID FETCH', [held, items, ...changedSince], {
    FETCH: (response) => found.flags.push(...flagsOf(response)),
    VANISHED: (response) => vanished.push(...vanishedOf(response)),
  });
  markVanished(context, subject, vanished, found);
  if (since !== null) return;
  context.memory.sweptAt.set(key, context.clock.monotonic());
  const seen = new Set(found.flags.map(({ uid }) => uid));
  for (const uid of heldUids(context.known, key, validity, cursor.low, cursor.last))
    if (!seen.has(uid)) found.vanished.add(uid);
};

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

/** Messages behind the last one held. Rows that an earlier pull left there and the server no longer has go (I1). */
const readNew = async (context: PullContext, subject: Subject, next: number, found: Findings): Promise<void> => {
  const { key, validity, cursor } = subject;
  const first = cursor.last + 1;
  const uids = next > first ? await searchUids(await opened(context, subject), first, next - 1) : [];
  const there = new Set(uids);
  found.ahead = heldUids(context.known, key, validity, first, LARGEST_UID).filter((uid) => !there.has(uid));
  await add(context, subject, uids, found);
};

/**
 * Messages that tell flags and are not held: Tern moved them away, and the server kept them as \\Deleted (no UIDPLUS). They
 * are in no list until somebody takes the flag away.
 */
const readUnheld = async (context: PullContext, subject: Subject, found: Findings): Promise<void> => {
  const { key, validity, cursor } = subject;
  const told = found.flags.map(({ uid }) => uid).filter((uid) => uid >= cursor.low && uid <= cursor.last);
  const ids = told.map((uid) => emailId(key, validity, uid));
  const held = context.known.emails(ids);
  const fresh = new Set(found.fresh.map(({ remoteId }) => remoteId));
  const unheld = told.filter((_uid, at) => !held.has(ids[at] ?? '') && !fresh.has(ids[at] ?? ''));
  if (unheld.length > 0) await add(context, subject, unheld, found);
};

/** So many messages that could not be read are asked for again in one pull. */
const MOST_AGAIN = 10;

/**
 * Those of them that the server hands over by now, until one still fails: it may cost the connection, and a minute. What
 * was asked for comes last the next time.
 */
const readBroken = async (context: PullContext, subject: Subject, found: Findings): Promise<RemoteEmail[]> => {
  const before = subject.cursor.broken.filter((uid) => !found.vanished.has(uid));
  const mended: RemoteEmail[] = [];
  for (const uid of before.slice(0, MOST_AGAIN)) {
    const email = await readAgain(context, subject, uid);
    found.broken = found.broken.filter((each) => each !== uid);
    if (email) mended.push(email);
    else found.broken.push(uid);
    if (!email) break;
  }
  return mended;
};

const add = async (context: PullContext, place: Generation, uids: number[], found: Findings): Promise<void> => {
  const { emails, broken } = await fetchUids(context, place, uids);
  found.fresh.push(...emails);
  found.broken.push(...broken);
};

/** The server's UIDs against those held: removes only by a set that was read whole, under the same UIDVALIDITY (I4). */
const compare = async (context: PullContext, subject: Subject, last: number, found: Findings): Promise<void> => {
  const { key, validity, cursor } = subject;
  const there = new Set(await searchUids(await opened(context, subject), cursor.low, last));
  const held = new Set(heldUids(context.known, key, validity, cursor.low, cursor.last));
  // What was told before, or left out of an answer, counts for nothing against the whole list.
  found.vanished = new Set([...held].filter((uid) => !there.has(uid)));
  const fresh = new Set(found.fresh.map(({ remoteId }) => remoteId));
  const missing = [...there].filter((uid) => !held.has(uid) && !fresh.has(emailId(key, validity, uid)));
  await add(context, subject, missing, found);
};
