import type { ImapResponse } from 'imapflow';
import type { BodyItem, BodySource, BodyText } from '../../../src-shared/body.ts';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import { cutText } from '../../lib/text.ts';
import { bodyPartsOf } from '../../mime/bodyParts.ts';
import { decodeText } from '../../mime/decodePart.ts';
import { LONGEST_TEXT } from '../../mime/message.ts';
import type { Part } from '../../mime/part.ts';
import type { Cursors, FetchedBody } from '../driver.ts';
import { parseBodyStructure } from './bodyStructure.ts';
import { type Argument, atom, type ImapConnection, uidSet } from './connection.ts';
import { ImapRefusal } from './errors.ts';
import { readCursor } from './mailboxCursor.ts';
import { parseEmailId } from './names.ts';
import { openMailbox } from './select.ts';
import { bytesOf, fetchItems, listOf, numberOf, type Token, textOf } from './tokens.ts';
import { uidSets } from './uids.ts';

/** Messages of one mailbox, by UID, each with its remote id. */
export type Located = { path: string; validity: string; ids: Map<number, string> };

/** Where emails are by what was last committed, mailbox by mailbox; one of a mailbox that nobody follows is left out. */
export const locate = (remoteIds: readonly string[], cursors: Cursors): Located[] => {
  const groups = new Map<string, Located>();
  for (const remoteId of remoteIds) {
    const found = parseEmailId(remoteId);
    const cursor = found && readCursor(cursors[`mailbox:${found.key}`] ?? null);
    if (!found || !cursor || cursor.validity !== found.validity) continue;
    const group = groups.get(found.key) ?? { path: cursor.path, validity: cursor.validity, ids: new Map() };
    groups.set(found.key, group);
    group.ids.set(found.uid, remoteId);
  }
  return [...groups.values()];
};

/**
 * Opens the mailbox to read, each time anew: others may have renamed it, and what is open then is no longer what has its name.
 * INBOX is never renamed (RFC 9051 section 6.3.6); but what came since it was opened may not be there for this connection until
 * it is told of it (section 7.4.1). Throws `notFound` where another one has its name by now.
 */
export const openToRead = async (connection: ImapConnection, { path, validity, ids }: Located): Promise<void> => {
  const { selected: open } = connection;
  if (path === 'INBOX' && open?.path === path && Math.max(0, ...ids.keys()) < (open.next ?? 1)) return;
  const selected = await openMailbox(connection, 'EXAMINE', path);
  if (selected.validity === validity) return;
  connection.selected = null;
  throw new TernError('notFound', 'the mailbox was numbered anew: it is being looked at again');
};

/** `BODY.PEEK[part]<from.count>`; the part '' is the whole message (RFC 9051 section 6.4.5). */
const peek = (part: string, from: number, count: number): Argument => ({
  type: 'ATOM',
  value: 'BODY.PEEK',
  section: part === '' ? [] : [atom(part)],
  partial: [from, count],
});

/** The sections of a FETCH by their names; several are all called BODY. */
const sectionsOf = (response: ImapResponse): Map<string, Buffer> => {
  const items = listOf(response.attributes?.[1]);
  const sections = new Map<string, Buffer>();
  for (let at = 0; at + 1 < items.length; at += 2) {
    const name = items[at] as Exclude<Token, null | Token[]> & { section?: Token[] };
    const bytes = bytesOf(items[at + 1]);
    if (textOf(name)?.toUpperCase() === 'BODY' && name.section && bytes)
      sections.set(textOf(name.section[0]) ?? '', bytes);
  }
  return sections;
};

/** The structures of messages of the mailbox that is open, by UID; null for one that makes no sense. */
export const readStructures = async (
  connection: ImapConnection,
  uids: readonly number[],
): Promise<Map<number, Part | null>> => {
  const structures = new Map<number, Part | null>();
  for (const set of uidSets(uids))
    await connection.run('UID FETCH', [uidSet(set), ['UID', 'BODYSTRUCTURE'].map(atom)], {
      FETCH: (response) => {
        const items = fetchItems(response);
        const uid = numberOf(items.get('UID'));
        if (uid !== null && items.has('BODYSTRUCTURE'))
          structures.set(uid, parseBodyStructure(items.get('BODYSTRUCTURE') ?? null));
      },
    });
  return structures;
};

/** A message of more texts than these is read whole: that is one answer instead of one for each. */
const MOST_TEXTS = 50;

/** What is read of a message: its texts, each up to a number of bytes as they are encoded. */
type Plan = { uid: number; parts: ReturnType<typeof bodyPartsOf>; texts: Part[] };

const planOf = (uid: number, structure: Part): Plan => {
  const parts = bodyPartsOf(structure);
  const texts = new Set([...parts.text, ...parts.html].filter(({ type }) => isText(type)));
  return { uid, parts, texts: [...texts] };
};

const isText = (type: string): type is BodyText['type'] => type === 'text/plain' || type === 'text/html';

/** All texts of a message together come in one answer, and such an answer has a limit. */
const LARGEST_ANSWER = 12 * 1024 * 1024;

/** Base64 and quoted-printable make text longer: by half, in practice. */
const encodedLimit = (maxBytes: number): number => Math.ceil(maxBytes * 1.5);

/**
 * What messages of one mailbox say, by remote id (docs/sync.md B7): BODYSTRUCTURE decides, and only the texts are fetched.
 * Where there is no sense in the structure the message itself is handed over.
 */
