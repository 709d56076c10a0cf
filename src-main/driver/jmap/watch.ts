import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import { sleep } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Delta } from '../driver.ts';
import { createPatience } from '../patience.ts';
import type { PullContext } from './context.ts';
import type { EventSource, Told } from './eventSource.ts';
import { createTrust } from './trust.ts';

/** Listens to the server's event source, as long as the driver lives (docs/sync.md J7). */
export type Watcher = {
  /** Resolves with the moment of the first hint that no pull has answered yet, and when `signal` is aborted. */
  watch(signal: AbortSignal): Promise<number>;
  /** Hands a pull on: hints that came before it are answered by it, and what it brings should have been told of. */
  follow(context: PullContext, deltas: AsyncGenerator<Delta, void, void>): AsyncGenerator<Delta, void, void>;
  /** Something of ours goes out: of a client's own doings not every server tells it. */
  pushed(): void;
  hears(): boolean;
  /** The connection may be dead: another one takes its place at once. */
  probe(): void;
  close(): void;
};

type Open = (lastEventId: string, signal: AbortSignal) => Promise<EventSource>;

/** A server that does not push is not asked again for so long, in ms. */
const REFUSED_MS = 60 * 60_000;

/** A watcher that connects when it is first asked to watch. */
export const createWatcher = (clock: Clock, open: Open): Watcher => {
  const trust = createTrust(clock);
  /** What the last pull led to, by type. */
  let known: Record<'Email' | 'Mailbox', string | null> = { Email: null, Mailbox: null };
  let pushed = false;
  let told = new Map<string, string>();
  let toldAt = 0;
  let missedSince: number | null = null;
  let moved = new AbortController();
  const move = (): void => {
    moved.abort();
    moved = new AbortController();
  };
  const isNews = (type: keyof typeof known): boolean => told.has(type) && told.get(type) !== known[type];
  const hintedAt = (): number | null => missedSince ?? (isNews('Email') || isNews('Mailbox') ? toldAt : null);
  const ears = createEars(clock, open, (event) => {
    if (event === 'lost') return trust.lost();
    if (event === 'opened') return trust.opened();
    if (event === 'again') missedSince ??= clock.monotonic();
    else if (event.type === 'ping') return trust.pinged();
    else {
      trust.told();
      if (hintedAt() === null) toldAt = clock.monotonic();
      told = new Map([...told, ...event.states]);
    }
    move();
  });
  return {
    watch: async (signal) => {
      ears.start();
      for (;;) {
        const at = hintedAt();
        if (at !== null || signal.aborted) return at ?? clock.monotonic();
        await sleep(clock, null, AbortSignal.any([signal, moved.signal]));
      }
    },
    async *follow(context, deltas) {
      trust.pulling();
      told.clear();
      missedSince = null;
      const isOurs = pushed;
      pushed = false;
      let news = false;
      for await (const delta of deltas) {
        news ||= bringsNews(delta);
        yield delta;
      }
      known = { Email: context.cursor('email'), Mailbox: context.cursor('mailbox') };
      trust.pulled(news && !isOurs);
    },
    pushed: () => {
      pushed = true;
    },
    hears: () => trust.holds(),
    probe: () => ears.again(),
    close: () => ears.close(),
  };
};

/** What the email stream brought, not a fill or a look at everything. */
const bringsNews = ({ emails, cursors }: Delta): boolean => {
  const step = cursors.find(({ key }) => key === 'email');
  if (!emails || !step || step.from === null) return false;
  return emails.put.length + emails.patched.length + emails.destroyed.length > 0;
};

type Ears = { start(): void; again(): void; close(): void };

/** What is heard; 'again': there is a connection again after one was lost, and what happened meanwhile was not heard. */
type Heard = Told | 'opened' | 'again' | 'lost';

/** One connection after the other, until closed. */
const createEars = (clock: Clock, open: Open, heard: (event: Heard) => void): Ears => {
  const patience = createPatience(clock);
  const closing = new AbortController();
  let running = false;
  let wasLost = false;
  let lastEventId = '';
  let renew = new AbortController();
  const listen = async (signal: AbortSignal): Promise<void> => {
    const source = await open(lastEventId, signal);
    try {
      patience.opened();
      heard('opened');
      if (wasLost) heard('again');
      wasLost = true;
      for await (const told of source.events()) {
        lastEventId = source.lastEventId();
        heard(told);
      }
    } finally {
      heard('lost');
      await source.close();
    }
    patience.lost();
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      renew = new AbortController();
      const over = AbortSignal.any([closing.signal, renew.signal]);
      try {
        await listen(over);
      } catch (error) {
        // Without it the cycles' poll goes on.
        if (!over.aborted) beforeNext(patience, asTernError(error));
      }
      await sleep(clock, patience.left(), over);
    }
  };
  return {
    start: () => {
      if (running) return;
      running = true;
      void run();
    },
    again: () => {
      patience.forget();
      renew.abort();
    },
    close: () => closing.abort(),
  };
};

const beforeNext = (patience: ReturnType<typeof createPatience>, { kind, retryAfter = 0, detail }: TernError): void => {
  // What a server answers while it is down or starts passes; anything else it means.
  const status = Number(detail?.['status'] ?? 0);
  if (kind !== 'network' && kind !== 'rateLimited' && status < 500) return patience.wait(REFUSED_MS);
  patience.lost();
  if (retryAfter * 1000 > patience.left()) patience.wait(retryAfter * 1000);
};
