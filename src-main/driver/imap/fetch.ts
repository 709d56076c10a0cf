import type { ImapResponse } from 'imapflow';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { RemoteEmail } from '../../../src-shared/remote.ts';
import { throwIfAborted } from '../../lib/async.ts';
import { type Argument, atom, type ImapConnection, uidSet } from './connection.ts';
import type { Place, PullContext } from './context.ts';
import { type FetchedMessage, toRemoteEmail } from './convert.ts';
import { ImapRefusal } from './errors.ts';
import { mailboxesByLabels } from './gmail.ts';
import { emailId } from './names.ts';
import { searchUids } from './search.ts';
import { labelsOf, openMailbox } from './select.ts';
import { bytesOf, fetchItems, listOf, numberOf, textOf } from './tokens.ts';
import { uidSets } from './uids.ts';

/** Where messages lie: a mailbox under one UIDVALIDITY. */
export type Generation = Place & { validity: string };

/** As much of a header as is read: more than any mail needs, and no server sends more than it was asked for. */
const HEADER_BYTES = 256 * 1024;

/** How much of a message is read: all that a row needs, what tells it from others, or what never is hard to say. */
export type Extent = 'whole' | 'identity' | 'bare';

const section = (...names: Argument[]): Argument => ({
  type: 'ATOM',
  value: 'BODY.PEEK',
  section: names,
  partial: [0, HEADER_BYTES],
});

const MORE: Record<Extent, Argument[]> = {
  whole: [atom('BODYSTRUCTURE'), section(atom('HEADER'))],
  identity: [section(atom('HEADER.FIELDS'), [atom('MESSAGE-ID')])],
  bare: [],
};

/** What a FETCH asks for (RFC 9051 section 6.4.5). */
const itemsFor = (connection: ImapConnection, { labels }: Place, extent: Extent): Argument[] => [
  ...['UID', 'FLAGS', 'INTERNALDATE', 'RFC822.SIZE'].map(atom),
  ...(connection.has('OBJECTID') ? ['EMAILID', 'THREADID'].map(atom) : []),
  ...(connection.has('X-GM-EXT-1') ? ['X-GM-MSGID', 'X-GM-THRID'].map(atom) : []),
  ...(labels ? [atom('X-GM-LABELS')] : []),
  ...MORE[extent],
];

const messageOf = (response: ImapResponse, place: Generation, extent: Extent): RemoteEmail | null => {
  const items = fetchItems(response);
  const uid = numberOf(items.get('UID'));
  const flags = items.get('FLAGS');
  // Without a size it is no answer to this, but tells of flags that changed meanwhile.
  if (uid === null || !items.has('RFC822.SIZE') || (extent !== 'bare' && !items.has('BODY'))) return null;
  const [objectId] = listOf(items.get('EMAILID'));
  const [threadId] = listOf(items.get('THREADID'));
  const message: FetchedMessage = {
    uid,
    flags: listOf(flags).flatMap((flag) => textOf(flag) ?? []),
    internalDate: textOf(items.get('INTERNALDATE')),
    size: numberOf(items.get('RFC822.SIZE')) ?? 0,
    header: bytesOf(items.get('BODY')) ?? Buffer.alloc(0),
    bodyStructure: items.get('BODYSTRUCTURE') ?? null,
    objectId: textOf(objectId) ?? textOf(items.get('X-GM-MSGID')),
    threadId: textOf(threadId) ?? textOf(items.get('X-GM-THRID')),
  };
  const email = toRemoteEmail(message, place.key, place.validity);
  if (place.labels) email.mailboxIds = mailboxesByLabels(place.key, place.labels, labelsOf(items) ?? []);
  return email;
};

/** Messages by a set of UIDs, as they come; of the selected mailbox. */
export const fetchSet = async (
  connection: ImapConnection,
  place: Generation,
  uids: string,
  extent: Extent,
): Promise<RemoteEmail[]> => {
  const emails = new Map<string, RemoteEmail>();
  await connection.run('UID FETCH', [uidSet(uids), itemsFor(connection, place, extent)], {
    FETCH: (response) => {
      const email = messageOf(response, place, extent);
      if (email) emails.set(email.remoteId, email);
    },
  });
  return [...emails.values()];
};

