import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { TernError } from '../../../src-shared/errors.ts';
import { abortReason } from '../../lib/async.ts';
import type { TestNetwork } from '../../platform.ts';
import type { Page, Web } from './ports.ts';

/** In bytes: what a page and its head may have. */
const LARGEST_PAGE = 64 * 1024;
const LARGEST_HEAD = 16 * 1024;
/** Says nothing of the person, their system or this program's version. */
const USER_AGENT = 'Mozilla/5.0';

/** Where a connection really goes; only a test's network has another answer than what it was asked. */
export type Route = TestNetwork['route'];

/** A look-up that knows its answer. */
export const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, found) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all) found(null, all);
    else found(null, first?.address ?? '', first?.family);
  };

/** https by Node's own client. */
export const createWeb =
  (route: Route): Web =>
  async (url, addresses, signal) => {
    const response = await ask(url, addresses, route, signal);
    try {
      const { statusCode: status = 0, headers } = response;
      return { status, headers, body: status === 200 ? await bodyOf(response, url, signal) : '' } satisfies Page;
    } finally {
      response.destroy();
    }
  };

const ask = (url: URL, addresses: readonly string[], route: Route, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const port = Number(url.port) || 443;
    let isOpen = false;
    const asking = request(url, {
      agent: false,
      port: route(addresses[0] ?? '', port).port,
      signal,
      maxHeaderSize: LARGEST_HEAD,
      headers: {
        Host: url.host,
        'User-Agent': USER_AGENT,
        Accept: 'application/json, text/xml, application/xml',
        'Accept-Encoding': 'identity',
      },
      lookup: pinned(addresses.map((address) => route(address, port).address)),
    });
    asking.on('socket', (socket) => socket.on('connect', () => (isOpen = true)));
    asking.on('response', resolve);
    asking.on('error', (error) => reject(signal.aborted ? abortReason(signal) : failureOf(error, url.host, isOpen)));
    asking.end();
  });

/** What went wrong on a connection: not made, not to be trusted, or broken. */
export const failureOf = (error: NodeJS.ErrnoException, host: string, isOpen: boolean): TernError => {
  if (!isOpen) return new TernError('network', `${host} cannot be reached`, { cause: error });
  if (/CERT|SSL|TLS|SELF_SIGNED|ISSUER|UNABLE_TO/.test(error.code ?? ''))
    return new TernError('tls', `${host} cannot be trusted: ${tlsReason(error.code)}`, { cause: error });
  return new TernError('network', `${host} gave no answer that makes sense`, { cause: error });
};

const tlsReason = (code = ''): string => {
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate ran out';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another host';
  if (/SELF_SIGNED|ISSUER|UNABLE_TO/.test(code)) return 'nobody known vouches for its certificate';
  return 'no encryption could be agreed on';
};

const bodyOf = async (response: IncomingMessage, { host }: URL, signal: AbortSignal): Promise<string> => {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > LARGEST_PAGE) throw new TernError('tooLarge', `${host} answers with more than 64 KB`);
      pieces.push(piece);
    }
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw error instanceof TernError ? error : failureOf(error as Error, host, true);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
};
