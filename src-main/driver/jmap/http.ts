import { TernError } from '../../../src-shared/errors.ts';
import type { Credential } from '../../../src-shared/model.ts';
import { abortReason, throwIfAborted } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Traffic } from '../driver.ts';
import { watchSilence } from '../silence.ts';

/** An answer read whole. Redirects are answers: following one is the caller's decision. */
export type HttpAnswer = { status: number; headers: Headers; text: string };

/** One account's HTTP: authenticated, timed, capped and counted. */
export type Http = {
  get(url: URL, signal: AbortSignal): Promise<HttpAnswer>;
  post(url: URL, body: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** Sends a file, read from its disk as it goes. */
  upload(url: URL, file: Blob, signal: AbortSignal): Promise<HttpAnswer>;
  /** The body of a file, in pieces as they come, however large. Any status but 200 is thrown. */
  download(url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void>;
  readonly traffic: Traffic;
};

/** An upload hears nothing until it is whole; it may go as slowly as this, in bytes a ms. */
const SLOWEST_UPLOAD = 16;
const LARGEST_ANSWER = 256 * 1024 * 1024;

/** The `Authorization` header (RFC 7617, RFC 6750) for a credential. */
const authorization = (credential: Credential): string => {
  switch (credential.type) {
    case 'password':
      return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
    case 'bearer':
      return `Bearer ${credential.token}`;
    case 'oauth':
      throw new TernError('unsupported', 'signing in with OAuth is not built yet');
  }
};

/**
 * HTTP that signs every request with the credential; `silence`: in ms, how long a server may send nothing. Failures are
 * `network`, `tls`, `tooLarge` or `cancelled`.
 */
export const createHttp = (credential: Credential, clock: Clock, silence: number): Http => {
  const traffic: Traffic = { roundTrips: 0, bytes: 0 };
  // Not brotli: Cyrus compresses with it at its slowest, and answers six times slower (measured).
  const headers = { Authorization: authorization(credential), Accept: 'application/json', 'Accept-Encoding': 'gzip' };

  const begin = createBegin(clock, silence, traffic);

  const send = async (url: URL, init: RequestInit, signal: AbortSignal, patience?: number): Promise<HttpAnswer> => {
    const { response, heard, failed, end } = await begin(url, init, signal, patience);
    try {
      return { status: response.status, headers: response.headers, text: await readBody(response, heard) };
    } catch (error) {
      throw failed(error);
    } finally {
      end();
    }
  };

  async function* download(url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const { response, heard, failed, end } = await begin(url, { headers: { ...headers, Accept: '*/*' } }, signal);
    try {
      if (response.status === 404) throw new TernError('notFound', 'the mail server no longer has this');
      if (response.status !== 200)
        throw statusError(url, { status: response.status, headers: response.headers, text: '' }, clock.now());
      for await (const chunk of response.body ?? []) {
        heard(chunk.length);
        yield chunk;
      }
    } catch (error) {
      throw failed(error);
    } finally {
      end();
      await response.body?.cancel().catch(() => undefined);
    }
  }
  return {
    traffic,
    get: (url, signal) => send(url, { headers }, signal),
    post: (url, body, signal) => {
      traffic.bytes += body.length;
      return send(url, { method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/json' } }, signal);
    },
    upload: (url, file, signal) => {
      traffic.bytes += file.size;
      const init = { method: 'POST', body: file, headers: { ...headers, 'Content-Type': file.type } };
      return send(url, init, signal, silence + file.size / SLOWEST_UPLOAD);
    },
    download,
  };
};

/** The answer to a request; `heard` is told of what comes of its body, and `end` has to be called when that is over. */
const createBegin =
  (clock: Clock, silenceMs: number, traffic: Traffic) =>
  async (url: URL, init: RequestInit, signal: AbortSignal, patience: number = silenceMs) => {
    throwIfAborted(signal);
    const silence = watchSilence(clock, patience);
    const control = AbortSignal.any([signal, silence.signal]);
    const failed = (error: unknown): TernError => {
      if (control.aborted) return abortReason(control);
      return error instanceof TernError ? error : connectionError(url, error);
    };
    const heard = (bytes: number): void => {
      silence.heard();
      traffic.bytes += bytes;
    };
    traffic.roundTrips += 1;
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: control });
      return { response, heard, failed, end: () => silence.end() };
    } catch (error) {
      silence.end();
      throw failed(error);
    }
  };

const readBody = async (response: Response, heard: (bytes: number) => void): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    heard(chunk.length);
    if (size > LARGEST_ANSWER) throw new TernError('tooLarge', "the mail server's answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const certificateTrouble = /CERT|SSL|TLS|SIGNED|ISSUER|UNABLE_TO_VERIFY|EPROTO/;

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

/** `Retry-After` (RFC 9110 section 10.2.3) in seconds: a number, or a date. */
const retryAfterSeconds = (value: string | null, now: number): number | undefined => {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), 24 * 3600) : undefined;
};
