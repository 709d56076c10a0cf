import type { BodySource, BodyText } from '../../src-shared/body.ts';
import type { RemoteAttachment } from '../../src-shared/remote.ts';
import { cutText } from '../lib/text.ts';
import { bodyPartsOf } from './bodyParts.ts';
import { decodeText } from './decodePart.ts';
import { type Header, readHeader } from './header.ts';
import type { PlacedPart } from './placedPart.ts';
import { type Limit, splitMessage } from './splitMessage.ts';
import { decodeTransfer } from './transferEncoding.ts';

/** A whole message as Tern shows it. `limits`: what it had too much of, so that something is missing; empty for all mail. */
export type ParsedMessage = {
  header: Header;
  source: BodySource;
  /** Also pictures that stand between the texts: whatever can be saved. */
  attachments: RemoteAttachment[];
  /** Whether there is something that a person would call attached. */
  hasAttachment: boolean;
  limits: Limit[];
};

/** A part taken out of a message, its transfer encoding undone. */
export type TakenPart = { type: string; name: string | null; bytes: Buffer };

/** In UTF-16 units: what is shown of one text, and of all texts of a message. The rest can be read as the source. */
export const LONGEST_TEXT = 2 * 1024 * 1024;
export const LONGEST_TEXTS = 8 * 1024 * 1024;

/** Quoted-printable takes three bytes for one, and a character may take four of them. */
const BYTES_A_UNIT = 12;

/** Messages in messages that one may look into: a part's number goes through them. */
const DEEPEST_MESSAGE = 10;

const isText = (type: string): type is BodyText['type'] => type === 'text/plain' || type === 'text/html';

const bodyTextOf = (bytes: Buffer, part: PlacedPart, type: BodyText['type'], room: number): BodyText => {
  const limit = Math.min(room, LONGEST_TEXT);
  const encoded = bytes.subarray(part.from, Math.min(part.to, part.from + limit * BYTES_A_UNIT));
  const decoded = decodeText(encoded, part);
  const text = cutText(decoded, limit);
  const isTruncated = text.length < decoded.length || encoded.length < part.size;
  return { part: part.number, type, text, isTruncated, isFlowed: part.isFlowed, delSp: part.delSp };
};

const leavesOf = (part: PlacedPart): PlacedPart[] =>
  part.type.startsWith('multipart/') ? part.parts.flatMap(leavesOf) : [part];

/**
 * Takes a whole message apart (RFC 5322, RFC 2046): what to show (RFC 8621 section 4.1.4) and what is attached, by the
 * part numbers that IMAP uses. Messages in it are attachments; `partOf` looks into them. What message/external-body points
 * to is never fetched. Takes time linear in the message. Never throws.
 */
export const parseMessage = (message: Uint8Array): ParsedMessage => {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  const { root, headerEnd, limits } = splitMessage(bytes);
  const { text, html, attachments, shown: pictures, hasAttachment } = bodyPartsOf(root);
  const shown = new Set([...text, ...html].map(({ number }) => number));
  const texts: BodyText[] = [];
  let room = LONGEST_TEXTS;
  for (const part of leavesOf(root)) {
    if (!shown.has(part.number) || !isText(part.type)) continue;
    const body = bodyTextOf(bytes, part, part.type, room);
    room -= body.text.length;
    if (body.isTruncated) limits.add('text');
    texts.push(body);
  }
  const items = (parts: typeof text): BodySource['textBody'] =>
    parts.map(({ number, type }) => ({ part: number, type }));
  return {
    header: readHeader(bytes.subarray(0, headerEnd)),
    source: { texts, textBody: items(text), htmlBody: items(html) },
    attachments: inOrder(root, [...attachments, ...pictures]),
    hasAttachment,
    limits: [...limits],
  };
};

/** Parts as they follow each other in the message. */
const inOrder = (root: PlacedPart, parts: RemoteAttachment[]): RemoteAttachment[] => {
  const places = new Map(leavesOf(root).map(({ number }, place) => [number, place]));
  return parts.toSorted((a, b) => (places.get(a.part) ?? 0) - (places.get(b.part) ?? 0));
};

/** The leaf of that number, or the message in a message that its number goes through. */
const leafAt = (root: PlacedPart, number: string): PlacedPart | undefined =>
  leavesOf(root).find((leaf) => number === leaf.number || number.startsWith(`${leaf.number}.`));

/**
 * Takes one part out of a message, by its number as IMAP has it (RFC 9051 section 6.4.5.1): '2.1' of a message that is
 * attached as '2' is its first part. Null where there is none, and for multiparts. Never throws.
 */
export const partOf = (message: Uint8Array, number: string): TakenPart | null => {
  let bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  let rest = number;
  for (let depth = 0; depth <= DEEPEST_MESSAGE; depth++) {
    const leaf = leafAt(splitMessage(bytes).root, rest);
    if (!leaf) return null;
    bytes = decodeTransfer(bytes.subarray(leaf.from, leaf.to), leaf.encoding);
    if (rest === leaf.number) return { type: leaf.type, name: leaf.name, bytes };
    if (leaf.type !== 'message/rfc822' && leaf.type !== 'message/global') return null;
    rest = rest.slice(leaf.number.length + 1);
  }
  return null;
};
