import { request as askFor } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { Clock } from '../../src-main/lib/clock.ts';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import { startWebHost, type WebHost } from '../../src-main/web/webHost.ts';
import { cleanUp, dataFolder } from '../support/host.ts';

const files = new Map([
  ['/', { name: 'index.html', bytes: Buffer.from('<p>the page</p>') }],
  ['/assets/main.js', { name: 'assets/main.js', bytes: Buffer.from('1') }],
]);

type Site = { host: WebHost; port: number; origin: string; token: string };

/** A web host for the test, over an empty data folder. */
export const site = async (t: TestContext, clock?: Clock): Promise<Site> => {
  const platform = createNodePlatform(dataFolder(t));
  const host = await startWebHost(clock ? { ...platform, clock } : platform, files);
  cleanUp(t, () => host.close());
  const { port, origin, hash } = new URL(host.url);
  return { host, port: Number(port), origin, token: hash.slice(1) };
};

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };
type Ask = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

/** Asks with headers as they are given, also those that `fetch` would set by itself. */
export const ask = (
  { port }: Site,
  { method = 'GET', path = '/', headers = {}, body = '' }: Ask = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = askFor({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });

/** Trades the token for the secret. */
export const trade = (
  at: Site,
  headers: Record<string, string> = { origin: at.origin },
  token = at.token,
): Promise<Answer> => ask(at, { method: 'POST', path: '/trade', headers, body: token });

/** A page's line, as far as it got: its messages in order, and the code that it was closed with. */
export const line = async (at: Site, secret: string | null, origin = at.origin) => {
  const socket = new WebSocket(`ws://127.0.0.1:${at.port}/line`, { origin });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const messages: Record<string, unknown>[] = [];
  let heard = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    messages.push(JSON.parse((data as Buffer).toString('utf8')) as Record<string, unknown>);
    heard.resolve();
    heard = Promise.withResolvers();
  });
  /** How it ended, or the first that it was told. */
  const fate = (): Promise<unknown> => Promise.race([closed, heard.promise.then(() => messages[0])]);
  const refused = await new Promise<string | null>((resolve) => {
    socket.once('open', () => resolve(null));
    socket.on('error', (error) => resolve(error.message));
  });
  if (refused !== null) return { socket, messages, closed, refused, fate, next: () => heard.promise };
  if (secret !== null) socket.send(secret);
  return { socket, messages, closed, refused: null, fate, next: () => heard.promise };
};

/** A line that was let in. */
export const page = async (at: Site) => {
  const { body: secret } = await trade(at);
  const opened = await line(at, secret);
  await opened.next();
  return { ...opened, secret };
};

/** Asks over the line of a page, and answers the message that came back. */
export const call = (to: Awaited<ReturnType<typeof page>>, request: object) => say(to, JSON.stringify(request));

/** The same in whatever words. */
export const say = async ({ socket, messages, next }: Awaited<ReturnType<typeof page>>, text: string) => {
  const before = messages.length;
  socket.send(text);
  while (messages.length === before || 'event' in (messages.at(-1) ?? {})) await next();
  return messages.at(-1);
};
