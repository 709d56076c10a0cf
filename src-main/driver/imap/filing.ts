import * as z from 'zod';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import { safeJson } from '../../lib/json.ts';
import { trackCursors } from '../cursors.ts';
import type { Cursors, Outcome } from '../driver.ts';
import { checkMessage } from '../messageFile.ts';
import type { Filing, FilingOptions } from '../outgoing.ts';
import { type Argument, atom, type ImapConnection } from './connection.ts';
import type { CursorKey, Memory } from './context.ts';
import { flagOf } from './convert.ts';
import { ImapRefusal } from './errors.ts';
import { findMessage } from './find.ts';
import { isSelectable, readStatus } from './list.ts';
import { readCursor } from './mailboxCursor.ts';
import type { Matched } from './matching.ts';
import { emailId } from './names.ts';
import { listAndMatch } from './pull.ts';
import { mailboxGone, outcomeOfRefusal, unlessElsewhere } from './pushJobs.ts';
import type { Reading } from './reading.ts';
import { leaveMailbox } from './select.ts';

/** What a mailbox was before a message was put into it. */
const journalSchema = z.object({ validity: z.string(), next: z.int() });
type Journal = z.infer<typeof journalSchema>;

const readJournal = (text: string | null): Journal | null => {
  const parsed = journalSchema.safeParse(text === null ? null : safeJson(text));
  return parsed.success ? parsed.data : null;
};

type Parts = { reading: Reading; memory: Memory };

/**
 * Puts a message into a mailbox, once, whatever happens (docs/sending.md SF1): the mailbox's UIDVALIDITY and UIDNEXT are on
 * the disk before, so that after a lost answer or a crash it is looked for there and not put there again. Over the reading
 * connection, which others wait for meanwhile.
 */
export const fileMessage = async (
  { reading, memory }: Parts,
  filing: Filing,
  { cursors, note }: FilingOptions,
  signal: AbortSignal,
): Promise<Outcome> => {
  await checkMessage(filing.file);
  const missedBefore = new Set(memory.missed);
  return reading.turn(signal, async (connection) => {
    const where = { missed: memory.missed, missedBefore };
    try {
      const mailbox = await mailboxOf(connection, memory, cursors, filing.mailbox);
      if (!mailbox) return unlessElsewhere(where, filing.mailbox, mailboxGone());
      if (!isSelectable(mailbox) || /\p{Cc}/u.test(mailbox.path)) return noMail;
      const now = await readStatus(connection, mailbox.path);
      if (!now) return unlessElsewhere(where, filing.mailbox, mailboxGone());
      // Another mailbox may have the name by now: which one is which a pull finds out first.
      if (now.validity !== mailbox.validity) return unlessElsewhere(where, filing.mailbox, numberedAnew);
      memory.missed.delete(filing.mailbox);
      return await append(connection, mailbox, filing, { validity: now.validity, next: now.next }, note);
    } catch (error) {
      if (!(error instanceof ImapRefusal)) throw error;
      return outcomeOfRefusal(error, where, filing.mailbox);
    }
  });
};

const noMail: Outcome = {
  result: 'refused',
  error: new TernError('unsupported', 'this mailbox holds no mail of its own'),
};

const numberedAnew: Outcome = {
  result: 'failed',
  error: new TernError('server', 'the server numbers this mailbox anew each time'),
};

/** A mailbox that a message is put into; `validity`: what its mail is held under, `isView`: by other ids (Gmail). */
type Target = Pick<Matched, 'path' | 'attributes' | 'isView'> & { validity: string };

/** The mailbox of a key, as it was last listed; undefined for none. */
export const mailboxOf = async (
  connection: ImapConnection,
  memory: Memory,
  cursors: Cursors,
  key: string,
): Promise<Target | undefined> => {
  // STATUS is for a mailbox that is not open.
  await leaveMailbox(connection);
  const listed =
    memory.mailboxes.size > 0
      ? [...memory.mailboxes.values()]
      : (await listAndMatch(connection, trackCursors<CursorKey>(cursors), memory)).matched;
  // Nothing is written by a guess: a pull looks closer first.
  const found = listed.find((each) => each.key === key && !each.guessed);
  const held = (readCursor(cursors[`mailbox:${key}`] ?? null) ?? found?.status)?.validity;
  return found && { ...found, validity: held ?? '0' };
};

const append = async (
  connection: ImapConnection,
  mailbox: Target,
  filing: Filing,
  now: Journal,
  note: FilingOptions['note'],
): Promise<Outcome> => {
  const before = readJournal(filing.journal);
  // Under another UIDVALIDITY numbers say nothing of what is new: it may be anywhere.
  const from = before?.validity === now.validity ? before.next : 1;
  const found = before ? await findMessage(connection, mailbox, filing.messageId, from) : null;
  if (found !== null) return filed(filing, mailbox, now.validity, found);
  if (before?.validity !== now.validity) await note(JSON.stringify(now));
  let isAsked = false;
  try {
    const { code } = await connection.runWithFile('APPEND', argumentsOf(mailbox.path, filing), filing.file, () => {
      isAsked = true;
    });
    const uid =
      appendedUid(code, now.validity) ??
      (await findMessage(connection, mailbox, filing.messageId, now.next).catch(notFoundOut));
    return filed(filing, mailbox, now.validity, uid);
  } catch (thrown) {
    const error = asTernError(thrown);
    if (!isAsked || error instanceof ImapRefusal || error.kind === 'storage') throw error;
    // The server may be at it still: to look at once, let alone to try again, would be too early.
    return { result: 'unknown', error, counts: true };
  }
};

/** It is there: a server that lets nobody look for it keeps to itself where. */
const notFoundOut = (error: unknown): null => {
  if (error instanceof ImapRefusal) return null;
  throw error;
};

const argumentsOf = (path: string, { keywords, receivedAt }: Filing): Argument[] => [
  path,
  keywords.map((keyword) => atom(flagOf(keyword))),
  dateTime(receivedAt),
];

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `date-time` of RFC 9051 section 9, in UTC; whole seconds are all it has. */
const dateTime = (ms: number): string => {
  const date = new Date(ms);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${day}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`;
};

/** APPENDUID (RFC 4315 section 3): where the message is; null where the server does not say, or speaks of another mailbox. */
const appendedUid = ([name, validity = '', uid = '']: readonly string[], expected: string): number | null =>
  name === 'APPENDUID' && validity.replace(/^0+/, '') === expected && /^[1-9]\d{0,9}$/.test(uid) ? Number(uid) : null;

/** In a view it is an email of another mailbox, as the next pull shows (Gmail). */
const filed = ({ mailbox }: Filing, { isView }: Target, validity: string, uid: number | null): Outcome =>
  uid === null || isView ? { result: 'done' } : { result: 'done', remoteId: emailId(mailbox, validity, uid) };
