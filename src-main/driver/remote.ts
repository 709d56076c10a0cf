import type { IncomingMessage } from 'node:http';
import { TernError } from '../../src-shared/errors.ts';
import { abortReason } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import { imageType } from '../lib/imageType.ts';
import { askWeb, internetAlone, type WebPolicy, within } from './web.ts';

/** A picture from elsewhere, as its bytes say what it is. */
export type RemoteImage = { type: string; bytes: Buffer };

type Parts = { clock: Clock; policy?: WebPolicy };

const MOST_REDIRECTS = 3;
const LARGEST_IMAGE = 10 * 1024 * 1024;
const LONGEST_MS = 20_000;

/**
 * Reads a picture that an email refers to, once a view of it asks (docs/sync.md B5): without cookies, referrer or
 * credentials, over https where anything listens for that, from the internet alone, after each of at most 3 redirects,
 * too; at most 10 MB in 20 s; and only what its bytes say is a raster image. Throws `forbidden`, `network`, `tls`,
 * `tooLarge`, `server`.
 */
export const fetchImage = async (
  { clock, policy = internetAlone }: Parts,
  address: string,
  signal: AbortSignal,
): Promise<RemoteImage> =>
  within({ clock, ms: LONGEST_MS, late: 'the picture takes too long' }, signal, async (until) => {
    const bytes = await follow(policy, address, until);
    const type = imageType(bytes);
    if (!type) throw new TernError('forbidden', 'what the address has is no picture');
    return { type, bytes };
  });

const follow = async (policy: WebPolicy, address: string, signal: AbortSignal): Promise<Buffer> => {
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
const ask = async (policy: WebPolicy, url: URL, signal: AbortSignal): Promise<Answer> => {
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

const send = async (policy: WebPolicy, url: URL, signal: AbortSignal): Promise<Answer> => {
  const response = await askWeb(policy, url, { method: 'GET' }, signal);
  try {
    return await answerOf(response, signal);
  } finally {
    response.destroy();
  }
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