/**
 * Messages by their UIDs. One that the server cannot hand over, or at which it dies, is told apart from the others and
 * comes as a placeholder with what is known of it: it never stops its mailbox. `broken` names those.
 */
export const fetchUids = async (
  context: PullContext,
  place: Generation,
  uids: readonly number[],
  extent: Extent = 'whole',
): Promise<{ emails: RemoteEmail[]; broken: number[] }> => {
  const emails: RemoteEmail[] = [];
  const broken: number[] = [];
  const read = async (some: readonly number[]): Promise<void> => {
    const [uid] = some;
    if (uid === undefined) return;
    const found = await attempt(context, place, some, extent);
    const again = found ?? (some.length === 1 ? await attempt(context, place, some, extent) : null);
    if (again) {
      emails.push(...again);
    } else if (some.length === 1) {
      broken.push(uid);
      emails.push(await placeholder(context, place, uid));
    } else {
      const middle = Math.ceil(some.length / 2);
      await read(some.slice(0, middle));
      await read(some.slice(middle));
    }
  };
  await read(uids);
  const answered = new Set(emails.map(({ remoteId }) => remoteId));
  const silent = uids.filter((uid) => !answered.has(emailId(place.key, place.validity, uid)));
  // Expunged meanwhile, most of all; one that is still there may have been lost in another's broken answer.
  for (const uid of silent.length > 0 ? await stillThere(context, place, silent) : []) {
    const [found] = (await attempt(context, place, [uid], extent)) ?? [];
    if (!found) broken.push(uid);
    emails.push(found ?? (await placeholder(context, place, uid)));
  }
  return { emails, broken };
};

/** A message that could not be read before, whole; undefined where that is still so. */
export const readAgain = async (
  context: PullContext,
  place: Generation,
  uid: number,
): Promise<RemoteEmail | undefined> => (await attempt(context, place, [uid], 'whole'))?.at(0);

/** Null where the server failed at these messages; it may go on without them, on a new connection should it be needed. */
const attempt = async (
  context: PullContext,
  place: Generation,
  uids: readonly number[],
  extent: Extent,
): Promise<RemoteEmail[] | null> => {
  const connection = await opened(context, place);
  const emails: RemoteEmail[] = [];
  try {
    for (const set of uidSets(uids)) emails.push(...(await fetchSet(connection, place, set, extent)));
    return emails;
  } catch (error) {
    throwIfAborted(context.signal);
    if (isTheirs(error)) return null;
    throw error;
  }
};

/** A refusal, an answer that was too large, or an end of the connection may all be one message's doing. */
export const isTheirs = (error: unknown): boolean =>
  error instanceof ImapRefusal || ['tooLarge', 'network'].includes(asTernError(error).kind);

/** The connection with this mailbox open; a new one where the last was lost. */
export const opened = async (context: PullContext, place: Generation): Promise<ImapConnection> => {
  const connection = await context.connection();
  if (connection.selected?.path === place.path) return connection;
  const { validity } = await openMailbox(connection, 'EXAMINE', place.path);
  if (validity !== place.validity) throw new TernError('conflict', 'the mailbox was numbered anew meanwhile');
  return connection;
};

const stillThere = async (context: PullContext, place: Generation, uids: readonly number[]): Promise<number[]> => {
  const there = await searchUids(await opened(context, place), Math.min(...uids), Math.max(...uids));
  const wanted = new Set(uids);
  return there.filter((uid) => wanted.has(uid));
};

/** What is known of a message that cannot be read: its size and date at best. */
const placeholder = async (context: PullContext, place: Generation, uid: number): Promise<RemoteEmail> => {
  const [found] = (await attempt(context, place, [uid], 'bare')) ?? [];
  const bare = { uid, flags: [], internalDate: null, size: 0, header: Buffer.alloc(0), bodyStructure: null };
  return found ?? toRemoteEmail({ ...bare, objectId: null, threadId: null }, place.key, place.validity);
};