export const readMailbox = async (
  connection: ImapConnection,
  located: Located,
  maxBytes: number,
): Promise<Map<string, FetchedBody | TernError>> => {
  await openToRead(connection, located);
  const structures = await structuresOf(connection, [...located.ids.keys()]);
  const bodies = new Map<number, FetchedBody | TernError>();
  const plans: Plan[] = [];
  const broken: number[] = [];
  for (const [uid, structure] of structures) {
    const plan = structure && planOf(uid, structure);
    if (!plan || plan.texts.length > MOST_TEXTS) broken.push(uid);
    else plans.push(plan);
  }
  for (const group of alike(plans)) {
    for (const [uid, body] of await readTexts(connection, group, encodedLimit(maxBytes))) {
      if (body) bodies.set(uid, body);
      else broken.push(uid);
    }
  }
  for (const uid of broken) bodies.set(uid, await readMessage(connection, uid, maxBytes * 8));
  return new Map([...bodies].flatMap(([uid, body]) => [[located.ids.get(uid) ?? '', body] as const]));
};

/** Null also for messages whose structure the server cannot tell: it may choke on a single one. */
const structuresOf = async (connection: ImapConnection, uids: number[]): Promise<Map<number, Part | null>> => {
  try {
    return await readStructures(connection, uids);
  } catch (error) {
    if (!(error instanceof ImapRefusal)) throw error;
    if (uids.length === 1) return new Map(uids.map((uid) => [uid, null]));
    const half = Math.ceil(uids.length / 2);
    const first = await structuresOf(connection, uids.slice(0, half));
    return new Map([...first, ...(await structuresOf(connection, uids.slice(half)))]);
  }
};

/** Plans that ask for the same sections, and so can be asked in one command. */
const alike = (plans: readonly Plan[]): Plan[][] => {
  const groups = new Map<string, Plan[]>();
  for (const plan of plans) {
    const sections = plan.texts.map(({ number }) => number).join(' ');
    const group = groups.get(sections);
    if (group) group.push(plan);
    else groups.set(sections, [plan]);
  }
  return [...groups.values()];
};

/** Null for a message of which the server does not hand over a part that its structure names. */
const readTexts = async (
  connection: ImapConnection,
  plans: readonly Plan[],
  most: number,
): Promise<Map<number, FetchedBody | null>> => {
  const texts = plans[0]?.texts ?? [];
  const limit = Math.min(most, Math.floor(LARGEST_ANSWER / Math.max(texts.length, 1)));
  const found = new Map<number, Map<string, Buffer>>();
  const items = [atom('UID'), ...texts.map(({ number }) => peek(number, 0, limit))];
  if (texts.length > 0)
    for (const set of uidSets(plans.map(({ uid }) => uid)))
      await connection.run('UID FETCH', [uidSet(set), items], {
        FETCH: (response) => {
          const uid = numberOf(fetchItems(response).get('UID'));
          if (uid !== null) found.set(uid, sectionsOf(response));
        },
      });
  const bodies = new Map<number, FetchedBody | null>();
  for (const plan of plans) {
    const sections = texts.length === 0 ? new Map<string, Buffer>() : found.get(plan.uid);
    // Expunged meanwhile: nobody asks for it any more.
    if (sections) bodies.set(plan.uid, bodyOf(plan, sections, limit));
  }
  return bodies;
};

const bodyOf = ({ parts, texts }: Plan, sections: Map<string, Buffer>, limit: number): FetchedBody | null => {
  if (texts.some(({ number, size }) => size > 0 && !sections.has(number))) return null;
  const source: BodySource = {
    texts: texts.map((part) => textOfPart(part, sections.get(part.number) ?? Buffer.alloc(0), limit)),
    textBody: parts.text.map(itemOf),
    htmlBody: parts.html.map(itemOf),
  };
  return { source, attachments: [...parts.attachments, ...parts.shown] };
};

const itemOf = ({ number, type }: Part): BodyItem => ({ part: number, type });

const textOfPart = (part: Part, bytes: Buffer, limit: number): BodyText => ({
  part: part.number,
  type: part.type === 'text/html' ? 'text/html' : 'text/plain',
  text: cutText(decodeText(bytes, part), LONGEST_TEXT),
  isTruncated: bytes.length >= limit && part.size > bytes.length,
  isFlowed: part.isFlowed,
  delSp: part.delSp,
});

const PIECE = 1024 * 1024;

/** A message as it is, its beginning where it is long; an error where the server cannot hand it over. */
const readMessage = async (
  connection: ImapConnection,
  uid: number,
  limit: number,
): Promise<FetchedBody | TernError> => {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for (;;) {
      const piece = await readPiece(connection, uid, '', length, Math.min(PIECE, limit - length));
      if (piece) pieces.push(piece);
      length += piece?.length ?? 0;
      if (!piece || piece.length < PIECE || length >= limit) break;
    }
  } catch (error) {
    if (error instanceof ImapRefusal) return asTernError(error);
    throw error;
  }
  if (length === 0) return new TernError('server', 'the server cannot hand this message over');
  return { message: Buffer.concat(pieces), isTruncated: length >= limit };
};

/** Some bytes of a part as they are encoded, fewer at its end, none behind it; null where the message or the part is not there. */
export const readPiece = async (
  connection: ImapConnection,
  uid: number,
  part: string,
  from: number,
  count: number,
): Promise<Buffer | null> => {
  let piece: Buffer | null = null;
  await connection.run('UID FETCH', [uidSet(String(uid)), [atom('UID'), peek(part, from, count)]], {
    FETCH: (response) => {
      if (numberOf(fetchItems(response).get('UID')) !== uid) return;
      // Behind the end some servers have nothing, others an empty string.
      piece = sectionsOf(response).get(part) ?? piece ?? (from > 0 ? Buffer.alloc(0) : null);
    },
  });
  return piece;
};
