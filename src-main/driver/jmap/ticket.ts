import * as z from 'zod';
import { safeJson } from '../../lib/json.ts';
import type { JmapClient, MethodAnswer, MethodCall } from './client.ts';
import type { Looked } from './emailLook.ts';
import { patchedBy } from './guardedSet.ts';

/**
 * The ticket of a message that waits to be sent: the keyword that IANA lists for this. Whoever takes it off, in the very state
 * in which it was put on, may submit the message, and nobody does so twice (docs/sending.md, H4 to H6).
 */
const TICKET = '$submitpending';

/** What takes its place where it was withdrawn, until the next one: that too outlasts an answer that nobody heard. */
const WITHDRAWN = 'tern-not-sent';

/** Whether the ticket of the last submission was withdrawn: then nothing was sent by it, and nothing will be. */
export const isWithdrawn = ({ keywords }: Looked): boolean => keywords.has(WITHDRAWN);

/** Whether an email has one. */
export const isTicketed = ({ keywords }: Looked): boolean => keywords.has(TICKET);

/** No server is ever in this state. */
const NO_STATE = 'tern-no-such-state';

/**
 * Calls that change nothing, and show whether tickets hold on this server: a set in a state that never was has to fail, and so
 * has the call that hangs on it; a set that is done has to let the other through. They are the first of their request.
 */
export const probe = (): MethodCall[] => [
  ['Email/set', { ifInState: NO_STATE }],
  afterTicket(['Email/get', { ids: [] }], 0),
  ['Email/set', {}],
  afterTicket(['Email/get', { ids: [] }], 2),
];

/** Whether they went so. Some servers know back-references of a few arguments alone. */
export const honoursTickets = (answers: readonly MethodAnswer[]): boolean =>
  answers.map((answer) => ('error' in answer ? 'failed' : 'done')).join(' ') === 'failed failed done done';

/** A call that is done only where the Email/set at that index was: it takes its account from its answer (RFC 8620 section 3.7). */
export const afterTicket = ([name, args]: MethodCall, set: number): MethodCall => [
  name,
  { '#accountId': { resultOf: String(set), name: 'Email/set', path: '/accountId' }, ...args },
];

type Mark = true | null;

const ticketSet = (email: string, ifInState: string, on: Mark, withdrawn?: Mark): MethodCall => {
  const mark = withdrawn === undefined ? {} : { [`keywords/${WITHDRAWN}`]: withdrawn };
  return ['Email/set', { ifInState, update: { [email]: { [`keywords/${TICKET}`]: on, ...mark } } }];
};

/** The call that gives the ticket back, in the state that taking it led to. */
export const giveTicketBack = (email: string, state: string): MethodCall => ticketSet(email, state, null);

/** Puts the ticket on an email; null where the server does not let it. */
export const takeTicket = async (
  client: JmapClient,
  email: string,
  { state }: Looked,
  signal: AbortSignal,
): Promise<{ state: string } | 'stale' | null> => {
  const [answer] = await client.call([ticketSet(email, state, true, null)], signal);
  const patched = patchedBy(answer, email);
  if (patched === 'stale') return 'stale';
  return patched === 'refused' || patched.state === null ? null : { state: patched.state };
};

/** Takes the ticket off again, so that a request which is still on its way finds none, and marks that. True where it was done. */
export const withdrawTicket = async (
  client: JmapClient,
  email: string,
  { state }: Looked,
  signal: AbortSignal,
): Promise<boolean | 'stale'> => {
  const [answer] = await client.call([ticketSet(email, state, null, true)], signal);
  const patched = patchedBy(answer, email);
  return patched === 'stale' ? 'stale' : patched !== 'refused';
};

const journalSchema = z.object({ ticket: z.boolean() });

/** What is kept of a submission under way. `ticket`: all of it hangs on one. */
export const writeJournal = (journal: z.infer<typeof journalSchema>): string => JSON.stringify(journal);

/** Whether the submission that a journal tells of hangs on a ticket. */
export const hangsOnTicket = (journal: string): boolean =>
  journalSchema.safeParse(safeJson(journal)).data?.ticket === true;
