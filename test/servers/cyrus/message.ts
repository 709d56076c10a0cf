import { randomUUID } from 'node:crypto';
import type { TestAttachment, TestMail } from '../mailServer.ts';

/** A message to append: CRLF bytes, IMAP flags and INTERNALDATE (whole seconds). */
export type Message = { raw: Buffer; flags: string[]; at: Date };

type Address = { name: string | null; email: string };

const flags: Record<string, string> = {
  $seen: '\\Seen',
  $flagged: '\\Flagged',
  $answered: '\\Answered',
  $draft: '\\Draft',
};

const ascii = /^[\x20-\x7e]*$/;
const word = (text: string): string =>
  ascii.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
const phrase = (text: string): string => (ascii.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : word(text));
const address = ({ name, email }: Address): string => (name === null ? email : `${phrase(name)} <${email}>`);
const bracketed = (id: string): string => (id.startsWith('<') ? id : `<${id}>`);

/** Header fields and content of a part. */
type Part = { fields: string[]; content: string };

const textPart = (type: string, text: string): Part => ({
  fields: [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: 8bit'],
  content: `${text.replace(/\r?\n/g, '\r\n')}\r\n`,
});

const filePart = ({ name, type, cid, content = name }: TestAttachment): Part => ({
  fields: [
    `Content-Type: ${type}`,
    `Content-Disposition: ${cid === undefined ? 'attachment' : 'inline'}; filename="${word(name)}"`,
    ...(cid === undefined ? [] : [`Content-ID: <${cid}>`]),
    'Content-Transfer-Encoding: base64',
  ],
  content: Buffer.from(content as string)
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n'),
});

const multipart = (subtype: string, parts: Part[]): Part => {
  const boundary = `part-of-${subtype}`;
  const written = parts.map(({ fields, content }) => `--${boundary}\r\n${fields.join('\r\n')}\r\n\r\n${content}\r\n`);
  return {
    fields: [`Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    content: `${written.join('')}--${boundary}--\r\n`,
  };
};

const bodyOf = ({ text = 'Hello.', html, attachments = [] }: TestMail): Part => {
  const plain = textPart('text/plain', text);
  const body = html === undefined ? plain : multipart('alternative', [plain, textPart('text/html', html)]);
  return attachments.length === 0 ? body : multipart('mixed', [body, ...attachments.map(filePart)]);
};

/** The mail as an RFC 5322 message with CRLF; a Message-ID of its own unless it names one. */
export const toMessage = (mail: TestMail): Message => {
  const at = mail.receivedAt ?? new Date();
  const from = mail.from ?? { name: 'Bob', email: 'bob@example.test' };
  const to = mail.to ?? [{ name: 'Alice', email: 'alice@example.test' }];
  const body = bodyOf(mail);
  const lines = [
    `Message-ID: ${bracketed(mail.messageId ?? `${randomUUID()}@example.test`)}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `From: ${address(from)}`,
    ...(to.length > 0 ? [`To: ${to.map(address).join(',\r\n ')}`] : []),
    `Subject: ${word(mail.subject ?? 'Hello')}`,
    ...(mail.inReplyTo === undefined
      ? []
      : [`In-Reply-To: ${bracketed(mail.inReplyTo)}`, `References: ${bracketed(mail.inReplyTo)}`]),
    'MIME-Version: 1.0',
    ...body.fields,
    '',
    body.content,
  ];
  return {
    raw: Buffer.from(lines.join('\r\n')),
    flags: (mail.keywords ?? []).map((keyword) => flags[keyword.toLowerCase()] ?? keyword),
    at,
  };
};
