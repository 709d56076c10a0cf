import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TernError } from '../../../src-shared/errors.ts';

/** Where the browser comes back to: this machine, at a port of this one sign-in (RFC 8252 section 7.3). */
export type Loopback = {
  /** `http://127.0.0.1:<port>/`. */
  readonly redirectUri: string;
  /** What the browser brought, once. Nothing but what bears the state counts: anybody on this machine can knock. */
  readonly answer: Promise<URLSearchParams>;
  close(): void;
};

/** Listens until `close`. Throws `network` where there is no port to be had. */
export const listenForBrowser = async (state: string): Promise<Loopback> => {
  const { promise: answer, resolve } = Promise.withResolvers<URLSearchParams>();
  let isOver = false;
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const query = queryOf(request, port);
    if (query === null) return page(response, 404, 'There is nothing here.');
    if (query.get('state') !== state || query.getAll('state').length > 1)
      return page(response, 400, 'This is not the sign-in that Tern is waiting for.');
    if (isOver) return page(response, 410, 'This sign-in is over. You may close this window.');
    isOver = true;
    const done = query.has('error') ? 'Tern was not let in.' : 'Back to Tern.';
    // Told first: who waits closes everything.
    page(response, 200, `${done} You may close this window.`, () => resolve(query));
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw new TernError('network', 'the browser has no way back to Tern: no port of this machine is free', {
      cause: error,
    });
  }
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answer,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** What a browser that was sent here asks with; null for any other request. */
const queryOf = ({ method, url = '', headers }: IncomingMessage, port: number): URLSearchParams | null => {
  const parsed = URL.parse(url, `http://127.0.0.1:${port}`);
  // Under another name a page of somebody else's could read what is answered (DNS rebinding).
  const isHere = headers.host === `127.0.0.1:${port}` && url.startsWith('/') && !url.startsWith('//');
  return method === 'GET' && isHere && parsed?.pathname === '/' && parsed.search !== '' ? parsed.searchParams : null;
};

const page = (response: ServerResponse, status: number, text: string, done?: () => void): void => {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>Tern</title><p>${text}</p>`, done);
};
