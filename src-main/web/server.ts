import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Door } from './door.ts';
import { fileHeaders, mailHeaders, plainHeaders, shellHeaders } from './headers.ts';
import type { LinkBook } from './linkBook.ts';
import type { Ticketed, Tickets } from './tickets.ts';

/** The files of the shell, by their paths as they are asked for; '/' is the page itself. */
export type ShellFiles = ReadonlyMap<string, { name: string; bytes: Buffer }>;

/** What is served, and to whom. */
type Served = { files: ShellFiles; tickets: Tickets; links: LinkBook; door: Door };

/** A server that listens. `here`: 127.0.0.1 and its port. */
type Listening = { here: string; close(): Promise<void> };

const LONGEST_TOKEN = 200;
/** The largest message a page may send, in bytes: a draft with its attachments. */
const LONGEST_MESSAGE = 140 * 1024 * 1024;

const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, plainHeaders()).end(`${why}\n`);
};

const sendTicketed = (response: ServerResponse, what: Ticketed): void => {
  if (what.kind === 'mail') {
    response.writeHead(200, mailHeaders()).end(what.html);
    return;
  }
  const file = createReadStream(what.path);
  file.once('error', () => response.destroy());
  file.once('open', () => {
    response.writeHead(200, fileHeaders(what.name, what.size));
    file.pipe(response);
  });
};

/** The beginning of a request's body as text; null where it is longer than that. */
const readBody = async (request: IncomingMessage, most: number): Promise<string | null> => {
  let text = '';
  for await (const piece of request.setEncoding('latin1')) {
    text += String(piece);
    if (text.length > most) return null;
  }
  return text;
};

/**
 * Serves the shell's files, the trade of a token for the secret, what tickets stand for, and the line. Only to requests that
 * name this very address: another name that leads here (DNS rebinding) and other sites get nothing.
 */
export const startServer = async ({ files, tickets, links, door }: Served): Promise<Listening> => {
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 30_000 });
  const lines = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE, perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** A page of elsewhere may not ask at all; what changes something has to say that it comes from here. */
  const isHere = ({ headers }: IncomingMessage, mustSay: boolean): boolean =>
    headers.host === here && (headers.origin === undefined ? !mustSay : headers.origin === `http://${here}`);

  const trade = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = isHere(request, true) ? await readBody(request, LONGEST_TOKEN) : null;
    const secret = token === null ? null : door.trade(token);
    if (secret === null) return refuse(response, 403, 'refused');
    response.writeHead(200, plainHeaders()).end(secret);
  };
  server.on('request', (request, response) => {
    if (!isHere(request, false)) return refuse(response, 403, 'refused');
    const { method, url = '' } = request;
    if (method === 'POST' && url === '/trade') return void trade(request, response).catch(() => response.destroy());
    if (method !== 'GET') return refuse(response, 405, 'not allowed');
    const file = files.get(url);
    if (file) return void response.writeHead(200, shellHeaders(file.name)).end(file.bytes);
    const what = tickets.redeem(url);
    if (what) return sendTicketed(response, what);
    const link = links.find(url);
    if (link === undefined) return refuse(response, 404, 'not found');
    // The page asks the person; the frame stays as it is (RFC 9110 section 15.3.5).
    door.tell({ event: 'host.link', data: { url: link } });
    response.writeHead(204, plainHeaders()).end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (request.url !== '/line' || !isHere(request, true)) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    lines.handleUpgrade(request, socket, head, (line) => door.knock(line));
  });
  return {
    here,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      // What became a WebSocket is none of the server's connections any more, and would keep it.
      for (const client of lines.clients) client.terminate();
      await closed;
    },
  };
};
