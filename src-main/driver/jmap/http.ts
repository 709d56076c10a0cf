import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { retryAfterSeconds } from '../../lib/retryAfter.ts';
import { accessOf, type SignIn } from '../access.ts';
import type { Traffic } from '../driver.ts';
import type { MessageFile } from '../outgoing.ts';
import { certificateTrouble } from '../serverText.ts';
import { type Ask, createExchanges, type Exchange, type Exchanges, type Patience } from './exchange.ts';
import { postFile } from './postFile.ts';

/** An answer read whole. Redirects are answers: following one is the caller's decision. */
export type HttpAnswer = { status: number; headers: Headers; text: string };

/** One account's HTTP: authenticated, timed, capped and counted. */
export type Http = {
  get(url: URL, signal: AbortSignal): Promise<HttpAnswer>;
  post(url: URL, body: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** Sends a file, read from its disk as it goes. Throws `storage` where it is not there as it was written. */
  upload(url: URL, file: MessageFile, type: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** The body of a file, in pieces as they come, however large. Any status but 200 is thrown. */
  download(url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void>;
  /** An answer that goes on until either side ends it; `close` has to be called. `silence`: see `Exchanges`. */
  stream(url: URL, options: StreamOptions, signal: AbortSignal): Promise<StreamAnswer>;
  /** The machine slept, or its network is another: see `Exchanges`. */
  probe(): void;
  readonly traffic: Traffic;
};

/** An upload hears nothing until it is whole; it may go as slowly as this, in bytes a ms. */
const SLOWEST_UPLOAD = 16;
type StreamOptions = { headers: Record<string, string>; silence: () => number };
type StreamAnswer = Omit<HttpAnswer, 'text'> & {
  pieces(): AsyncGenerator<Uint8Array, void, void>;
  close(): Promise<void>;
};

const LARGEST_ANSWER = 256 * 1024 * 1024;

/** The `Authorization` header (RFC 7617, RFC 6750), and whether it is another one than the one that was refused. */
type Authorize = (refused: string | null, signal: AbortSignal) => Promise<string>;

const authorization = (signIn: SignIn): Authorize => {
  const access = accessOf(signIn);
  if (access.type === 'tokens')
    return async (refused, signal) =>
      `Bearer ${await access.token(refused && refused.slice('Bearer '.length), signal)}`;
  const basic = `Basic ${Buffer.from(`${access.username}:${access.password}`).toString('base64')}`;
  return async () => basic;
};

/** What is sent, once it is known how it is signed. */
type Signable = (signature: { Authorization: string }) => Ask;
type Begin = (url: URL, ask: Signable, signal: AbortSignal, patience?: Patience) => Promise<Exchange>;

/** Requests that are signed; one whose token was refused goes out once more, with another one where there is one. */
const signed =
  (exchanges: Exchanges, authorize: Authorize): Begin =>
  async (url, ask, signal, patience) => {
    const send = (key: string): Promise<Exchange> =>
      exchanges.begin(url, ask({ Authorization: key }), signal, patience);
    const key = await authorize(null, signal);
    const exchange = await send(key);
    if (exchange.response.status !== 401) return exchange;
    const another = await authorize(key, signal).catch(async (error: unknown) => {
      await exchange.end();
      throw error;
    });
    if (another === key) return exchange;
    await exchange.end();
    return send(another);
  };

/**
 * HTTP that signs every request with the credential; `silence`: in ms, how long a server may send nothing. Failures are
 * `network`, `tls`, `tooLarge` or `cancelled`.
 */
export const createHttp = (credential: SignIn, clock: Clock, silence: number): Http => {
  const traffic: Traffic = { roundTrips: 0, bytes: 0 };
  // Not brotli: Cyrus compresses with it at its slowest, and answers six times slower (measured).
  const headers = { Accept: 'application/json', 'Accept-Encoding': 'gzip' };

  const exchanges = createExchanges(clock, traffic, silence, connectionError);
  const begin = signed(exchanges, authorization(credential));

  const send = async (url: URL, ask: Signable, signal: AbortSignal, sendingMs = 0): Promise<HttpAnswer> => {
    const exchange = await begin(url, ask, signal, { sendingMs });
    try {
      const { status, headers: said } = exchange.response;
      return { status, headers: said, text: await readBody(exchange) };
    } finally {
      await exchange.end();
    }
  };

  async function* download(url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const exchange = await begin(url, (key) => ({ headers: { ...headers, ...key, Accept: '*/*' } }), signal);
    try {
      const { response } = exchange;
      if (response.status === 404) throw new TernError('notFound', 'the mail server no longer has this');
      if (response.status !== 200)
        throw statusError(url, { status: response.status, headers: response.headers, text: '' }, clock.now());
      yield* exchange.pieces();
    } finally {
      await exchange.end();
    }
  }
  return {
    traffic,
    get: (url, signal) => send(url, (key) => ({ headers: { ...headers, ...key } }), signal),
    post: (url, body, signal) => {
      traffic.bytes += body.length;
      const own = { ...headers, 'Content-Type': 'application/json' };
      return send(url, (key) => ({ method: 'POST', body, headers: { ...own, ...key } }), signal);
    },
    upload: (url, file, type, signal) => {
      traffic.bytes += file.size;
      const own = { ...headers, 'Accept-Encoding': 'identity', 'Content-Type': type };
      const ask: Signable = (key) => (control) => postFile(url, { ...own, ...key }, file, control);
      return send(url, ask, signal, file.size / SLOWEST_UPLOAD);
    },
    download,
    stream: async (url, options, signal) => {
      const own = { ...headers, ...options.headers };
      const ask: Signable = (key) => ({ headers: { ...own, ...key } });
      const exchange = await begin(url, ask, signal, { silence: options.silence });
      const { status, headers: said } = exchange.response;
      return { status, headers: said, pieces: () => exchange.pieces(), close: () => exchange.end() };
    },
    probe: () => exchanges.probe(),
  };
};

const readBody = async (exchange: Exchange): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of exchange.pieces()) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new TernError('tooLarge', "the mail server's answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** With these codes no request was written: undici connects first. */
const neverReached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const connectionError = (url: URL, error: unknown): TernError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: string }).code ?? '';
  if (certificateTrouble.test(code))
    return new TernError('tls', `the secure connection to ${url.host} cannot be trusted (${code})`, { cause: error });
  if (!neverReached.has(code))
    return new TernError('network', `the connection to ${url.host} failed${code && ` (${code})`}`, { cause: error });
  const why = code === 'ENOTFOUND' ? 'its name is not known' : code;
  return new TernError('network', `${url.host} cannot be reached: ${why}`, {
    cause: error,
    detail: { reached: false },
  });
};

/** What a failed status says, as an error: for any HTTP exchange with the account's server. */
export const statusError = (url: URL, answer: HttpAnswer, now: number): TernError => {
  const retryAfter = retryAfterSeconds(answer.headers.get('retry-after'), now);
  const said = `${url.host} answered ${answer.status}`;
  switch (answer.status) {
    case 401:
      return new TernError('auth', 'the mail server refused the user name, password or token');
    case 403:
      return new TernError('forbidden', `${said}: access is not allowed`);
    case 404:
      return new TernError('notFound', `${said}: there is no JMAP server at this address`);
    case 413:
      return new TernError('tooLarge', `${said}: the request is too large`);
    case 429:
    case 503:
      return new TernError('rateLimited', `${said}: it asks to wait`, { retryAfter });
    default:
      return new TernError('server', `${said}, which a JMAP server should not`, {
        retryAfter,
        detail: { status: answer.status },
      });
  }
};
