import { messageIdOf } from './emailSteps.ts';
import { methodError } from './methodError.ts';
import * as mime from './mime.ts';
import { type Fields, type StoredEmail, utcDate } from './model.ts';
import { bareMessageId } from './threads.ts';

/** What Email/get wants to know about bodies (RFC 8621 section 4.2). */
type BodyOptions = {
  bodyProperties: readonly string[];
  fetchTextBodyValues: boolean;
  fetchHTMLBodyValues: boolean;
  fetchAllBodyValues: boolean;
  maxBodyValueBytes: number;
};

/** The properties of a body part that are answered when none are named (RFC 8621 section 4.2). */
export const defaultBodyProperties = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
] as const;
/** All properties of a body part (RFC 8621 section 4.1.4), and the one header field that is told of it. */
export const bodyPropertyNames = [...defaultBodyProperties, 'subParts', 'header:Content-Type'] as const;

type Reader = (email: StoredEmail, options: BodyOptions) => unknown;

const idSet = (ids: readonly string[]): Record<string, true> => {
  const set: Record<string, true> = {};
  for (const id of ids) set[id] = true;
  return set;
};

const list = <T>(items: readonly T[] | undefined): readonly T[] | null => (items && items.length > 0 ? items : null);

const preview = (email: StoredEmail): string =>
  mime.textOf(email).slice(0, 400).replaceAll(/\s+/g, ' ').trim().slice(0, 256);

const textLeaves = (email: StoredEmail, type: 'text/plain' | 'text/html'): mime.Part[] => {
  const leaves = mime.leavesOf(mime.structureOf(email)).filter((part) => part.text !== null);
  const right = leaves.filter((part) => part.type === type);
  return right.length > 0 ? right : leaves;
};

const parts = (email: StoredEmail, found: readonly mime.Part[], options: BodyOptions): Fields[] =>
  found.map((part) => mime.bodyPart(email, part, options.bodyProperties));

const cut = (text: string, maxBytes: number): { value: string; isTruncated: boolean } => {
  if (maxBytes === 0 || Buffer.byteLength(text) <= maxBytes) return { value: text, isTruncated: false };
  // The streaming decoder leaves a character out that the cut goes through (RFC 8621 section 4.2).
  const value = new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
  return { value, isTruncated: true };
};

const bodyValues = (email: StoredEmail, options: BodyOptions): Fields => {
  const wanted = new Map<string, string>();
  const add = (found: readonly mime.Part[]) => {
    for (const { partId, text } of found) if (partId !== null && text !== null) wanted.set(partId, text);
  };
  if (options.fetchTextBodyValues || options.fetchAllBodyValues) add(textLeaves(email, 'text/plain'));
  if (options.fetchHTMLBodyValues || options.fetchAllBodyValues) add(textLeaves(email, 'text/html'));
  const values = [...wanted].map(([partId, text]) => {
    return [partId, { ...cut(text, options.maxBodyValueBytes), isEncodingProblem: false }];
  });
  return Object.fromEntries(values);
};

/** How to read each property of an email (RFC 8621 section 4.1). */
const readers: Record<string, Reader> = {
  id: (email) => email.id,
  blobId: (email) => `G${email.id}`,
  threadId: (email) => email.threadId,
  mailboxIds: (email) => idSet(email.mailboxIds),
  keywords: (email) => idSet(email.keywords),
  size: mime.rawSize,
  receivedAt: (email) => utcDate(email.receivedAt),
  messageId: (email) => [messageIdOf(email.mail, email.seq)],
  inReplyTo: ({ mail }) => (mail.inReplyTo === undefined ? null : [bareMessageId(mail.inReplyTo)]),
  references: (email) => list(mime.referencesOf(email).map(bareMessageId)),
  sender: () => null,
  from: (email) => [mime.fromOf(email)],
  to: (email) => list(mime.toOf(email)),
  cc: ({ mail }) => list(mail.cc),
  bcc: ({ mail }) => list(mail.bcc),
  replyTo: ({ mail }) => list(mail.replyTo),
  subject: mime.subjectOf,
  sentAt: mime.sentDate,
  hasAttachment: mime.hasAttachment,
  preview,
  bodyValues,
  textBody: (email, options) => parts(email, textLeaves(email, 'text/plain'), options),
  htmlBody: (email, options) => parts(email, textLeaves(email, 'text/html'), options),
  attachments: (email, options) =>
    parts(
      email,
      mime.leavesOf(mime.structureOf(email)).filter((part) => part.file !== null),
      options,
    ),
  bodyStructure: (email, options) => mime.bodyPart(email, mime.structureOf(email), options.bodyProperties),
  headers: (email) => mime.headersOf(email).map(([name, value]) => ({ name, value: ` ${value}` })),
};

/** What Email/get answers when no properties are named (RFC 8621 section 4.2). */
export const defaultProperties = Object.keys(readers).filter((name) => name !== 'bodyStructure' && name !== 'headers');

const forms: Record<string, (value: string) => unknown> = {
  asRaw: (value) => ` ${value}`,
  asText: (value) => value.replaceAll('\r\n', ''),
  asURLs: (value) => list([...value.matchAll(/<([^>]*)>/g)].map((match) => match[1])),
  asMessageIds: (value) => list([...value.matchAll(/<([^>]*)>/g)].map((match) => match[1])),
};

/** A reader for `header:Name`, `header:Name:asForm` and `:all` of them (RFC 8621 section 4.1.3). */
const headerReader = (property: string): Reader | null => {
  const match = /^header:([\x21-\x39\x3b-\x7e]+)(?::(as[A-Za-z]+))?(:all)?$/.exec(property);
  const form = forms[match?.[2] ?? 'asRaw'];
  const wanted = match?.[1]?.toLowerCase();
  if (wanted === undefined || !form) return null;
  const all = match?.[3] !== undefined;
  return (email) => {
    const values = mime
      .headersOf(email)
      .filter(([name]) => name.toLowerCase() === wanted)
      .map(([, value]) => form(value));
    return all ? values : (values.at(-1) ?? null);
  };
};

/** Readers for the named properties; an unknown one is invalidArguments (RFC 8620 section 5.1). */
export const readersFor = (properties: readonly string[]): [string, Reader][] =>
  ['id', ...properties.filter((name) => name !== 'id')].map((name): [string, Reader] => {
    const reader = Object.hasOwn(readers, name) ? readers[name] : headerReader(name);
    if (!reader) throw methodError('invalidArguments', { arguments: ['properties'], description: `no ${name}` });
    return [name, reader];
  });
