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

/** Whom or what a refusal names. */
type About = 'recipient' | 'sender' | 'message';
type Meaning = { kind: ErrorKind; advice: string };

const badAddress: Meaning = { kind: 'notFound', advice: 'Check the address.' };
const badSender: Meaning = { kind: 'forbidden', advice: 'Check which address this account may send from.' };
const unknown: Meaning = { kind: 'server', advice: '' };

/** What a refusal means, by its enhanced code and, where there is none, by its code. */
const meanings: [pattern: RegExp, meaning: Meaning][] = [
  [/^421/, { kind: 'rateLimited', advice: 'The server is busy or about to go down; it can be tried again later.' }],
  [
    /^[45]52(?! [45]\.)|^\d+ [45]\.(2\.3|3\.4)\b/,
    { kind: 'tooLarge', advice: 'Send less, or fewer attachments at once.' },
  ],
  [/^\d+ [45]\.(2\.2|3\.1)\b/, { kind: 'quota', advice: 'The mailbox is full; its owner has to make room.' }],
  [
    /^\d+ 4\.7\.|^45[01](?! 4\.)/,
    { kind: 'server', advice: 'Many servers take mail from strangers at the second try only.' },
  ],
  [/^\d+ [45]\.1\.[78]\b/, badSender],
  [/^\d+ [45]\.1\./, badAddress],
  [
    /^\d+ [45]\.7\./,
    { kind: 'forbidden', advice: 'The server does not let this account send this; its provider can say why.' },
  ],
];

/** What 550, 551 and 553 mean without an enhanced code; of a message they only say no (RFC 5321 section 4.2.3). */
const plainly: Record<About, Meaning> = { recipient: badAddress, sender: badSender, message: unknown };

const meaningFor = (about: About, { text }: Reply): Meaning => {
  if (/^55[013](?! 5\.)/.test(text)) return plainly[about];
  return meanings.find(([pattern]) => pattern.test(text))?.[1] ?? unknown;
};

/** A refusal as an error: who or what was refused, what the server said, and what to do. */
export const refusal = (about: About, what: string, reply: Reply): TernError => {
  const verb = isLasting(reply) ? 'refused' : 'could not take';
  const end = /[.!?]$/.test(reply.text) ? '' : '.';
  const { kind, advice } = meaningFor(about, reply);
  return new TernError(kind, `the mail server ${verb} ${what}: ${reply.text}${end} ${advice}`.trim());
};

/** Some addresses, for a sentence. */
export const named = (emails: readonly string[]): string => {
  const shown = emails.slice(0, 3).map((email) => inert(email));
  const others = emails.length - shown.length;
  return others > 0 ? `${shown.join(', ')} and ${others} more` : shown.join(', ');
};
