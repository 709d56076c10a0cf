import { z } from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { requireTrusted, secureUrl, type TrustedHosts } from './hosts.ts';
import { type Http, statusError } from './http.ts';

const CORE = 'urn:ietf:params:jmap:core';
const MAIL = 'urn:ietf:params:jmap:mail';
/** The capabilities that every request names: only what Tern uses (RFC 8620 section 3.3). */
export const using = [CORE, MAIL];

/** How much the server takes at once: RFC 8620 section 2. */
export type Limits = {
  maxSizeRequest: number;
  maxConcurrentRequests: number;
  maxCallsInRequest: number;
  maxObjectsInGet: number;
  maxObjectsInSet: number;
};

/** What the RFC suggests as minimums, for a server that names none. */
const suggested: Limits = {
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 4,
  maxCallsInRequest: 16,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
};

/**
 * A session (RFC 8620 section 2), reduced to what Tern uses. `url` is where it was finally found, `downloadUrl` a template
 * with names in braces (RFC 6570 level 1) as is `eventSourceUrl`, null where there is none.
 */
export type Session = {
  url: URL;
  apiUrl: URL;
  downloadUrl: string | null;
  eventSourceUrl: string | null;
  accountId: string;
  state: string;
  limits: Limits;
};

const accountSchema = z.object({
  isPersonal: z.boolean().nullish(),
  accountCapabilities: z.record(z.string(), z.unknown()).nullish(),
});
const sessionSchema = z.object({
  capabilities: z.record(z.string(), z.unknown()).nullish(),
  accounts: z.record(z.string(), accountSchema).nullish(),
  primaryAccounts: z.record(z.string(), z.string().nullish()).nullish(),
  apiUrl: z.string(),
  downloadUrl: z.string().nullish(),
  uploadUrl: z.string().nullish(),
  eventSourceUrl: z.string().nullish(),
  state: z.string().nullish(),
});
type Answer = z.infer<typeof sessionSchema>;

const MAX_REDIRECTS = 5;

/**
 * Reads the session, following redirects to trusted hosts only: a credential never goes elsewhere.
 * Throws `auth`, `forbidden` (hosts to confirm), `notFound`, `server` and what HTTP throws.
 */
export const fetchSession = async (
  http: Http,
  start: URL,
  trusted: TrustedHosts,
  clock: Clock,
  signal: AbortSignal,
): Promise<Session> => {
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    requireTrusted([url], trusted);
    const answer = await http.get(url, signal);
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location !== null) {
      url = secureUrl(location, url);
      continue;
    }
    if (answer.status !== 200) throw statusError(url, answer, clock.now());
    return sessionOf(url, answer.text, trusted);
  }
  throw new TernError('server', `${start.host} redirects in circles`);
};

const sessionOf = (url: URL, text: string, trusted: TrustedHosts): Session => {
  const parsed = sessionSchema.safeParse(parseJson(url, text));
  if (!parsed.success) throw new TernError('server', `${url.host} did not answer with a JMAP session`);
  const answer = parsed.data;
  const named = [answer.apiUrl, answer.downloadUrl, answer.uploadUrl, answer.eventSourceUrl];
  const urls = named.flatMap((name) => (name ? secureUrl(name, url) : []));
  requireTrusted(urls, trusted);
  return {
    url,
    apiUrl: secureUrl(answer.apiUrl, url),
    downloadUrl: answer.downloadUrl ?? null,
    eventSourceUrl: answer.eventSourceUrl || null,
    accountId: mailAccount(url, answer),
    state: answer.state ?? '',
    limits: limitsOf(answer.capabilities?.[CORE]),
  };
};

/** The text as JSON; a web page or half an answer is a `server` error. */
export const parseJson = (url: URL, text: string): unknown => {
  const json = safeJson(text);
  if (json !== undefined) return json;
  const what = /^\s*</.test(text) ? 'with a web page' : 'with something that is not JSON';
  throw new TernError('server', `${url.host} answered ${what} instead of JMAP`);
};

const mailAccount = (url: URL, answer: Answer): string => {
  const accounts = Object.entries(answer.accounts ?? {});
  const withMail = accounts.filter(([, account]) => account.accountCapabilities?.[MAIL] != null);
  const personal = withMail.find(([, account]) => account.isPersonal === true);
  const found = answer.primaryAccounts?.[MAIL] ?? personal?.[0] ?? withMail[0]?.[0] ?? accounts[0]?.[0];
  if (found === undefined) throw new TernError('server', `${url.host} has no mail account for this user yet`);
  return found;
};

const limitsOf = (core: unknown): Limits => {
  const named = (typeof core === 'object' && core !== null ? core : {}) as Record<string, unknown>;
  const limit = (name: keyof Limits): number => {
    const value = named[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : suggested[name];
  };
  return {
    maxSizeRequest: limit('maxSizeRequest'),
    maxConcurrentRequests: limit('maxConcurrentRequests'),
    maxCallsInRequest: limit('maxCallsInRequest'),
    maxObjectsInGet: limit('maxObjectsInGet'),
    maxObjectsInSet: limit('maxObjectsInSet'),
  };
};
