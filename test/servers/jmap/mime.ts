import type { Address } from '../../../src-shared/model.ts';
import type { TestAttachment } from '../mailServer.ts';
import { messageIdOf } from './emailSteps.ts';
import { type Fields, type StoredEmail, utcDate } from './model.ts';
import { rawFields } from './rawMail.ts';
import { bareMessageId } from './threads.ts';

/** A part of a message (RFC 8621 section 4.1.4); a multipart has no `content`. */
export type Part = {
  partId: string | null;
  type: string;
  /** The field Content-Type, but for the boundary of a multipart. */
  contentType: string;
  text: string | null;
  file: TestAttachment | null;
  parts: Part[];
};

/** The text, or a plain default. */
export const textOf = ({ mail, seq }: StoredEmail): string => mail.text ?? `This is the text of message ${seq}.\n`;
/** The subject, or a plain default. */
export const subjectOf = ({ mail, seq }: StoredEmail): string => mail.subject ?? `Message ${seq}`;
/** The sender, or a plain default. */
export const fromOf = ({ mail }: StoredEmail): Address =>
  mail.from ?? { name: 'Test Sender', email: 'sender@example.test' };
/** The recipients, or a plain default. */
export const toOf = ({ mail }: StoredEmail): Address[] => mail.to ?? [{ name: 'Alice', email: 'alice@example.test' }];

const leaf = (partId: string, type: string, text: string, parameters?: string): Part => {
  const contentType = [type, 'charset=utf-8', ...(parameters === undefined ? [] : [parameters])].join('; ');
  return { partId, type, contentType, text, file: null, parts: [] };
};
const multipart = (type: string, parts: Part[]): Part => {
  return { partId: null, type, contentType: type, text: null, file: null, parts };
};

/** The tree of parts: text, perhaps with HTML as its alternative, perhaps mixed with files (RFC 2046 section 5.1). */
export const structureOf = (email: StoredEmail): Part => {
  const { html, textParameters, attachments = [] } = email.mail;
  const text = leaf('1', 'text/plain', textOf(email), textParameters);
  const body = html === undefined ? text : multipart('multipart/alternative', [text, leaf('2', 'text/html', html)]);
  if (attachments.length === 0) return body;
  const files = attachments.map((file, i): Part => {
    return { partId: String(i + 3), type: file.type, contentType: file.type, text: null, file, parts: [] };
  });
  return multipart('multipart/mixed', [body, ...files]);
};

/** Every part that is not a multipart, in order. */
export const leavesOf = (part: Part): Part[] => (part.partId === null ? part.parts.flatMap(leavesOf) : [part]);

const fileSize = (file: TestAttachment): number =>
  file.content === undefined ? (file.size ?? 1024) : Buffer.byteLength(file.content);

/** Octets of a part, decoded. */
const partSize = (part: Part): number =>
  part.file ? fileSize(part.file) : part.text === null ? 0 : Buffer.byteLength(part.text);

/** The bytes of a part, decoded; those of a file without content repeat its name. */
export const partBytes = (part: Part): Buffer => {
  if (!part.file) return Buffer.from(part.text ?? '');
  const { content, name } = part.file;
  return content === undefined ? Buffer.alloc(fileSize(part.file), `${name}\n`) : Buffer.from(content as string);
};

