import * as z from 'zod';
import { idSchema, methodError } from './methodError.ts';
import * as mime from './mime.ts';
import type { StoredEmail } from './model.ts';

/** Tells whether an email is wanted. */
export type Match = (email: StoredEmail) => boolean;

const conditionSchema = z.strictObject({
  inMailbox: idSchema.optional(),
  inMailboxOtherThan: z.array(idSchema).optional(),
  before: z.iso.datetime().optional(),
  after: z.iso.datetime().optional(),
  minSize: z.int().optional(),
  maxSize: z.int().optional(),
  hasKeyword: z.string().optional(),
  notKeyword: z.string().optional(),
  hasAttachment: z.boolean().optional(),
  text: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  cc: z.string().optional(),
  subject: z.string().optional(),
  body: z.string().optional(),
  header: z.array(z.string()).min(1).max(2).optional(),
});
type Condition = z.infer<typeof conditionSchema>;

const operatorSchema = z.strictObject({
  operator: z.enum(['AND', 'OR', 'NOT']),
  conditions: z.array(z.looseObject({})),
});

const people = (list: readonly { name: string | null; email: string }[] = []): string =>
  list.map(({ name, email }) => `${name ?? ''} ${email}`).join(' ');

const sources = {
  from: (email: StoredEmail) => people([mime.fromOf(email)]),
  to: (email: StoredEmail) => people(mime.toOf(email)),
  cc: ({ mail }: StoredEmail) => people(mail.cc),
  subject: mime.subjectOf,
  body: mime.textOf,
};

/** Every word of the needle occurs, whatever its case: as much of a text search as a sync test needs. */
const hasWords = (needle: string, read: (email: StoredEmail) => string): Match => {
  const words = needle.toLowerCase().split(/\s+/);
  return (email) => {
    const text = read(email).toLowerCase();
    return words.every((word) => text.includes(word));
  };
};

const everywhere = (email: StoredEmail) =>
  Object.values(sources)
    .map((read) => read(email))
    .join(' ');

type Maker = (condition: Condition) => Match | null;

const on =
  <K extends keyof Condition>(name: K, make: (value: NonNullable<Condition[K]>) => Match): Maker =>
  (condition) => {
    const value = condition[name];
    return value === undefined || value === null ? null : make(value);
  };

const wordsIn = (name: keyof typeof sources): Maker => on(name, (needle) => hasWords(needle, sources[name]));

const makers: Maker[] = [
  on('header', ([name = '', wanted]) => {
    const [field, text] = [name.toLowerCase(), wanted?.toLowerCase() ?? ''];
    return (email) =>
      mime.headersOf(email).some(([key, value]) => key.toLowerCase() === field && value.toLowerCase().includes(text));
  }),
  on('inMailbox', (id) => (email) => email.mailboxIds.includes(id)),
  on('inMailboxOtherThan', (ids) => (email) => email.mailboxIds.some((id) => !ids.includes(id))),
  on('before', (date) => {
    const limit = Date.parse(date);
    return (email) => email.receivedAt < limit;
  }),
  on('after', (date) => {
    const limit = Date.parse(date);
    return (email) => email.receivedAt >= limit;
  }),
  on('minSize', (size) => (email) => mime.rawSize(email) >= size),
  on('maxSize', (size) => (email) => mime.rawSize(email) < size),
  on('hasKeyword', (keyword) => (email) => email.keywords.includes(keyword.toLowerCase())),
  on('notKeyword', (keyword) => (email) => !email.keywords.includes(keyword.toLowerCase())),
  on('hasAttachment', (wanted) => (email) => mime.hasAttachment(email) === wanted),
  on('text', (needle) => hasWords(needle, everywhere)),
  wordsIn('from'),
  wordsIn('to'),
  wordsIn('cc'),
  wordsIn('subject'),
  wordsIn('body'),
];

/** The test that a filter stands for; null matches everything (RFC 8620 section 5.5, RFC 8621 section 4.4.1). */
export const compileFilter = (filter: unknown): Match | null => {
  if (filter === null || filter === undefined) return null;
  const operator = operatorSchema.safeParse(filter);
  if (operator.success) {
    const inner = operator.data.conditions.map((condition) => compileFilter(condition) ?? (() => true));
    if (operator.data.operator === 'AND') return (email) => inner.every((match) => match(email));
    if (operator.data.operator === 'OR') return (email) => inner.some((match) => match(email));
    return (email) => !inner.some((match) => match(email));
  }
  const condition = conditionSchema.safeParse(filter);
  if (!condition.success) {
    const foreign = condition.error.issues.some((issue) => issue.code === 'unrecognized_keys');
    throw methodError(foreign ? 'unsupportedFilter' : 'invalidArguments', { arguments: ['filter'] });
  }
  const matches = makers.flatMap((make) => make(condition.data) ?? []);
  return matches.length === 0 ? null : (email) => matches.every((match) => match(email));
};
