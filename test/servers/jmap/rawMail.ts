import type { Address } from '../../../src-shared/model.ts';
import { decodeText, type Field, fieldsOf, valueOf } from '../imap/header.ts';
import { type MimePart, parseMime } from '../imap/mimeTree.ts';
import type { TestAttachment } from '../mailServer.ts';
import type { ServerMail } from './model.ts';

/** The fields of a message's header, in order. */
export const rawFields = (raw: Buffer): Field[] => {
  const text = raw.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  return fieldsOf(end < 0 ? text : text.slice(0, end));
};

/** Addresses of a list (RFC 5322 section 3.4), as far as test mails need it: no groups, no comments. */
const addressesOf = (value: string | null): Address[] =>
  [...(value ?? '').matchAll(/(?:"((?:[^"\\]|\\.)*)"|([^",<]*))\s*(?:<([^>]*)>)?(?:,|$)/g)].flatMap(
    ([whole, quoted, plain = '', inAngles]) => {
      if (whole.replace(',', '').trim() === '') return [];
      const name = decodeText(quoted?.replaceAll(/\\(.)/g, '$1') ?? plain.trim());
      return inAngles === undefined ? [{ name: null, email: plain.trim() }] : [{ name: name || null, email: inAngles }];
    },
  );

const idsOf = (value: string | null): string[] => [...(value ?? '').matchAll(/<([^>]*)>/g)].map(([, id = '']) => id);

const leavesOf = (part: MimePart): MimePart[] => (part.parts.length > 0 ? part.parts.flatMap(leavesOf) : [part]);

const textOf = (text: string, part: MimePart): string => {
  const encoding = (valueOf(part.fields, 'Content-Transfer-Encoding') ?? '').toLowerCase();
  const body = text.slice(part.bodyAt, part.end);
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  const octets =
    encoding === 'quoted-printable'
      ? body
          .replaceAll('=\r\n', '')
          .replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
      : body;
  return Buffer.from(octets, 'latin1').toString();
};

/** A part that is no text of the message, as far as test mails need it: names of ASCII alone. */
const fileOf = (text: string, part: MimePart): TestAttachment => {
  const [cid] = idsOf(valueOf(part.fields, 'Content-ID'));
  const [, name = 'file'] = /filename="?([^";]*)"?/i.exec(valueOf(part.fields, 'Content-Disposition') ?? '') ?? [];
  const content = Buffer.from(text.slice(part.bodyAt, part.end), 'base64');
  return { name, type: part.type, content, ...(cid === undefined ? {} : { cid }) };
};

/** What Email/get tells of a message that a client brought; null for bytes that are none (RFC 5322). */
export const readRaw = (raw: Buffer): ServerMail | null => {
  const text = raw.toString('latin1');
  const root = parseMime(text);
  if (root.fields.length === 0 || /(?<!\r)\n/.test(text)) return null;
  const value = (name: string) => valueOf(root.fields, name);
  const leaves = leavesOf(root);
  const first = (type: string) => leaves.find((part) => part.type === type && part.contentType.params.length < 3);
  const [plain, html] = [first('text/plain'), first('text/html')];
  const files = leaves.filter((part) => part !== plain && part !== html).map((part) => fileOf(text, part));
  const [messageId] = idsOf(value('Message-ID'));
  const [inReplyTo] = idsOf(value('In-Reply-To'));
  const [from] = addressesOf(value('From'));
  const date = Date.parse(value('Date') ?? '');
  return {
    raw,
    subject: decodeText(value('Subject') ?? ''),
    text: plain ? textOf(text, plain) : '',
    to: addressesOf(value('To')),
    cc: addressesOf(value('Cc')),
    bcc: addressesOf(value('Bcc')),
    references: idsOf(value('References')),
    ...(files.length > 0 ? { attachments: files } : {}),
    ...(html ? { html: textOf(text, html) } : {}),
    ...(from ? { from } : {}),
    ...(messageId === undefined ? {} : { messageId }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(Number.isNaN(date) ? {} : { sentAt: new Date(date) }),
  };
};
