import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page that the canary serves: its HTML, and a Content-Security-Policy where it has one. */
type Page = { html: string; csp?: string };

/** A server on loopback that serves pages, and sings when anyone asks for anything else. */
export type Canary = {
  origin: string;
  pages: Map<string, Page>;
  /** Paths that were asked for and are no pages. */
  heard: string[];
  stop(): Promise<void>;
};

const serve = (response: ServerResponse, { html, csp }: Page): void => {
  const policy = csp === undefined ? {} : { 'content-security-policy': csp };
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...policy });
  response.end(html);
};

/** Starts a canary. */
export const startCanary = async (): Promise<Canary> => {
  const pages = new Map<string, Page>();
  const heard: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const page = pages.get(path);
    if (page) {
      serve(response, page);
      return;
    }
    if (path !== '/favicon.ico') heard.push(path);
    response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    heard,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
