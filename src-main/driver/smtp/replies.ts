import { type ErrorKind, TernError } from '../../../src-shared/errors.ts';
import { inert } from '../serverText.ts';

/** What a server answered a command (RFC 5321 section 4.2). `enhanced`: as `5.1.1` (RFC 3463), or null. */
export type Reply = { code: number; enhanced: string | null; text: string };

const line = /^([2-5]\d\d)(?:[ -](.*))?$/;

/** A reply of one or more lines, made harmless: one line of at most 200 characters. Null for what is no reply. */
export const parseReply = (raw: string): Reply | null => {
  const lines = raw.split(/\r?\n/).map((each) => line.exec(each));
  const codes = new Set(lines.map((each) => each?.[1]));
  const [code] = codes;
  if (codes.size !== 1 || code === undefined || /^\d+-[^\n]*$/.test(raw.slice(raw.lastIndexOf('\n') + 1))) return null;
  const texts = lines.map((each) => each?.[2]?.trim() ?? '');
  const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?= |$)/.exec(texts[0] ?? '')?.[1] ?? null;
  // Each line repeats the enhanced code (RFC 2034 section 4).
  const rest = texts.map((text, at) =>
    at > 0 && enhanced !== null && text.startsWith(enhanced) ? text.slice(enhanced.length).trim() : text,
  );
  return { code: Number(code), enhanced, text: inert(`${code} ${rest.filter(Boolean).join(' ')}`) };
};

/** Done. */
export const isDone = (reply: Reply): boolean => reply.code >= 200 && reply.code < 300;

/** It will answer the same next time; anything else it may take later (RFC 5321 section 4.2.1). */
export const isLasting = (reply: Reply): boolean => reply.code >= 500;

/** The server wants another sign-in, or any (RFC 4954 section 6). */
export const wantsAuth = ({ code }: Reply): boolean => [530, 534, 535, 538].includes(code);

/** What a refusal is about, by its enhanced code and, where there is none, by its code. */
const kinds: [pattern: RegExp, kind: ErrorKind, advice: string][] = [
  [/^421/, 'rateLimited', 'The server is busy or about to go down; it can be tried again later.'],
  [/^[45]52(?! [45]\.)|^\d+ [45]\.(2\.3|3\.4)\b/, 'tooLarge', 'Send less, or fewer attachments at once.'],
  [/^\d+ [45]\.(2\.2|3\.1)\b/, 'quota', 'The mailbox is full; its owner has to make room.'],
  [/^\d+ 4\.7\.|^45[01](?! 4\.)/, 'server', 'Many servers take mail from strangers at the second try only.'],
  [/^\d+ [45]\.1\.[78]\b/, 'forbidden', 'Check which address this account may send from.'],
  [/^\d+ [45]\.1\.|^55[013](?! 5\.)/, 'notFound', 'Check the address.'],
  [/^\d+ [45]\.7\./, 'forbidden', 'The server does not let this account send this; its provider can say why.'],
];

/** What kind of failure a refusal is. */
const kindOf = ({ text }: Reply): ErrorKind => kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'server';

/** What a person can do about it, as a sentence; empty where nothing is known. */
const adviceOn = ({ text }: Reply): string => kinds.find(([pattern]) => pattern.test(text))?.[2] ?? '';

/** A refusal as an error: who or what was refused, what the server said, and what to do. */
export const refusal = (what: string, reply: Reply): TernError => {
  const verb = isLasting(reply) ? 'refused' : 'could not take';
  const end = /[.!?]$/.test(reply.text) ? '' : '.';
  return new TernError(kindOf(reply), `the mail server ${verb} ${what}: ${reply.text}${end} ${adviceOn(reply)}`.trim());
};

/** Some addresses, for a sentence. */
export const named = (emails: readonly string[]): string => {
  const shown = emails.slice(0, 3).map((email) => inert(email));
  const others = emails.length - shown.length;
  return others > 0 ? `${shown.join(', ')} and ${others} more` : shown.join(', ');
};
