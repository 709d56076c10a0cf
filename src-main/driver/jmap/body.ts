import { type BodyItem, type BodySource, type BodyText, isSilent } from '../../../src-shared/body.ts';
import type { RemoteAttachment } from '../../../src-shared/remote.ts';
import { cutBytes } from '../../lib/text.ts';
import { unmangled } from '../../mime/textCharset.ts';
import { countValue as count, textValue as text } from '../values.ts';

type Json = Record<string, unknown>;

/** So much of each text comes along with what a pull brings, in bytes: nearly all mail is read without another request. */
export const BROUGHT_BYTES = 64 * 1024;

/** What Tern reads of a part: RFC 8621 section 4.1.4. Content-Type alone tells of format=flowed (RFC 3676). */
export const bodyProperties = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'cid',
  'charset',
  'disposition',
  'header:Content-Type',
];

/** What Tern reads of an email for its body: RFC 8621 section 4.1.4. */
export const sourceProperties = ['textBody', 'htmlBody', 'bodyValues'];

/** The arguments of an `Email/get` that brings texts of up to so many bytes each (RFC 8621 section 4.2). */
export const valuesUpTo = (maxBodyValueBytes: number): Json => ({
  fetchTextBodyValues: true,
  fetchHTMLBodyValues: true,
  maxBodyValueBytes,
});

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/**
 * A part's id, any text by RFC 8621 section 4.1.4; null where there is none. A '/' in it is escaped, as Tern's own ids lead
 * through messages in messages with it ('2/1.3').
 */
const partIdOf = (part: unknown): string | null =>
  text(object(part)['partId'])?.replaceAll(/[%/]/g, (char) => encodeURIComponent(char)) || null;

/** Parts that can be saved; one without an id, which no server should have, gets one by its place. */
export const attachmentsOf = (parts: unknown): RemoteAttachment[] =>
  list(parts).map((value, index) => {
    const json = object(value);
    return {
      part: partIdOf(json) ?? `attachment-${index + 1}`,
      blobId: text(json['blobId']),
      name: text(json['name']),
      type: text(json['type']) || 'application/octet-stream',
      size: count(json['size']),
      cid: text(json['cid']),
      disposition: text(json['disposition']),
    };
  });

/** Pictures and the like that stand between the texts: RFC 8621 does not count them among the attachments. */
export const shownParts = (email: Json): RemoteAttachment[] => {
  const shown = [...list(email['htmlBody']), ...list(email['textBody'])];
  const seen = new Set<string>();
  return attachmentsOf(shown.filter((part) => textType(part) === null && partIdOf(part) !== null)).filter(
    ({ part }) => !seen.has(part) && seen.add(part),
  );
};

const textType = (part: unknown): BodyText['type'] | null => {
  const type = text(object(part)['type'])?.toLowerCase();
  return type === 'text/plain' || type === 'text/html' ? type : null;
};

/** A text that the server could not decode: its bytes are to be read, by its blob. */
type Undecoded = { part: string; blobId: string | null; charset: string | null };

/** What an email says, and what of it the server could not decode. */
export type ToldBody = { source: BodySource; undecoded: Undecoded[] };

/** What an email says, where it can be taken as the server told it: nothing else is worth being kept. */
export const plainBodyOf = (email: Json): BodySource | null => {
  const told = bodySourceOf(email, BROUGHT_BYTES);
  return told && told.undecoded.length === 0 && !isSilent(told.source) ? told.source : null;
};

/**
 * What an email says, as far as the answer holds it, up to `maxBytes` of each text, however much the server sent; null where
 * it holds no texts at all.
 */
export const bodySourceOf = (email: Json, maxBytes: number): ToldBody | null => {
  if (email['bodyValues'] == null) return null;
  const undecoded: Undecoded[] = [];
  const values = object(email['bodyValues']);
  const texts = new Map<string, BodyText>();
  const itemsOf = (parts: unknown): BodyItem[] =>
    list(parts).flatMap((value) => {
      const json = object(value);
      const part = partIdOf(json);
      if (part === null) return [];
      const type = textType(value);
      const found = object(values[text(json['partId']) ?? '']);
      if (type !== null && typeof found['value'] === 'string' && !texts.has(part)) {
        const contentType = text(json['header:Content-Type']) ?? '';
        if (found['isEncodingProblem'] === true)
          undecoded.push({ part, blobId: text(json['blobId']), charset: text(json['charset']) });
        const told = unmangled(found['value'].toWellFormed(), text(json['charset']));
        const kept = cutBytes(told, maxBytes);
        texts.set(part, {
          part,
          type,
          text: kept,
          isTruncated: found['isTruncated'] === true || kept.length < told.length,
          isFlowed: type === 'text/plain' && /;\s*format\s*=\s*"?flowed\b/i.test(contentType),
          delSp: /;\s*delsp\s*=\s*"?yes\b/i.test(contentType),
        });
      }
      return [{ part, type: type ?? text(json['type'])?.toLowerCase() ?? 'application/octet-stream' }];
    });
  const textBody = itemsOf(email['textBody']);
  const htmlBody = itemsOf(email['htmlBody']);
  return { source: { texts: [...texts.values()], textBody, htmlBody }, undecoded };
};
