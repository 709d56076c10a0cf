import * as z from 'zod';
import type { RemoteEmail, RemoteMailbox } from '../../../src-shared/remote.ts';
import { inPieces } from '../../lib/async.ts';
import { type Delta, ROWS_AT_ONCE } from '../driver.ts';
import { type MethodAnswer, type MethodCall, methodError, must } from './client.ts';
import type { PullContext } from './context.ts';
import { countsOf, emailOf, emailStateOf, mailboxOf } from './convert.ts';
import { fillOf, fillText, toVerify } from './fillCursor.ts';
import {
  chunkIds,
  getAllEmails,
  getEmailStates,
  getEmailsWithBody,
  getSchema,
  getSize,
  getStates,
  getWithBody,
  listOf,
  tooLarge,
} from './get.ts';
import { rescanMailboxes } from './mailboxes.ts';
import { rescanEmails } from './rescan.ts';

const idList = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const changesSchema = z.object({
  newState: z.string(),
  hasMoreChanges: z
    .boolean()
    .nullish()
    .transform((value) => value === true),
  created: idList,
  updated: idList,
  destroyed: idList,
  updatedProperties: z.array(z.string()).nullish(),
});
type Changes = z.output<typeof changesSchema>;

/** At most so many pages in a row may move the state without bringing a change. */
const EMPTY_PAGES = 50;

/** The stream of email changes within one pull: where it was already, and whether it still goes on. */
type Stream = { states: Set<string>; emptyPages: number; open: boolean };

/**
 * Brings mailboxes and emails from their cursors to the server's present (RFC 8620 section 5.2, docs/sync.md J3).
 * With nothing new it is one request and hands over nothing.
 */
export async function* pullChanges(context: PullContext): AsyncGenerator<Delta, void, void> {
  const emails: Stream = { states: new Set(), emptyPages: 0, open: true };
  const mailboxCalls = mailboxChangeCalls(context);
  const calls = [...mailboxCalls, ...emailChangeCalls(context, mailboxCalls.length)];
  const answers = await context.client.call(calls, context.signal);
  const listedAnew = yield* mailboxDeltas(context, answers.slice(0, mailboxCalls.length));
  yield* emailDeltas(context, emails, answers.slice(mailboxCalls.length));
  // A list of mailboxes is of a later moment than the emails that came before it. A guard that is ahead of the emails held
  // would let a mailbox be deleted with mail that nobody saw in it.
  if (listedAnew) emails.open = true;
  while (emails.open)
    yield* emailDeltas(context, emails, await context.client.call(emailChangeCalls(context, 0), context.signal));
  yield* madeMailboxes(context);
}

/** What Tern made and somebody else deleted at once came and went between two states: no change tells of it. */
async function* madeMailboxes(context: PullContext): AsyncGenerator<Delta, void, void> {
  for (const ids of inPieces(context.known.madeMailboxes(), context.client.limits.maxObjectsInGet)) {
    const [answer] = await context.client.call([['Mailbox/get', { ids }]], context.signal);
    const got = must(answer, getSchema, 'Mailbox/get');
    yield { mailboxes: { put: listOf(got, mailboxOf), counts: [], destroyed: got.notFound ?? [] }, cursors: [] };
  }
}

const reference = (index: number, name: string, path: string): unknown => ({ resultOf: String(index), name, path });

const mailboxChangeCalls = (context: PullContext): MethodCall[] => [
  ['Mailbox/changes', { sinceState: context.cursor('mailbox') }],
  ['Mailbox/get', { '#ids': reference(0, 'Mailbox/changes', '/created') }],
  [
    'Mailbox/get',
    {
      '#ids': reference(0, 'Mailbox/changes', '/updated'),
      '#properties': reference(0, 'Mailbox/changes', '/updatedProperties'),
    },
  ],
];

const emailChangeCalls = (context: PullContext, at: number): MethodCall[] => [
  ['Email/changes', { sinceState: context.cursor('email'), maxChanges: getSize(context.client) }],
  getWithBody({ '#ids': reference(at, 'Email/changes', '/created') }),
  getStates({ '#ids': reference(at, 'Email/changes', '/updated') }),
];

/** The state is no use to the server any more; some say so as a bad argument (a state of other software, Cyrus). */
const cannotCalculate = (answer: MethodAnswer | undefined): boolean =>
  answer !== undefined &&
  'error' in answer &&
  (answer.error.type === 'cannotCalculateChanges' || answer.error.type === 'invalidArguments');

/** A server put back from a backup does not know its own later states: Cyrus then answers with an earlier one. */
const wentBack = (from: string | null, to: string): boolean =>
  from !== null && /^\d+$/.test(from) && /^\d+$/.test(to) && BigInt(to) < BigInt(from);

/** Notes a page of a stream; false for a stream that promises more and never gets there: it cannot be trusted. */
const advance = (stream: Stream, from: string | null, changes: Changes): boolean => {
  const size = changes.created.length + changes.updated.length + changes.destroyed.length;
  stream.emptyPages = size === 0 ? stream.emptyPages + 1 : 0;
  if (from !== null) stream.states.add(from);
  stream.open = changes.hasMoreChanges;
  if (wentBack(from, changes.newState)) return false;
  return !(changes.hasMoreChanges && (stream.states.has(changes.newState) || stream.emptyPages > EMPTY_PAGES));
};

/**
 * What changed of the mailboxes, in one piece or as a whole new list. Never page by page: `updatedProperties` since a
 * state between two pages would tell of counters alone where a name changed before. True for a whole new list.
 */
