import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { TernError } from '../../src-shared/errors.ts';
import { abortReason, raceSignal } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import { isPublicAddress } from '../lib/publicAddress.ts';

/** What an address that a stranger wrote may lead to; tests bring their own. */
export type WebPolicy = {
  /** Every address of a host. */
  resolve(host: string): Promise<string[]>;
  isAllowed(address: string, port: number): boolean;
  /** Where an address without a port leads. */
  ports: Record<'http:' | 'https:', number>;
};

/** The internet alone, on the ports of the web. */
export const internetAlone: WebPolicy = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  isAllowed: (address, port) => isPublicAddress(address) && [80, 443, 8080, 8443].includes(port),
  ports: { 'http:': 80, 'https:': 443 },
};

/** What is asked: without cookies, referrer or credentials whatever it is. */
export type WebRequest = { method: 'GET' } | { method: 'POST'; type: string; body: string };

/** Says nothing of the person, their system or this program's version. */
const USER_AGENT = 'Mozilla/5.0';

/** Runs a task that has so many ms; it fails with `network`, and `late` as its message, where it takes longer. */
export const within = async <T>(
  { clock, ms, late }: { clock: Clock; ms: number; late: string },
  signal: AbortSignal,
  task: (until: AbortSignal) => Promise<T>,
): Promise<T> => {
  const timeout = new AbortController();
  const disarm = clock.after(ms, () => timeout.abort(new TernError('network', late)));
  try {
    return await task(AbortSignal.any([signal, timeout.signal]));
  } finally {
    disarm();
  }
};

/**
 * Asks an http or https address that a stranger wrote, and answers once the head of the response is there; no redirect is
 * followed, and whoever calls destroys the response. Throws `forbidden` for a host that is not on the internet, `network`
 * (`reached: false` in its detail where nothing listens), `tls`.
 */
export const askWeb = async (
  policy: WebPolicy,
  url: URL,
  request: WebRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || policy.ports[url.protocol === 'https:' ? 'https:' : 'http:'];
  const addresses = isIP(host) ? [host] : await raceSignal(policy.resolve(host).catch(unknownHost), signal);
  const [first] = addresses;
  // One address within is enough: whoever owns the name decides which one is tried.
  if (first === undefined || !addresses.every((each) => policy.isAllowed(each, port)))
    throw new TernError('forbidden', 'the address is not on the internet');
  // Loaded here: 'node:http' takes its WebSocket along, half of what a worker has to load before its first list.
  const { request: open } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  return connect(open, url, request, first, port, signal);
};

const unknownHost = (error: unknown): never => {
  throw new TernError('network', 'the host cannot be found', { cause: error });
};

const headersOf = (request: WebRequest): Record<string, string | number> =>
  request.method === 'GET'
    ? { Accept: 'image/png,image/jpeg,image/gif,image/webp,*/*;q=0.1' }
    : { 'Content-Type': request.type, 'Content-Length': Buffer.byteLength(request.body) };

type Open = typeof import('node:http').request;

/** Connects to the address that was looked at, whatever the name means by now. */
const connect = (
  open: Open,
  url: URL,
  asked: WebRequest,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    let stage: Stage = 'connecting';
    const request = open(url, {
      method: asked.method,
      agent: false,
      port,
      signal,
      headers: { 'User-Agent': USER_AGENT, ...headersOf(asked) },
      lookup: (_host, options, found) => {
        const family = isIP(address);
        if (options.all) found(null, [{ address, family }]);
        else found(null, address, family);
      },
    });
    request.on('socket', (socket) => {
      socket.on('connect', () => {
        stage = isSecure ? 'securing' : 'open';
      });
      socket.on('secureConnect', () => {
        stage = 'open';
      });
    });
    request.on('response', resolve);
    request.on('error', (error) => reject(signal.aborted ? abortReason(signal) : failures[stage](error)));
    request.end(asked.method === 'POST' ? asked.body : undefined);
  });

/** How far a connection is: in 'securing', TLS is being agreed on. */
type Stage = 'connecting' | 'securing' | 'open';

/** What a failure means at each stage. */
const failures: Record<Stage, (cause: unknown) => TernError> = {
  connecting: (cause) => new TernError('network', 'the host cannot be reached', { cause, detail: { reached: false } }),
  securing: (cause) => new TernError('tls', 'the host cannot be trusted', { cause }),
  open: (cause) => new TernError('network', 'the host did not answer', { cause }),
};
