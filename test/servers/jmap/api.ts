import * as z from 'zod';
import type { ApiRequest, ApiResponse } from './faults.ts';
import { errorArguments } from './methodError.ts';
import type { Method } from './methods.ts';
import type { Fields } from './model.ts';
import { resolveReferences } from './references.ts';
import { capabilitiesOf, type LoggedSet, type Site, sessionState } from './site.ts';

/** A problem document for a whole request (RFC 8620 section 3.6.1, RFC 7807). */
export type Problem = { type: string; status: number; detail?: string; limit?: string };

/** A problem of the given type, with status 400. */
export const problem = (type: string, extras: Partial<Problem> = {}): Problem => ({
  type: `urn:ietf:params:jmap:error:${type}`,
  status: 400,
  ...extras,
});

const fields = z.record(z.string(), z.unknown());
const requestSchema = z.looseObject({
  using: z.array(z.string()),
  methodCalls: z.array(z.tuple([z.string(), fields, z.string()])),
  createdIds: z.record(z.string(), z.string()).optional(),
});

const parseJson = (text: string): { value: unknown } | null => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
};

const withinLimits = (site: Site, request: ApiRequest): Problem | null => {
  const unknown = request.using.find((name) => !capabilitiesOf(site).includes(name));
  if (unknown !== undefined) return problem('unknownCapability', { detail: unknown });
  const strange = request.methodCalls.some(([, args]) => Object.keys(args).some(isStrange));
  if (strange && site.faults.onlyIdReferences === 'refused') return problem('notRequest');
  if (request.methodCalls.length <= site.limits.maxCallsInRequest) return null;
  return problem('limit', { limit: 'maxCallsInRequest' });
};

/** A request, or the problem with it (RFC 8620 section 3.6.1). */
export const parseRequest = (site: Site, contentType: string, body: string): ApiRequest | Problem => {
  const json = /^application\/json\b/i.test(contentType) ? parseJson(body) : null;
  if (!json) return problem('notJSON');
  const parsed = requestSchema.safeParse(json.value);
  if (!parsed.success) return problem('notRequest', { detail: parsed.error.message });
  return withinLimits(site, parsed.data) ?? parsed.data;
};

/** Tells a parsed request from a problem. */
export const isProblem = (parsed: ApiRequest | Problem): parsed is Problem => !('methodCalls' in parsed);

const scriptedFailure = (site: Site, name: string): Fields | null => {
  const failure = site.faults.methodFailures.find(({ method, left }) => method === name && left > 0);
  if (!failure) return null;
  failure.left--;
  return failure.error;
};

const isStrange = (name: string): boolean => name.startsWith('#') && name !== '#ids';

/** The arguments that this server knows; without an account among them, nobody's is meant. */
const known = ({ faults }: Site, args: Fields): Fields => {
  if (faults.onlyIdReferences === null || !Object.keys(args).some(isStrange)) return args;
  return { accountId: 'nobody', ...Object.fromEntries(Object.entries(args).filter(([name]) => !isStrange(name))) };
};

const callMethod = (
  site: Site,
  methods: ReadonlyMap<string, Method>,
  request: ApiRequest,
  [name, args]: ApiRequest['methodCalls'][number],
  earlier: ApiResponse['methodResponses'],
  createdIds: Map<string, string>,
): [string, Fields][] => {
  const method = methods.get(name);
  if (!method || !request.using.includes(method.capability)) return [['error', { type: 'unknownMethod' }]];
  const failure = scriptedFailure(site, name);
  if (failure) return [['error', failure]];
  try {
    const resolved = resolveReferences(known(site, args), earlier);
    const answer = method.answer(site, resolved, createdIds);
    const implied = method.implied?.(site, resolved, answer, createdIds);
    return implied
      ? [
          [name, answer],
          ['Email/set', implied],
        ]
      : [[name, answer]];
  } catch (thrown) {
    const error = errorArguments(thrown);
    if (!error) throw thrown;
    return [['error', error]];
  }
};

/**
 * Answers the calls of a request in their order (RFC 8620 section 3.4); `failAll` is the error that each one gets. Marks
 * the sets that were carried out.
 */
export const answerRequest = (
  site: Site,
  methods: ReadonlyMap<string, Method>,
  request: ApiRequest,
  sets: readonly LoggedSet[],
  failAll: string | null,
): ApiResponse => {
  const methodResponses: ApiResponse['methodResponses'] = [];
  const createdIds = new Map(Object.entries(request.createdIds ?? {}));
  for (const [index, call] of request.methodCalls.entries()) {
    const answers: [string, Fields][] = failAll
      ? [['error', { type: failAll }]]
      : callMethod(site, methods, request, call, methodResponses, createdIds);
    for (const [name, answer] of answers) methodResponses.push([name, answer, call[2]]);
    for (const set of sets) if (set.call === index) set.carriedOut = answers[0]?.[0] !== 'error';
  }
  const given = request.createdIds ? { createdIds: Object.fromEntries(createdIds) } : {};
  return { methodResponses, sessionState: sessionState(site), ...given };
};