const isAscii = (text: string): boolean => !/[^\x20-\x7e]/.test(text);
const encodeWords = (text: string): string =>
  isAscii(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

const address = ({ name, email }: Address): string => {
  if (name === null) return email;
  return `${isAscii(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : encodeWords(name)} <${email}>`;
};
const addresses = (list: readonly Address[]): string => list.map(address).join(',\r\n ');
const messageIds = (ids: readonly string[]): string => ids.map((id) => `<${bareMessageId(id)}>`).join('\r\n ');
const rfc5322Date = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

/** When the mail says it was sent, in milliseconds. */
export const sentAtOf = (email: StoredEmail): number => email.mail.sentAt?.getTime() ?? email.receivedAt;

/** The ids in References: an answer that names none refers to what it answers, as mail programs do. */
export const referencesOf = ({ mail }: StoredEmail): readonly string[] =>
  mail.references ?? (mail.inReplyTo === undefined ? [] : [mail.inReplyTo]);

/** The header fields in order, name and raw value (RFC 5322 section 3.6). */
export const headersOf = (email: StoredEmail): [string, string][] => {
  const { mail } = email;
  if (mail.raw) return rawFields(mail.raw).map(({ name, value }) => [name, value.trim()]);
  const fields: [string, string][] = [
    ['Date', rfc5322Date(sentAtOf(email))],
    ['From', address(fromOf(email))],
    ['To', addresses(toOf(email))],
    ['Subject', encodeWords(subjectOf(email))],
    ['Message-ID', `<${messageIdOf(mail, email.seq)}>`],
  ];
  if (mail.cc) fields.push(['Cc', addresses(mail.cc)]);
  if (mail.bcc) fields.push(['Bcc', addresses(mail.bcc)]);
  if (mail.replyTo) fields.push(['Reply-To', addresses(mail.replyTo)]);
  if (mail.inReplyTo !== undefined) fields.push(['In-Reply-To', messageIds([mail.inReplyTo])]);
  if (referencesOf(email).length > 0) fields.push(['References', messageIds(referencesOf(email))]);
  if (mail.headers) fields.push(...Object.entries(mail.headers));
  fields.push(['MIME-Version', '1.0']);
  return fields;
};

const crlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');
const quoted = (name: string): string => encodeWords(name).replaceAll(/["\\]/g, '\\$&');

const partHeaders = (part: Part, boundary: string): string => {
  if (part.partId === null) return `Content-Type: ${part.contentType}; boundary="${boundary}"\r\n\r\n`;
  if (!part.file) return `Content-Type: ${part.contentType}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
  const { name, cid } = part.file;
  const disposition = `Content-Disposition: ${cid === undefined ? 'attachment' : 'inline'}; filename="${quoted(name)}"`;
  const contentId = cid === undefined ? '' : `Content-ID: <${cid}>\r\n`;
  return `Content-Type: ${part.type}\r\n${disposition}\r\n${contentId}Content-Transfer-Encoding: base64\r\n\r\n`;
};

/** The raw message in pieces; files stay as parts, so that its size is known without making their bytes. */
const pieces = (email: StoredEmail): (string | Part)[] => {
  const out: (string | Part)[] = [
    headersOf(email)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
  ];
  const write = (part: Part, depth: number): void => {
    const boundary = `tern-${depth}-${email.id}`;
    out.push(partHeaders(part, boundary));
    if (part.file) out.push(part);
    else if (part.text !== null) out.push(crlf(part.text));
    if (part.partId !== null) return;
    for (const child of part.parts) {
      out.push(`\r\n--${boundary}\r\n`);
      write(child, depth + 1);
    }
    out.push(`\r\n--${boundary}--\r\n`);
  };
  write(structureOf(email), 0);
  return out;
};

const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replaceAll(/.{1,76}/g, '$&\r\n');
const base64Size = (size: number): number => {
  const characters = 4 * Math.ceil(size / 3);
  return characters + 2 * Math.ceil(characters / 76);
};

/** The raw message (RFC 5322). */
export const rawMessage = (email: StoredEmail): Buffer =>
  email.mail.raw ??
  Buffer.from(
    pieces(email)
      .map((piece) => (typeof piece === 'string' ? piece : base64Lines(partBytes(piece))))
      .join(''),
  );

/** Octets of the raw message, without making it. */
export const rawSize = (email: StoredEmail): number => {
  email.size ||=
    email.mail.raw?.length ??
    pieces(email).reduce(
      (sum, piece) => sum + (typeof piece === 'string' ? Buffer.byteLength(piece) : base64Size(partSize(piece))),
      0,
    );
  return email.size;
};

/** What EmailBodyPart says of a part (RFC 8621 section 4.1.4). */
export const bodyPart = (email: StoredEmail, part: Part, properties: readonly string[]): Fields => {
  const { file } = part;
  const whole: Fields = {
    partId: part.partId,
    blobId: part.partId === null ? null : `G${email.id}_${part.partId}`,
    size: partSize(part),
    name: file?.name ?? null,
    type: part.type,
    charset: part.text === null ? null : 'utf-8',
    disposition: file ? (file.cid === undefined ? 'attachment' : 'inline') : null,
    cid: file?.cid ?? null,
    language: null,
    location: null,
    'header:Content-Type': ` ${part.contentType}`,
  };
  if (part.partId === null) whole.subParts = part.parts.map((child) => bodyPart(email, child, properties));
  return Object.fromEntries(Object.entries(whole).filter(([name]) => properties.includes(name)));
};

/** A date as the Date header means it; here always UTC (RFC 8620 section 1.4). */
export const sentDate = (email: StoredEmail): string => utcDate(sentAtOf(email));

/** True where a file is attached that the HTML does not show inside itself (RFC 8621 section 4.1.4). */
export const hasAttachment = ({ mail }: StoredEmail): boolean =>
  (mail.attachments ?? []).some((file) => file.cid === undefined);
