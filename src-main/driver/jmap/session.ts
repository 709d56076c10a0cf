import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { countValue } from '../values.ts';
import { requireTrusted, secureUrl, type TrustedHosts } from './hosts.ts';
import { type Http, statusError } from './http.ts';

const CORE = 'urn:ietf:params:jmap:core';
const MAIL = 'urn:ietf:params:jmap:mail';
const SUBMISSION = 'urn:ietf:params:jmap:submission';

/**
 * The capabilities that a request names: only what its calls use (RFC 8620 section 3.3). Some servers have the one for
 * sending only now and then.
 */
export const usingFor = (methods: readonly string[]): string[] =>
  methods.some((name) => /^(Identity|EmailSubmission)\//.test(name)) ? [CORE, MAIL, SUBMISSION] : [CORE, MAIL];

/** How much the server takes at once: RFC 8620 section 2. */
export type Limits = {
  maxSizeUpload: number;
  maxSizeRequest: number;
  maxConcurrentRequests: number;
  maxCallsInRequest: number;
  maxObjectsInGet: number;
  maxObjectsInSet: number;
};

/** What the RFC suggests as minimums, for a server that names none. */
const suggested: Limits = {
  maxSizeUpload: 50_000_000,
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 4,
  maxCallsInRequest: 16,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
};

/**
 * A session (RFC 8620 section 2), reduced to what Tern uses. `url` is where it was finally found, `downloadUrl` a template
 * with names in braces (RFC 6570 level 1), null where there is none, as are `uploadUrl` and `eventSourceUrl`. `submission`: how
 * mail leaves, null where it does not (RFC 8621 section 1.3.2).
 */
export type Session = {
  url: URL;
  apiUrl: URL;
  downloadUrl: string | null;
  uploadUrl: string | null;
  submission: Submission | null;
  eventSourceUrl: string | null;
  accountId: string;
  state: string;
  limits: Limits;
};

/** `holdSeconds`: so long mail is held back at most; `largest`: bytes of a message, null where the server does not say. */
type Submission = { holdSeconds: number; largest: number | null };

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
  const accountId = mailAccount(url, answer);
  const urls = named.flatMap((name) => (name ? secureUrl(name, url) : []));
  requireTrusted(urls, trusted);
  return {
    url,
    apiUrl: secureUrl(answer.apiUrl, url),
    downloadUrl: answer.downloadUrl ?? null,
    uploadUrl: answer.uploadUrl ?? null,
    eventSourceUrl: answer.eventSourceUrl || null,
    submission: submissionOf(answer, accountId),
    accountId,
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

const submissionSchema = z.object({
  maxDelayedSend: z.number().nullish(),
  submissionExtensions: z.record(z.string(), z.array(z.string()).nullish()).nullish(),
});

/** What the mail account's submission capability says; Cyrus writes SIZE (RFC 1870) small. */
const submissionOf = (answer: Answer, accountId: string): Submission | null => {
  const said = answer.accounts?.[accountId]?.accountCapabilities?.[SUBMISSION];
  if (said == null || answer.capabilities?.[SUBMISSION] == null) return null;
  const { maxDelayedSend, submissionExtensions } = submissionSchema.safeParse(said).data ?? {};
  const size = Object.entries(submissionExtensions ?? {}).find(([name]) => name.toUpperCase() === 'SIZE')?.[1]?.[0];
  return { holdSeconds: countValue(maxDelayedSend), largest: countValue(Number(size)) || null };
};

const limitsOf = (core: unknown): Limits => {
  const named = (typeof core === 'object' && core !== null ? core : {}) as Record<string, unknown>;
  const limit = (name: keyof Limits): number => {
    const value = named[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : suggested[name];
  };
  return {
    maxSizeUpload: limit('maxSizeUpload'),
    maxSizeRequest: limit('maxSizeRequest'),
    maxConcurrentRequests: limit('maxConcurrentRequests'),
    maxCallsInRequest: limit('maxCallsInRequest'),
    maxObjectsInGet: limit('maxObjectsInGet'),
    maxObjectsInSet: limit('maxObjectsInSet'),
  };
};
