import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { readEvents } from './eventStream.ts';
import { expandUrl, secureUrl } from './hosts.ts';
import { type Http, statusError } from './http.ts';
import type { Session } from './session.ts';

/** What a server tells by push: that it is there, and will say so again after so many s; or states of the account's types. */
export type Told = { type: 'ping'; interval: number } | { type: 'state'; states: Map<string, string> };

/** How often a server is asked to say that it is there, in s. */
const PING_S = 30;
/** Such a word may be late by so much, in ms. */
const LATE_MS = 15_000;
/** A server that did not say yet how often it does gets so long, in ms. */
const UNTOLD_MS = 5 * 60_000;
/** Servers may choose the interval (RFC 8620 section 7.3), but one that long would prove nothing. */
const LONGEST_PING_S = 600;

const pingSchema = z.object({ interval: z.number().positive() });
const stateSchema = z.object({
  '@type': z.literal('StateChange'),
  changed: z.record(z.string(), z.record(z.string(), z.string())),
});

type Parts = { http: Http; session: Session; clock: Clock };

/** An event source that is open. `events` ends with the connection; `close` has to be called. */
export type EventSource = {
  events(): AsyncGenerator<Told, void, void>;
  /** What the stream was at last, to go on there (`Last-Event-ID`). */
  lastEventId(): string;
  close(): Promise<void>;
};

/**
 * Opens the session's event source (RFC 8620 section 7.3), after `lastEventId` where that is not empty. Throws
 * `unsupported` where there is none, and what HTTP throws.
 */
export const openEventSource = async (parts: Parts, lastEventId: string, signal: AbortSignal): Promise<EventSource> => {
  const url = eventsUrl(parts);
  let interval: number | null = null;
  let last = lastEventId;
  const silence = (): number => (interval === null ? UNTOLD_MS : interval * 1000 + LATE_MS);
  const headers = {
    Accept: 'text/event-stream',
    // What sits between may hold a compressed stream back until there is enough of it.
    'Accept-Encoding': 'identity',
    // An id that no header can have is left out: after a loss a pull looks at everything anyway.
    ...(/^[!-~]+$/.test(last) ? { 'Last-Event-ID': last } : {}),
  };
  const answer = await parts.http.stream(url, { headers, silence }, signal);
  const isStream = answer.status === 200 && /^text\/event-stream\b/i.test(answer.headers.get('content-type') ?? '');
  if (!isStream) {
    await answer.close();
    if (answer.status < 400) throw new TernError('unsupported', `${url.host} does not tell of changes`);
    throw statusError(url, { ...answer, text: '' }, parts.clock.now());
  }
  return {
    async *events() {
      for await (const event of readEvents(answer.pieces())) {
        last = event.id;
        const told = toldBy(event, parts.session.accountId);
        if (told?.type === 'ping') interval = told.interval;
        if (told) yield told;
      }
    },
    lastEventId: () => last,
    close: () => answer.close(),
  };
};

/** Its host is trusted as all of the session's are. */
const eventsUrl = ({ session: { eventSourceUrl, url } }: Parts): URL => {
  if (eventSourceUrl === null) throw new TernError('unsupported', `${url.host} does not tell of changes`);
  const values = { types: 'Email,Mailbox', closeafter: 'no', ping: String(PING_S) };
  return secureUrl(expandUrl(eventSourceUrl, values), url);
};

/** Null for what is none of ours, or makes no sense. */
const toldBy = ({ type, data }: { type: string; data: string }, accountId: string): Told | null => {
  const value = safeJson(data);
  if (type === 'ping') {
    const { data: ping } = pingSchema.safeParse(value);
    return ping ? { type: 'ping', interval: Math.min(ping.interval, LONGEST_PING_S) } : null;
  }
  if (type !== 'state') return null;
  const states = stateSchema.safeParse(value).data?.changed[accountId];
  return states ? { type: 'state', states: new Map(Object.entries(states)) } : null;
};
