import type * as z from 'zod';
import { asTernError } from '../../../src-shared/errors.ts';
import { assert } from '../../lib/assert.ts';
import type { EmailPush, MailboxPush, Outcome, Push, PushOptions } from '../driver.ts';
import { type JmapClient, type MethodAnswer, type MethodCall, must } from './client.ts';
import { outcomeOf, outcomeOfMethod, outcomeOfRequest } from './setErrors.ts';
import { setSchema } from './setSchema.ts';

type SetAnswer = z.output<typeof setSchema>;

/** What Cyrus allows. With 500 it takes a third longer for each email, with 1,000 a fifth (measured). */
const LARGEST_PUSH = 4096;

/** How many emails Tern changes in one request at most. */
export const pushSize = ({ limits }: JmapClient): number =>
  Math.max(1, Math.min(LARGEST_PUSH, limits.maxObjectsInSet, Math.floor((limits.maxSizeRequest - 4096) / 1000)));

/**
 * The states that sets insist on (`ifInState`), apart from the cursors: at first the cursor, then what the flush's own
 * previous set answered, so that its batches do not trip each other. A pull puts them back (docs/sync.md J6).
 */
export type Guards = { email: string | null; mailbox: string | null };

type Parts = { client: JmapClient; guards: Guards; options: PushOptions; signal: AbortSignal };

/** Puts changes to the server: `Email/set` and `Mailbox/set`, RFC 8620 section 5.3. */
export const push = (parts: Parts, what: Push): Promise<Outcome[]> =>
  what.type === 'emails' ? pushEmails(parts, what.emails) : pushMailbox(parts, what.mailbox).then((one) => [one]);

const pushEmails = async (parts: Parts, emails: EmailPush[]): Promise<Outcome[]> => {
  const set = emailSet(emails);
  const calls = guardedCalls(parts, 'email', [['Email/set', set]]);
  const { answers, lost } = await send(parts, calls);
  if (lost) return emails.map(() => lost);
  const answer = answers.at(-1);
  if (answer && 'error' in answer) {
    const outcome = outcomeOfMethod(answer.error, emails.length);
    if (outcome) return emails.map(() => outcome);
    return pushHalves(parts, emails);
  }
  const read = readSet(parts, 'email', answer, 'Email/set');
  if ('lost' in read) return emails.map(() => read.lost);
  const destroyed = new Set(read.set.destroyed);
  return emails.map((email) => emailOutcome(email, read.set, destroyed));
};

/** What stops the second half must not hide what became of the first: then it was not sent, and is to be tried again. */
const pushHalves = async (parts: Parts, emails: EmailPush[]): Promise<Outcome[]> => {
  const half = Math.ceil(emails.length / 2);
  const rest = emails.slice(half);
  const first = await pushEmails(parts, emails.slice(0, half));
  const second = await pushEmails(parts, rest).catch((error: unknown) => {
    if (first.every(({ result }) => result === 'stale')) throw error;
    return rest.map((): Outcome => ({ result: 'stale' }));
  });
  return [...first, ...second];
};

/** Patches of single keys commute with what others do to the same email. */
const emailSet = (emails: EmailPush[]): Record<string, unknown> => {
  const kept = emails.filter(({ destroy }) => !destroy);
  const destroy = emails.filter((email) => email.destroy).map(({ remoteId }) => remoteId);
  return {
    ...(kept.length > 0 ? { update: Object.fromEntries(kept.map((email) => [email.remoteId, patchOf(email)])) } : {}),
    ...(destroy.length > 0 ? { destroy } : {}),
  };
};

const patchOf = ({ keywords, mailboxes, wholeKeywords }: EmailPush): Record<string, unknown> => ({
  // Cyrus takes the path as it is, against RFC 6901. The guard makes the whole as safe as the patch.
  ...(wholeKeywords
    ? { keywords: Object.fromEntries(wholeKeywords.map((keyword) => [keyword, true])) }
    : patchPaths('keywords', keywords)),
  ...patchPaths('mailboxIds', mailboxes),
});

