import * as oauth from 'oauth4webapi';
import { TernError } from '../../../src-shared/errors.ts';
import { isLoopback, isSecure } from '../../../src-shared/hosts.ts';
import { abortReason } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { retryAfterSeconds } from '../../lib/retryAfter.ts';

type Ask = { method: string; headers: Record<string, string>; body?: string | URLSearchParams | undefined };

/** How authorisation servers are asked: what every function of oauth4webapi that asks one takes. */
export type Web = (
  server: URL,
  signal: AbortSignal,
) => {
  signal: AbortSignal;
  [oauth.allowInsecureRequests]: boolean;
  [oauth.customFetch]: (address: string, asked: Ask) => Promise<Response>;
};

/** In ms: no answer takes longer. */
const LONGEST_MS = 30_000;
/** In bytes. */
const LARGEST = 1024 * 1024;

/** Whether one address may lead to another: over https, and to this very machine only from there. */
export const mayLeadTo = (from: URL, to: URL): boolean =>
  isSecure(to) && (isLoopback(from.hostname) || !isLoopback(to.hostname));

/**
 * Asks over https, or this very machine; follows nothing; reads an answer whole, at most 1 MB in 30 s. Throws `network`, and
 * `server` or `rateLimited` where the server says that it is not well, before anybody looks at what else it said.
 */
export const createWeb = (clock: Clock): Web => {
  return (server, signal) => ({
    signal,
    // The library refuses plain http by itself, and allows it here where both ends are on this machine.
    [oauth.allowInsecureRequests]: isLoopback(server.hostname),
    [oauth.customFetch]: (address, asked) => {
      const url = new URL(address);
      if (!mayLeadTo(server, url)) throw new TernError('tls', `${url.host} is not to be asked for ${server.host}`);
      return ask(clock, url, asked, signal);
    },
  });
};

const ask = async (clock: Clock, url: URL, { method, headers, body }: Ask, signal: AbortSignal): Promise<Response> => {
  const late = new AbortController();
  const silent = new TernError('network', `${url.host} does not answer`);
  const disarm = clock.after(LONGEST_MS, () => late.abort(silent));
  const until = AbortSignal.any([signal, late.signal]);
  try {
    const init: RequestInit = { method, headers, redirect: 'manual', signal: until };
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    const text = await readBody(url, response);
    const trouble = troubleOf(url, response, clock.now());
    if (trouble) throw trouble;
    return new Response(text, { status: response.status, headers: response.headers });
  } catch (error) {
    if (until.aborted) throw abortReason(until);
    if (error instanceof TernError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = (cause as { code?: string }).code ?? '';
    throw new TernError('network', `${url.host} cannot be reached${code && ` (${code})`}`);
  } finally {
    disarm();
  }
};

const readBody = async (url: URL, response: Response): Promise<Uint8Array<ArrayBuffer>> => {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > LARGEST) throw new TernError('server', `${url.host} answered with too much`);
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
};

/** What a status says that no sign-in is to blame for. */
const troubleOf = (url: URL, { status, headers }: Response, now: number): TernError | null => {
  const said = `${url.host} answered ${status}`;
  const retryAfter = retryAfterSeconds(headers.get('retry-after'), now);
  if (status === 429) return new TernError('rateLimited', `${said}: it asks to wait`, { retryAfter });
  if (status >= 500 || (status >= 300 && status < 400))
    return new TernError('server', said, { retryAfter, detail: { status } });
  return null;
};