async function* mailboxDeltas(
  context: PullContext,
  [changed, created, updated]: MethodAnswer[],
): AsyncGenerator<Delta, boolean, void> {
  const from = context.cursor('mailbox');
  const changes = cannotCalculate(changed) ? null : must(changed, changesSchema, 'Mailbox/changes');
  if (
    !changes ||
    changes.hasMoreChanges ||
    wentBack(from, changes.newState) ||
    tooLarge(created) ||
    tooLarge(updated)
  ) {
    yield* rescanMailboxes(context);
    return true;
  }
  if (changes.newState === from) return false;
  const put = listOf(must(created, getSchema, 'Mailbox/get'), mailboxOf);
  const objects = must(updated, getSchema, 'Mailbox/get');
  const held = new Set(context.known.mailboxes());
  const onlyCounters =
    changes.updatedProperties?.every((name) => /^(total|unread)(Emails|Threads)$/.test(name)) === true;
  const counts = onlyCounters ? listOf(objects, countsOf).filter(({ remoteId }) => held.has(remoteId)) : [];
  // Whole objects came only where no properties were named; of the rest those not told by counters are asked for.
  if (changes.updatedProperties == null) put.push(...listOf(objects, mailboxOf));
  else put.push(...(await mailboxesById(context, without(changes.updated, counts))));
  yield {
    mailboxes: { put, counts, destroyed: changes.destroyed },
    cursors: [context.move('mailbox', changes.newState)],
  };
  return false;
}

const without = (ids: string[], told: { remoteId: string }[]): string[] => {
  const known = new Set(told.map(({ remoteId }) => remoteId));
  return ids.filter((id) => !known.has(id));
};

const mailboxesById = async (context: PullContext, wanted: string[]): Promise<RemoteMailbox[]> => {
  if (wanted.length === 0) return [];
  const [whole] = await context.client.call([['Mailbox/get', { ids: wanted }]], context.signal);
  return listOf(must(whole, getSchema, 'Mailbox/get'), mailboxOf);
};

async function* emailDeltas(
  context: PullContext,
  stream: Stream,
  [changed, created, updated]: MethodAnswer[],
): AsyncGenerator<Delta, void, void> {
  const from = context.cursor('email');
  let changes: Changes | null;
  if (cannotCalculate(changed)) {
    // Some servers only cannot fit the answer into maxChanges (RFC 8620 section 5.2): ask once without.
    const [again] = await context.client.call([['Email/changes', { sinceState: from }]], context.signal);
    changes = cannotCalculate(again) ? null : must(again, changesSchema, 'Email/changes');
    created = undefined;
    updated = undefined;
  } else changes = must(changed, changesSchema, 'Email/changes');
  if (!changes || !advance(stream, from, changes)) {
    stream.open = false;
    yield* rescanEmails(context);
    return;
  }
  if (changes.newState === from) return;
  yield* changedEmails(context, changes, created, updated);
}

async function* changedEmails(
  context: PullContext,
  changes: Changes,
  created: MethodAnswer | undefined,
  updated: MethodAnswer | undefined,
): AsyncGenerator<Delta, void, void> {
  const patched = await answered(context, changes.updated, updated, emailStateOf, getEmailStates);
  const put = await answered(context, changes.created, created, emailOf, getEmailsWithBody);
  // An update of an email the first fill has not reached: what is not held is read whole.
  const known = context.known.emails(patched.map((state) => state.remoteId));
  const strangers = patched.map((state) => state.remoteId).filter((id) => !known.has(id));
  for await (const { found } of getAllEmails(context, strangers)) put.push(...found);
  const before = context.cursor('fill');
  const isDone = fillOf(before).stage === 'done';
  const cuttable = put.length + patched.length + changes.destroyed.length > ROWS_AT_ONCE;
  // Cut off between two transactions, an email of the first may be destroyed before anybody looks again; the server
  // then names it in no list. So the whole is verified again, unless this arrives whole.
  const guarded = cuttable && isDone;
  if (guarded) yield { cursors: [context.move('fill', fillText(toVerify))] };
  const after = isDone && isIncomplete(changes, put) ? fillText(toVerify) : before;
  yield {
    emails: { put, arrived: changes.created, patched, destroyed: changes.destroyed },
    cursors: [
      context.move('email', changes.newState),
      ...(after === context.cursor('fill') ? [] : [context.move('fill', after)]),
    ],
  };
}

/** A server may tell of an email before it can show it, and tells of it no more: the ids are looked through again. */
const isIncomplete = ({ created, destroyed }: Changes, put: RemoteEmail[]): boolean => {
  const settled = new Set([...put.map((email) => email.remoteId), ...destroyed]);
  return !created.every((id) => settled.has(id));
};

/** The objects of a get that rode along, or, where it was refused as too large or left some out, asked for again. */
const answered = async <T extends { remoteId: string }>(
  context: PullContext,
  wanted: string[],
  answer: MethodAnswer | undefined,
  convert: (value: unknown) => T | null,
  get: (context: PullContext, ids: string[]) => Promise<{ found: T[]; notFound: string[] }>,
): Promise<T[]> => {
  const usable = answer !== undefined && !tooLarge(answer);
  if (usable && 'error' in answer) throw methodError(answer.error, 'Email/get');
  const parsed = usable ? must(answer, getSchema, 'Email/get') : { list: [], notFound: [] };
  const found = listOf(parsed, convert);
  const settled = new Set([...found.map((each) => each.remoteId), ...(parsed.notFound ?? [])]);
  for (const chunk of chunkIds(
    context.client,
    wanted.filter((id) => !settled.has(id)),
  ))
    found.push(...(await get(context, chunk)).found);
  return found;
};
