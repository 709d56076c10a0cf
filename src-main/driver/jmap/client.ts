import { z } from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSlots } from '../../lib/slots.ts';
import type { TrustedHosts } from './hosts.ts';
import { type Http, statusError } from './http.ts';
import { fetchSession, type Limits, parseJson, type Session, using } from './session.ts';

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
};

const responseSchema = z.object({
  methodResponses: z.array(z.tuple([z.string(), z.record(z.string(), z.unknown()), z.string()])),
  sessionState: z.string().nullish(),
});
const problemSchema = z.object({ type: z.string(), limit: z.string().nullish(), detail: z.string().nullish() });

type Parts = { http: Http; session: Session; trusted: TrustedHosts; clock: Clock };

/** A client on an open session. It reads the session again when the server says that it changed. */
export const createClient = (parts: Parts): JmapClient => {
  const { http, trusted, clock } = parts;
  let session = parts.session;
  let stale = false;
  let refreshing: Promise<void> | undefined;
  const slots = createSlots(() => session.limits.maxConcurrentRequests);

  const refresh = (signal: AbortSignal): Promise<void> => {
    refreshing ??= fetchSession(http, session.url, trusted, clock, signal)
      .then((fresh) => {
        if (fresh.accountId !== session.accountId)
          throw new TernError('conflict', 'the server now offers another mail account');
        session = fresh;
        stale = false;
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };
  const send = async (calls: MethodCall[], signal: AbortSignal): Promise<MethodAnswer[]> => {
    if (stale) await refresh(signal);
    const methodCalls = calls.map(([name, args], index) => [
      name,
      { accountId: session.accountId, ...args },
      String(index),
    ]);
    const url = session.apiUrl;
    const answer = await http.post(url, JSON.stringify({ using, methodCalls }), signal);
    if (answer.status !== 200) throw requestError(url, answer, clock.now());
    const parsed = responseSchema.safeParse(parseJson(url, answer.text));
    if (!parsed.success) throw new TernError('server', `${url.host} did not answer as a JMAP server`);
    if (parsed.data.sessionState != null && parsed.data.sessionState !== session.state) stale = true;
    return calls.map((_, index) => answerOf(parsed.data.methodResponses, String(index)));
  };
  const accountGone = (answers: MethodAnswer[]): boolean =>
    answers.some((answer) => 'error' in answer && answer.error.type === 'accountNotFound');

  return {
    get limits() {
      return session.limits;
    },
    get session() {
      return session;
    },
    call: (calls, signal) =>
      slots.run(async () => {
        // A moved API or account shows as 404 or accountNotFound: the session is read again, once.
        try {
          const answers = await send(calls, signal);
          if (!accountGone(answers)) return answers;
        } catch (error) {
          if (!(error instanceof TernError && error.kind === 'notFound')) throw error;
        }
        stale = true;
        const answers = await send(calls, signal);
        if (accountGone(answers)) throw new TernError('server', 'the server does not know the mail account (yet)');
        return answers;
      }, signal),
  };
};

const answerOf = (responses: z.infer<typeof responseSchema>['methodResponses'], id: string): MethodAnswer => {
  const found = responses.find((response) => response[2] === id);
  // RFC 8620 section 3.6.1: after some errors the server answers no further calls.
  if (!found) return { error: { type: 'serverFail', description: 'the server did not answer this call' } };
  const [name, args] = found;
  if (name !== 'error') return { args };
  return { error: { type: String(args['type'] ?? 'serverFail'), description: String(args['description'] ?? '') } };
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
  return new TernError('server', said, { retryAfter: plain.retryAfter });
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
  const said = `${what}: the server says ${error.type}${error.description && `, ${error.description.slice(0, 200)}`}`;
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