/** Keys as in a JSON pointer, RFC 6901 section 3. */
const patchPaths = (property: string, values: Record<string, boolean>): Record<string, true | null> =>
  Object.fromEntries(
    Object.entries(values).map(([key, on]) => [
      `${property}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      on ? true : null,
    ]),
  );

const emailOutcome = ({ remoteId, destroy }: EmailPush, set: SetAnswer, destroyed: ReadonlySet<string>): Outcome => {
  if (destroy ? destroyed.has(remoteId) : Object.hasOwn(set.updated, remoteId)) return { result: 'done' };
  const refusal = destroy ? set.notDestroyed[remoteId] : set.notUpdated[remoteId];
  const outcome = refusal === undefined ? unmentioned : outcomeOf(refusal);
  // What was to go and is not there is as it should be.
  if (destroy && outcome.result === 'refused' && outcome.error.kind === 'notFound') return { result: 'done' };
  return outcome;
};

const unmentioned = outcomeOf({ type: 'serverPartialFail', description: 'the answer does not mention it' });

const pushMailbox = async (parts: Parts, mailbox: MailboxPush): Promise<Outcome> => {
  const calls = mailboxCalls(mailbox);
  const { answers, lost } = await send(parts, guardedCalls(parts, 'mailbox', calls));
  if (lost) return lost;
  for (const [index, answer] of answers.slice(-calls.length).entries()) {
    if ('error' in answer) return outcomeOfMethod(answer.error, 1) ?? unmentioned;
    const read = readSet(parts, 'mailbox', answer, 'Mailbox/set');
    if ('lost' in read) return read.lost;
    const outcome = mailboxOutcome(mailbox, index, read.set);
    if (outcome.result !== 'done' || index === calls.length - 1) return outcome;
  }
  return unmentioned;
};

const mailboxCalls = (mailbox: MailboxPush): MethodCall[] => {
  switch (mailbox.op) {
    case 'create':
      return [
        [
          'Mailbox/set',
          { create: { made: { name: mailbox.name, parentId: mailbox.parentRemoteId, isSubscribed: true } } },
        ],
      ];
    case 'rename': {
      const { name, parentRemoteId } = mailbox;
      const patch = {
        ...(name === undefined ? {} : { name }),
        ...(parentRemoteId === undefined ? {} : { parentId: parentRemoteId }),
      };
      return [['Mailbox/set', { update: { [mailbox.remoteId]: patch } }]];
    }
    // One call each: within a call a server may destroy a parent before its child, and refuse.
    case 'delete':
      return mailbox.remoteIds.map((id) => [
        'Mailbox/set',
        { destroy: [id], onDestroyRemoveEmails: mailbox.removeEmails },
      ]);
  }
};

const mailboxOutcome = (mailbox: MailboxPush, index: number, set: SetAnswer): Outcome => {
  switch (mailbox.op) {
    case 'create': {
      const { id } = (set.created['made'] ?? {}) as { id?: unknown };
      if (typeof id === 'string') return { result: 'done', remoteId: id };
      return set.notCreated['made'] === undefined ? unmentioned : outcomeOf(set.notCreated['made']);
    }
    case 'rename':
      if (Object.hasOwn(set.updated, mailbox.remoteId)) return { result: 'done' };
      return set.notUpdated[mailbox.remoteId] === undefined ? unmentioned : outcomeOf(set.notUpdated[mailbox.remoteId]);
    case 'delete': {
      const id = mailbox.remoteIds[index] ?? '';
      if (set.destroyed.includes(id)) return { result: 'done' };
      const outcome = set.notDestroyed[id] === undefined ? unmentioned : outcomeOf(set.notDestroyed[id]);
      return outcome.result === 'refused' && outcome.error.kind === 'notFound' ? { result: 'done' } : outcome;
    }
  }
};

/**
 * The calls, each with its guard: the first insists on the state that is known, each further one on what the call before
 * it led to, so that after one that failed nothing is done. Relaxed, the guard is whatever the server's state is by then,
 * taken by back-reference within the request: for an account that changes faster than Tern can pull.
 */
const guardedCalls = ({ guards, options }: Parts, type: keyof Guards, [first, ...rest]: MethodCall[]): MethodCall[] => {
  if (!first) return [];
  const [method, args] = first;
  const ifInState = guards[type] ?? options.cursors[type];
  assert(ifInState !== undefined, 'nothing is set without a state to insist on');
  if (!options.relaxed) return [[method, { ifInState, ...args }], ...rest.map(afterCall)];
  return [
    ['Email/changes', { sinceState: options.cursors['email'] ?? ifInState }],
    [method, { '#ifInState': { resultOf: '0', name: 'Email/changes', path: '/newState' }, ...args }],
  ];
};

const afterCall = ([method, args]: MethodCall, before: number): MethodCall => [
  method,
  { '#ifInState': { resultOf: String(before), name: method, path: '/newState' }, ...args },
];

type Sent = { answers: MethodAnswer[]; lost?: never } | { answers?: never; lost: Outcome };

const send = async ({ client, signal }: Parts, calls: MethodCall[]): Promise<Sent> => {
  try {
    return { answers: await client.call(calls, signal) };
  } catch (thrown) {
    const error = asTernError(thrown);
    // Some servers refuse the whole request instead of the call (Cyrus).
    if (error.kind === 'tooLarge') return { answers: [{ error: { type: 'requestTooLarge', description: '' } }] };
    return { lost: outcomeOfRequest(error) };
  }
};

/**
 * Reads an answer and keeps its state as the next guard; one that cannot be read says nothing of what was done. After a
 * relaxed set that state may hold what no pull has brought yet: the guard stays, so that the next set is stale and pulls.
 */
const readSet = (
  { guards, options }: Parts,
  type: keyof Guards,
  answer: MethodAnswer | undefined,
  what: string,
): { set: SetAnswer } | { lost: Outcome } => {
  try {
    const set = must(answer, setSchema, what);
    if (!options.relaxed) guards[type] = set.newState ?? guards[type];
    return { set };
  } catch (error) {
    return { lost: outcomeOfRequest(asTernError(error)) };
  }
};
