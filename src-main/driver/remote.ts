import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { TernError } from '../../src-shared/errors.ts';
import { abortReason, raceSignal } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import { imageType } from '../lib/imageType.ts';
import { isPublicAddress } from '../lib/publicAddress.ts';

/** A picture from elsewhere, as its bytes say what it is. */
export type RemoteImage = { type: string; bytes: Buffer };

/** Where pictures may come from; tests bring their own. */
export type RemotePolicy = {
  /** Every address of a host. */
  resolve(host: string): Promise<string[]>;
  isAllowed(address: string, port: number): boolean;
  /** Where an address without a port leads. */
  ports: Record<'http:' | 'https:', number>;
};

type Parts = { clock: Clock; policy?: RemotePolicy };

const MOST_REDIRECTS = 3;
const LARGEST_IMAGE = 10 * 1024 * 1024;
const LONGEST_MS = 20_000;
/** Says nothing of the person, their system or this program's version. */
const USER_AGENT = 'Mozilla/5.0';

const strict: RemotePolicy = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  isAllowed: (address, port) => isPublicAddress(address) && [80, 443, 8080, 8443].includes(port),
  ports: { 'http:': 80, 'https:': 443 },
};

/**
 * Reads a picture that an email refers to, once a view of it asks (docs/sync.md B5): without cookies, referrer or
 * credentials, over https where anything listens for that, from the internet alone, after each of at most 3 redirects,
 * too; at most 10 MB in 20 s; and only what its bytes say is a raster image. Throws `forbidden`, `network`, `tls`,
 * `tooLarge`, `server`.
 */
export const fetchImage = async (
  { clock, policy = strict }: Parts,
  address: string,
  signal: AbortSignal,
): Promise<RemoteImage> => {
  const late = new AbortController();
  const disarm = clock.after(LONGEST_MS, () => late.abort(new TernError('network', 'the picture takes too long')));
  const until = AbortSignal.any([signal, late.signal]);
  try {
    const bytes = await follow(policy, address, until);
    const type = imageType(bytes);
    if (!type) throw new TernError('forbidden', 'what the address has is no picture');
    return { type, bytes };
  } finally {
    disarm();
  }
};

const follow = async (policy: RemotePolicy, address: string, signal: AbortSignal): Promise<Buffer> => {
  let url = webAddress(address);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const answer = await ask(policy, url, signal);
    if ('bytes' in answer) return answer.bytes;
    url = webAddress(answer.location, url);
  }
  throw new TernError('server', 'the picture is somewhere else again and again');
};

const webAddress = (text: string, base?: URL): URL => {
  const url = URL.parse(text, base?.href);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new TernError('forbidden', 'not a web address to load a picture from');
  return url;
};

type Answer = { bytes: Buffer } | { location: string };

/** Https first: plain http only where nothing listens for that, never where what listens is not to be trusted. */
const ask = async (policy: RemotePolicy, url: URL, signal: AbortSignal): Promise<Answer> => {
  if (url.protocol === 'https:') return send(policy, url, signal);
  if (url.port === '') {
    const secure = new URL(url);
    secure.protocol = 'https:';
    try {
      return await send(policy, secure, signal);
    } catch (error) {
      if (!(error instanceof TernError && error.detail?.['reached'] === false)) throw error;
    }
  }
  return send(policy, url, signal);
};

const send = async (policy: RemotePolicy, url: URL, signal: AbortSignal): Promise<Answer> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || policy.ports[url.protocol === 'https:' ? 'https:' : 'http:'];
  const addresses = isIP(host) ? [host] : await raceSignal(policy.resolve(host).catch(unknownHost), signal);
  const [first] = addresses;
  // One address within is enough: whoever owns the name decides which one is tried.
  if (first === undefined || !addresses.every((each) => policy.isAllowed(each, port)))
    throw new TernError('forbidden', 'the picture is not on the internet');
  // Loaded here: 'node:http' takes its WebSocket along, half of what a worker has to load before its first list.
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const response = await connect(request, url, first, port, signal);
  try {
    return await answerOf(response, signal);
  } finally {
    response.destroy();
  }
};

const unknownHost = (error: unknown): never => {
  throw new TernError('network', 'the host of the picture cannot be found', { cause: error });
};

type Ask = typeof import('node:http').request;

/** Connects to the address that was looked at, whatever the name means by now. */
const connect = (open: Ask, url: URL, address: string, port: number, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    let stage: Stage = 'connecting';
    const request = open(url, {
      agent: false,
      port,
      signal,
      headers: { 'User-Agent': USER_AGENT, Accept: 'image/png,image/jpeg,image/gif,image/webp,*/*;q=0.1' },
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
    request.end();
  });

/** How far a connection is: in 'securing', TLS is being agreed on. */
type Stage = 'connecting' | 'securing' | 'open';

/** What a failure means at each stage. */
const failures: Record<Stage, (cause: unknown) => TernError> = {
  connecting: (cause) =>
    new TernError('network', 'the host of the picture cannot be reached', { cause, detail: { reached: false } }),
  securing: (cause) => new TernError('tls', 'the host of the picture cannot be trusted', { cause }),
  open: (cause) => new TernError('network', 'the host of the picture did not answer', { cause }),
};

const answerOf = async (response: IncomingMessage, signal: AbortSignal): Promise<Answer> => {
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) return { location: headers.location };
  if (statusCode !== 200) throw new TernError('server', `the picture cannot be had (${statusCode})`);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > LARGEST_IMAGE) throw new TernError('tooLarge', 'the picture is too large');
      pieces.push(piece);
    }
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw error instanceof TernError ? error : new TernError('network', 'the picture was cut off', { cause: error });
  }
  return { bytes: Buffer.concat(pieces) };
};
