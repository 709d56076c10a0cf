import type { JmapServer } from '../servers/jmapServer.ts';
import type { Failure, Moment, SmtpServer } from '../servers/smtpServer.ts';

/** What goes wrong as a message is sent, besides the death of the program. */
export type Trouble<S> = { name: string; on: (server: S) => void };

type Smtp = { smtp: SmtpServer };

const MOMENTS: Moment[] = [
  'connect',
  'EHLO',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'body',
  'half',
  'dot',
  'accepted',
  'told',
];

const drop: Failure = { kind: 'drop' };
const replies: [string, string][] = [
  ['4xx', '451 4.3.0 Later'],
  ['5xx', '554 5.0.0 No'],
];

/** While a message goes over, a server that has enough says so and ends it: what it says cannot be taken for more. */
const says = (at: Moment, reply: string): Failure =>
  at === 'body' || at === 'half' ? { kind: 'drop', after: `${reply}\r\n` } : { kind: 'say', lines: [reply] };

const smtpTrouble = (name: string, at: Moment, failure: Failure): Trouble<Smtp> => ({
  name: `${name} at ${at}`,
  on: ({ smtp }) => smtp.faults.fail(at, failure),
});

/** Nothing but the death of the program. */
const none = { name: 'nothing else', on: () => undefined };

/** The line is lost, at each moment of a conversation. */
export const smtpDrops: Trouble<Smtp>[] = [none, ...MOMENTS.map((at) => smtpTrouble('drop', at, drop))];

/**
 * The server refuses, for now or for good, at each moment but one: a server that has taken a message and says that it has not
 * is told from others by nobody (RFC 5321 section 4.2.5).
 */
export const smtpRefusals: Trouble<Smtp>[] = MOMENTS.filter((at) => at !== 'accepted').flatMap((at) =>
  replies.map(([name, reply]) => smtpTrouble(name, at, says(at, reply))),
);

const calls =
  (method: string) =>
  ({ methodCalls }: { methodCalls: [string, ...unknown[]][] }): boolean =>
    methodCalls.some(([name]) => name === method);

const droppedAt = (kind: 'dropBefore' | 'dropAfter'): Trouble<JmapServer>[] => [
  { name: `${kind} at the upload`, on: ({ trouble }) => trouble.failNext(kind, 1, { on: 'upload' }) },
  { name: `${kind} at the import`, on: ({ trouble }) => trouble.failNext(kind, 1, { when: calls('Email/import') }) },
  {
    name: `${kind} at the ticket`,
    on: ({ trouble }) => trouble.failNext(kind, 1, { when: ({ methodCalls }) => methodCalls[0]?.[0] === 'Email/set' }),
  },
  {
    name: `${kind} at the submission`,
    on: ({ trouble }) => trouble.failNext(kind, 1, { when: calls('EmailSubmission/set') }),
  },
];

/** The line is lost before a request was worked on, or after. */
export const jmapDrops: Trouble<JmapServer>[] = [none, ...droppedAt('dropBefore'), ...droppedAt('dropAfter')];

/** RFC 8620 section 5.3, RFC 8621 section 7.5, and one that Cyrus has. */
const SET_ERRORS = [
  'forbidden',
  'overQuota',
  'tooLarge',
  'rateLimit',
  'notFound',
  'invalidProperties',
  'singleton',
  'serverFail',
  'invalidEmail',
  'tooManyRecipients',
  'noRecipients',
  'invalidRecipients',
  'forbiddenMailFrom',
  'forbiddenFrom',
  'forbiddenToSend',
  'emailNotFound',
];

/** The first submission is answered by an error. */
export const jmapRefusals: Trouble<JmapServer>[] = SET_ERRORS.map((type) => ({
  name: `a submission answered ${type}`,
  on: ({ trouble }) => {
    let left = 1;
    trouble.refuseItems((method) => (method === 'EmailSubmission/set' && left-- > 0 ? { type } : null));
  },
}));
