import type { ServerResponse } from 'node:http';
import { stateOf } from './changes.ts';
import type { ChangeType, Fields } from './model.ts';
import { type Exchange, send } from './reply.ts';
import type { Site } from './site.ts';

/**
 * How an event source misbehaves: refuses with a status, is silent (accepts, and never sends a byte), mute (pings, and tells
 * of nothing), sends garbage beside what it tells, tells of other accounts alone, pings ten times as slowly as asked and says
 * so, hangs up after every event, or begins a line that never ends.
 */
export type EventTrouble =
  | { refuse: number; retryAfter?: number }
  | 'silent'
  | 'mute'
  | 'garbage'
  | 'otherAccount'
  | 'slowPing'
  | 'hangsUp'
  | 'endlessLine';

/** What a client asked an event source for; `open` until either side hung up. */
type EventRequest = {
  types: string;
  closeAfter: string;
  /** In seconds. */
  ping: number;
  lastEventId: string | null;
  acceptEncoding: string | null;
  open: boolean;
};

/** The event sources of a site (RFC 8620 section 7.3). */
export type EventSources = {
  /** Every request so far, in order. */
  readonly log: EventRequest[];
  answer(exchange: Exchange, url: URL): void;
  /** Tells every client of what it was not told yet, once for all that happens in one go. */
  tell(): void;
  /** Sends a ping to every client now; it goes out by itself as often as each asked. */
  ping(): void;
  /** Ends every connection. */
  drop(): void;
};

type Client = { request: EventRequest; response: ServerResponse; told: Fields; timer: NodeJS.Timeout | undefined };

/** Event sources without a client. */
export const createEventSources = (site: Site): EventSources => {
  const clients = new Set<Client>();
  const log: EventRequest[] = [];
  let telling = false;
  const close = (client: Client): void => {
    client.request.open = false;
    clearInterval(client.timer);
    clients.delete(client);
    client.response.destroy();
  };
  const tell = (client: Client): void => {
    const trouble = site.faults.events;
    const changed = newsFor(site, client);
    if (Object.keys(changed).length === 0 || trouble === 'silent' || trouble === 'mute') return;
    Object.assign(client.told, changed);
    const account = trouble === 'otherAccount' ? 'somebody-else' : site.session.accountId;
    if (trouble === 'garbage') client.response.write(GARBAGE);
    write(client, 'state', { '@type': 'StateChange', changed: { [account]: changed } }, String(site.store.modseq()));
    if (client.request.closeAfter === 'state' || trouble === 'hangsUp') client.response.end();
  };
  const ping = (client: Client): void => {
    if (site.faults.events === 'silent') return;
    write(client, 'ping', { interval: client.request.ping * (site.faults.events === 'slowPing' ? 10 : 1) });
  };
  return {
    log,
    answer: (exchange, url) => {
      const request = requestOf(exchange, url);
      log.push(request);
      const trouble = site.push ? site.faults.events : { refuse: 204 };
      if (typeof trouble === 'object' && trouble !== null) {
        request.open = false;
        const retry = trouble.retryAfter === undefined ? {} : { 'Retry-After': String(trouble.retryAfter) };
        return send(exchange, trouble.refuse, retry, '');
      }
      const { response } = exchange;
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
      response.flushHeaders();
      if (trouble === 'endlessLine') response.write(`data: ${'x'.repeat(200_000)}`);
      const seen = request.lastEventId === null || request.lastEventId === String(site.store.modseq());
      const client: Client = { request, response, told: seen ? statesOf(site) : {}, timer: undefined };
      clients.add(client);
      response.on('close', () => close(client));
      if (request.ping > 0) client.timer = setInterval(() => ping(client), request.ping * 1000).unref();
      if (!seen) tell(client);
    },
    tell: () => {
      if (telling) return;
      telling = true;
      queueMicrotask(() => {
        telling = false;
        clients.forEach(tell);
      });
    },
    ping: () => clients.forEach(ping),
    drop: () => clients.forEach(close),
  };
};

const changeTypes: ChangeType[] = ['Email', 'Mailbox', 'Thread'];

const GARBAGE = [
  ': a comment\n\n',
  'event: state\ndata: {"@type":"StateChange","changed":\n\n',
  'event: state\ndata: [1, "two", null]\n\n',
  'event: state\ndata: {"@type":"StateChange","changed":{"alice":"soon"}}\n\n',
  'event: state\r\ndata: {"@type":"PushVerification","changed":{"alice":{"Email":"x"}}}\r\n\r\n',
  'event: gossip\ndata: {"changed":{}}\rid: \r\r',
  'data\n\n\n\nretry: soon\n\n',
].join('');

const requestOf = ({ request: { headers } }: Exchange, { searchParams }: URL): EventRequest => ({
  types: searchParams.get('types') ?? '',
  closeAfter: searchParams.get('closeafter') ?? '',
  ping: Number(searchParams.get('ping') ?? 0),
  lastEventId: (headers['last-event-id'] as string | undefined) ?? null,
  acceptEncoding: headers['accept-encoding'] ?? null,
  open: true,
});

const statesOf = (site: Site): Fields => Object.fromEntries(changeTypes.map((type) => [type, stateOf(site, type)]));

/** The states that moved since the client was told, of the types it asked for. */
const newsFor = (site: Site, { request: { types }, told }: Client): Fields =>
  Object.fromEntries(
    Object.entries(statesOf(site)).filter(
      ([type, state]) => told[type] !== state && (types === '*' || types.split(',').includes(type)),
    ),
  );

const write = ({ response }: Client, event: string, data: Fields, id?: string): void => {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  response.write(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
};
