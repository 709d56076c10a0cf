import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import { breathe } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import type { Slots } from '../../lib/slots.ts';
import { inert } from '../serverText.ts';
import type { TrustedHosts } from './hosts.ts';
import { type Http, statusError } from './http.ts';
import { fetchSession, type Limits, parseJson, type Session, usingFor } from './session.ts';
import { sendInGroups } from './split.ts';

/** A method call; `#name` arguments refer to an earlier call by its index in the request, as text ("0", "1"...). */
export type MethodCall = [name: string, args: Record<string, unknown>];

/** A method's answer: its arguments, or the method-level error that took its place (RFC 8620 section 3.6.2). */
export type MethodAnswer = { args: Record<string, unknown> } | { error: MethodError };
export type MethodError = { type: string; description: string };

/** Speaks JMAP requests: adds the account, keeps the session fresh, and the server's limits. */
export type JmapClient = {
  /** Answers in the order of the calls. Throws for what concerns the whole request. */
  call(calls: MethodCall[], signal: AbortSignal): Promise<MethodAnswer[]>;
  readonly limits: Limits;
  readonly session: Session;
  /** Reads the session again, for what a server offers only now and then. */
  renew(signal: AbortSignal): Promise<Session>;
};

const responseSchema = z.object({
  methodResponses: z.array(z.tuple([z.string(), z.record(z.string(), z.unknown()), z.string()])),
  sessionState: z.string().nullish(),
});
const problemSchema = z.object({ type: z.string(), limit: z.string().nullish(), detail: z.string().nullish() });

/** `slots`: how many requests are in flight at most. */
type Parts = { http: Http; session: Session; trusted: TrustedHosts; clock: Clock; slots: Slots };

/** A client on an open session. It reads the session again when the server says that it changed. */
export const createClient = (parts: Parts): JmapClient => {
  const keeper = keepSession(parts);
  const send = async (calls: MethodCall[], signal: AbortSignal): Promise<MethodAnswer[]> => {
    const session = await keeper.fresh(signal);
    const methodCalls = calls.map(([name, args], index) => [
      name,
      Object.hasOwn(args, '#accountId') ? args : { accountId: session.accountId, ...args },
      String(index),
    ]);
    const body = JSON.stringify({ using: usingFor(calls.map(([name]) => name)), methodCalls });
    const answer = await parts.http.post(session.apiUrl, body, signal);
    if (answer.status !== 200) throw requestError(session.apiUrl, answer, parts.clock.now());
    await breathe();
    const parsed = responseSchema.safeParse(parseJson(session.apiUrl, answer.text));
    if (!parsed.success) throw new TernError('server', `${session.apiUrl.host} did not answer as a JMAP server`);
    if (parsed.data.sessionState != null) keeper.heard(parsed.data.sessionState);
    return calls.map((_, index) => answerOf(parsed.data.methodResponses, String(index)));
  };
  /** A moved API or account shows as 404 or accountNotFound: the session is read again, once. */
  const sendTwice = async (calls: MethodCall[], signal: AbortSignal): Promise<MethodAnswer[]> => {
    try {
      const answers = await send(calls, signal);
      if (!accountGone(calls, answers)) return answers;
    } catch (error) {
      if (!(error instanceof TernError && error.kind === 'notFound')) throw error;
    }
    keeper.invalidate();
    const answers = await send(calls, signal);
    if (accountGone(calls, answers)) throw new TernError('server', 'the server does not know the mail account (yet)');
    return answers;
  };
  return {
    get limits() {
      return keeper.session().limits;
    },
    get session() {
      return keeper.session();
    },
    renew: (signal) => {
      keeper.invalidate();
      return keeper.fresh(signal);
    },
    call: (calls, signal) =>
      parts.slots.run(
        () => sendInGroups(calls, keeper.session().limits.maxCallsInRequest, (group) => sendTwice(group, signal)),
        signal,
      ),
  };
};

/** Whether the server does not know the account, where it was named: a call that takes it from another answer proves nothing. */
const accountGone = (calls: readonly MethodCall[], answers: readonly MethodAnswer[]): boolean =>
  answers.some(
    (answer, index) =>
      'error' in answer &&
      answer.error.type === 'accountNotFound' &&
      !Object.hasOwn(calls[index]?.[1] ?? {}, '#accountId'),
  );

/** Holds the session, and reads it again, once for all who ask, after it was found to be out of date. */
const keepSession = ({ http, trusted, clock, ...parts }: Parts) => {
  let { session } = parts;
  let stale = false;
  /** What the server called the session's state last; some never call it as the session itself does. */
  let state = session.state;
  let refreshing: Promise<Session> | undefined;
  const refresh = async (signal: AbortSignal): Promise<Session> => {
    const read = await fetchSession(http, session.url, trusted, clock, signal);
    if (read.accountId !== session.accountId)
      throw new TernError('server', 'the server now offers another mail account');
    stale = false;
    session = read;
    return read;
  };
  return {
    session: (): Session => session,
    invalidate: (): void => {
      stale = true;
    },
    heard: (said: string): void => {
      if (said !== state) stale = true;
      state = said;
    },
    fresh: async (signal: AbortSignal): Promise<Session> => {
      if (!stale) return session;
      refreshing ??= refresh(signal).finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
};

const answerOf = (responses: z.infer<typeof responseSchema>['methodResponses'], id: string): MethodAnswer => {
  const found = responses.find((response) => response[2] === id);
  // RFC 8620 section 3.6.1: after some errors the server answers no further calls.
  if (!found) return { error: { type: 'serverFail', description: 'the server did not answer this call' } };
  const [name, args] = found;
  if (name !== 'error') return { args };
  const { type, description } = args;
  return {
    error: {
      type: typeof type === 'string' ? type : 'serverFail',
      description: typeof description === 'string' ? description : '',
    },
  };
};

const requestError = (url: URL, answer: Parameters<typeof statusError>[1], now: number): TernError => {
  const plain = statusError(url, answer, now);
  if (plain.kind !== 'server') return plain;
  const problem = problemSchema.safeParse(safeJson(answer.text));
  if (!problem.success) return plain;
  const { type, limit } = problem.data;
  const said = `${url.host} refused the request: ${type.replace('urn:ietf:params:jmap:error:', '')}`;
  if (limit === 'maxConcurrentRequests') return new TernError('rateLimited', `${said} (${limit})`);
  if (limit != null) return new TernError('tooLarge', `${said} (${limit})`);
  return new TernError('server', said, { retryAfter: plain.retryAfter, detail: plain.detail });
};

/** The answer of a call that has to succeed, parsed; a method-level error or an odd shape is thrown. */
export const must = <T>(answer: MethodAnswer | undefined, schema: z.ZodType<T>, what: string): T => {
  if (!answer) throw new TernError('server', `the server did not answer ${what}`);
  if ('error' in answer) throw methodError(answer.error, what);
  const parsed = schema.safeParse(answer.args);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new TernError('server', `the server's answer to ${what} is malformed${where && ` at ${where}`}`);
};

/** A method-level error as Tern's own (RFC 8620 section 3.6.2). */
export const methodError = (error: MethodError, what: string): TernError => {
  const words = [error.type, error.description].map(inert).filter(Boolean).join(', ');
  const said = `${what}: the server says ${words}`;
  switch (error.type) {
    case 'forbidden':
    case 'accountReadOnly':
      return new TernError('forbidden', said);
    case 'requestTooLarge':
      return new TernError('tooLarge', said);
    case 'rateLimit':
      return new TernError('rateLimited', said);
    default:
      return new TernError('server', said);
  }
};
