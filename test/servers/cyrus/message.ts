import { randomUUID } from 'node:crypto';
import type { TestMail } from '../mailServer.ts';

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

/** The mail as an RFC 5322 message with CRLF; a Message-ID of its own unless it names one. */
export const toMessage = (mail: TestMail): Message => {
  const at = mail.receivedAt ?? new Date();
  const from = mail.from ?? { name: 'Bob', email: 'bob@example.test' };
  const to = mail.to ?? [{ name: 'Alice', email: 'alice@example.test' }];
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
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `${(mail.text ?? 'Hello.').replace(/\r?\n/g, '\r\n')}\r\n`,
  ];
  return {
    raw: Buffer.from(lines.join('\r\n')),
    flags: (mail.keywords ?? []).map((keyword) => flags[keyword.toLowerCase()] ?? keyword),
    at,
  };
};
