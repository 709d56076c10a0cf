import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JmapConfig } from '../../src-shared/model.ts';
import { rawJmap } from './cyrus/rawJmap.ts';
import type { MailServer } from './mailServer.ts';

/** A JMAP server with a proxy before it that speaks EventSource (RFC 8620 section 7.3) where the server does not. */
export type PushingServer = MailServer & {
  /** Event sources that are open. */
  listeners(): number;
  /** When the proxy last found a state that it had not seen, as `performance.now()`. */
  noticedAt(): number;
};

/** How often the server's states are asked for while somebody listens, in ms. */
const LOOK_MS = 20;
const TYPES = ['Email', 'Mailbox'] as const;

type States = Record<string, string>;

/** Puts a proxy before a server on loopback. It ends with it, and passes on whatever is no event source. */
export const withEventSource = async (server: MailServer): Promise<PushingServer> => {
  if (server.config.protocol !== 'jmap') throw new Error('only JMAP has event sources');
  const target = new URL(server.config.sessionUrl);
  const push = createPush(server);
  const http = createServer((request, response) => {
    if (request.url?.startsWith('/jmap/eventsource/') && request.headers.authorization) push.listen(request, response);
    else pass(target, request, response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const config: JmapConfig = { ...server.config, sessionUrl: `http://127.0.0.1:${port}${target.pathname}` };
  return {
    ...server,
    name: `${server.name} that pushes`,
    config,
    listeners: push.listeners,
    noticedAt: push.noticedAt,
    stop: async () => {
      await push.stop();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
      await server.stop();
    },
  };
};

/** Where a server leads to itself, it does so under the scheme that it speaks; whoever came through the proxy may speak another. */
const relative = (location: string, host = ''): string =>
  location.startsWith(`http://${host}/`) ? location.slice(`http://${host}`.length) : location;

const pass = ({ hostname, port }: URL, request: IncomingMessage, response: ServerResponse): void => {
  const { method, url, headers } = request;
  const onward = send({ hostname, port, method, path: url, headers }, (answer) => {
    const { location } = answer.headers;
    const leads = location === undefined ? {} : { location: relative(location, headers.host) };
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...leads });
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
};

const createPush = (server: MailServer) => {
  const jmap = rawJmap(server);
  const clients = new Set<ServerResponse>();
  let told: States | null = null;
  let noticedAt = 0;
  let looking: Promise<void> | null = null;
  const statesNow = async (): Promise<States> => {
    const answers = await Promise.all(TYPES.map((type) => jmap.ask<{ state: string }>(`${type}/get`, { ids: [] })));
    return Object.fromEntries(TYPES.map((type, index) => [type, answers[index]?.state ?? '']));
  };
  const accountId = async (): Promise<string> =>
    (await jmap.session()).primaryAccounts['urn:ietf:params:jmap:mail'] ?? '';
  const look = async (): Promise<void> => {
    const account = await accountId();
    while (clients.size > 0) {
      const states = await statesNow().catch(() => told ?? {});
      const before: States = told ?? states;
      const changed = Object.fromEntries(Object.entries(states).filter(([type, state]) => before[type] !== state));
      told = states;
      if (Object.keys(changed).length > 0) {
        noticedAt = performance.now();
        const data = JSON.stringify({ '@type': 'StateChange', changed: { [account]: changed } });
        for (const client of clients) client.write(`event: state\ndata: ${data}\n\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    looking = null;
  };
  return {
    listeners: () => clients.size,
    noticedAt: () => noticedAt,
    listen: (request: IncomingMessage, response: ServerResponse): void => {
      const ping = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('ping') ?? 0);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
      const timer = ping > 0 ? setInterval(() => void response.write(pingOf(ping)), ping * 1000) : undefined;
      clients.add(response);
      response.on('close', () => {
        clearInterval(timer);
        clients.delete(response);
      });
      looking ??= look();
    },
    stop: async (): Promise<void> => {
      for (const client of clients) client.destroy();
      clients.clear();
      await looking;
    },
  };
};

const pingOf = (interval: number): string => `event: ping\ndata: ${JSON.stringify({ interval })}\n\n`;
