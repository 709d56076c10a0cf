import assert from 'node:assert/strict';
import pino from 'pino';
import type { Driver } from '../../src-main/driver/driver.ts';
import { createCycleLog } from '../../src-main/engine/cycleLog.ts';
import { createEngine, type Engine } from '../../src-main/engine/engine.ts';
import type { News } from '../../src-main/engine/news.ts';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { discardChanges, retryChanges, type Undone, undoChanges } from '../../src-main/engine/outboxUndo.ts';
import type { Clock } from '../../src-main/lib/clock.ts';
import { Store } from '../../src-main/store/db.ts';
import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import { listCycles } from '../../src-main/store/syncLog.ts';
import type { Change } from '../../src-shared/change.ts';
import type { Cycle, PendingChange } from '../../src-shared/contractRows.ts';
import type { WireError } from '../../src-shared/errors.ts';
import type { Config, Credential } from '../../src-shared/model.ts';
import type { MailServer, Truth } from '../servers/mailServer.ts';
import { type FakeClock, fakeClock, settle } from './clock.ts';
import { type Commit, type WatchedStore, watchStore } from './worldStore.ts';
import { viewOf } from './worldView.ts';

/** A server in this process, as worlds need it. */
type Server = MailServer & { trouble: { reset(): void } };

/** What one protocol does in its own way. */
export type Protocol<S extends Server, C extends Config> = {
  createDriver(account: { config: C; credential: Credential }, clock: Clock): Driver;
  /** Where the replica is not what the server has, in a few lines; empty when they agree. */
  compare(store: Store, server: S): Promise<string[]>;
  /** Makes the server forget what it was sent. */
  forget(server: S): void;
};

/** A phase as it was announced. */
type Status = ReturnType<Engine['status']>;
type Outcome = { result: 'ok' | 'error'; error?: WireError };

/** A server, a replica, and the engine between them over real sockets, on a clock that only the test moves. */
export type EngineWorld<S extends Server, C extends Config> = {
  readonly server: S;
  readonly clock: FakeClock;
  readonly store: Store;
  /** The engine of the present run. */
  readonly engine: Engine;
  /** What the next driver is made with. */
  readonly account: { config: C; credential: Credential };
  /** Every commit of mail and cursors since the start or `forget`. */
  readonly commits: Commit[];
  /** Every phase that was announced, in order. */
  readonly phases: Status[];
  readonly progress: { done: number; total: number }[];
  /** What was told of new mail since the start or `forget`. */
  readonly news: News[];
  /** `onCommit` runs right after every commit. */
  readonly hooks: { onCommit: ((commit: Commit) => void) | null; onRested: (() => void) | null };
  /** One cycle that begins now; the first call starts the engine. */
  sync(): Promise<Outcome>;
  /** Syncs and fails unless that went well and the replica then equals the server. */
  expectTrue(): Promise<void>;
  view(): Truth;
  /** The logged cycles, oldest first. */
  cycles(): Cycle[];
  /** Submits changes as the renderer does; answers their ids. Emails and mailboxes by the server's ids. */
  submit(...changes: RemoteChange[]): string[];
  /** The three things a person does with what was submitted, by the ids that `submit` answered. */
  retry(...ids: string[]): void;
  discard(...ids: string[]): void;
  undo(...ids: string[]): Undone;
  /** The local id of the mailbox of a name, whether the server has it or not. */
  localMailbox(name: string): string;
  /** What is not settled. */
  changes(): PendingChange[];
  /** Forgets commits, phases and the server's requests. */
  forget(): void;
  /** A new engine and driver on the same replica, as after a restart of the program. */
  restart(): Promise<void>;
  /** The program dies instead of its n-th commit from now. */
  crashAt(n: number): void;
  crashed(): boolean;
  /** Waits, without a clock, until something holds. */
  until(holds: () => boolean, what?: string): Promise<void>;
  /** Runs `close` when the world ends, before it looks for what is left open. */
  onEnd(close: () => Promise<void>): void;
  /** Closes everything and fails if a timer or socket is left. */
  end(): Promise<void>;
};

/** Waits, without a clock, until something holds; fails after ten real seconds. */
const until = async (holds: () => boolean, what = 'what the test waits for'): Promise<void> => {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    assert.ok(Date.now() < deadline, `${what} did not happen`);
    await settle(1);
  }
};

const openStore = (file: string): Store => {
  const store = Store.open(file, { create: true });
  migrate(store);
  return store;
};

type Life = { engine: Engine; watched: WatchedStore };

/** A change whose emails, mailboxes and parents are named by the server's ids. */
type RemoteChange = Change;
type Mind<S extends Server, C extends Config> = Pick<
  EngineWorld<S, C>,
  'server' | 'clock' | 'account' | 'commits' | 'phases' | 'progress' | 'news' | 'hooks'
> & { protocol: Protocol<S, C> };
type AnyWorld = EngineWorld<Server, Config>;

/** One run of the program on a store. */
const startLife = <S extends Server, C extends Config>(mind: Mind<S, C>, raw: Store): Life => {
  const log = pino({ level: 'silent' });
  const watched = watchStore(raw, (commit) => {
    mind.commits.push(commit);
    mind.hooks.onCommit?.(commit);
  });
  const { store, logStore } = watched;
  const engine = createEngine({
    store,
    clock: mind.clock,
    log,
    cycles: createCycleLog(logStore, log),
    createDriver: async () => mind.protocol.createDriver(mind.account, mind.clock),
    events: {
      phase: (status) => void mind.phases.push(status),
      progress: (done, total) => void mind.progress.push({ done, total }),
      news: (news) => void mind.news.push(news),
      rested: () => mind.hooks.onRested?.(),
    },
  });
  return { engine, watched };
};

/** The same change by local ids; an id that no row has stays as it is. */
const localChange = (store: Store, change: RemoteChange): Change => {
  const idIn = (table: 'emails' | 'mailboxes', remoteId: string): string => {
    const row = store.read((db) => db.get<{ id: number }>(`SELECT id FROM ${table} WHERE remote_id = ?`, remoteId));
    return row ? String(row.id) : remoteId;
  };
  const mailbox = (id: string): string => idIn('mailboxes', id);
  if (change.type === 'mailbox') {
    const named = 'mailbox' in change ? { ...change, mailbox: mailbox(change.mailbox) } : change;
    return 'parent' in named && named.parent != null ? { ...named, parent: mailbox(named.parent) } : named;
  }
  const emails = change.emails.map((id) => idIn('emails', id));
  if (change.type !== 'mailboxes') return { ...change, emails };
  const patch = Object.fromEntries(Object.entries(change.patch).map(([id, on]) => [mailbox(id), on]));
  return { ...change, emails, patch };
};

const atRest = ({ phase }: Status): boolean => phase === 'live' || phase === 'offline' || phase === 'blocked';

/** The first cycle of a run: there is nobody to answer yet, so its end shows in the phase. */
const firstCycle = async (engine: Engine): Promise<Outcome> => {
  engine.start();
  await until(() => atRest(engine.status()), 'the end of the first cycle');
  await settle(1);
  const { phase, error } = engine.status();
  return phase === 'live' ? { result: 'ok' } : { result: 'error', ...(error ? { error } : {}) };
};

/** How many sockets are open. */
export const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

/** What the person does with a replica. */
const submitting = (
  raw: Store,
  life: () => Life,
  clock: FakeClock,
): Pick<AnyWorld, 'submit' | 'retry' | 'discard' | 'undo' | 'localMailbox' | 'changes'> => ({
  submit: (...changes) => {
    const local = changes.map((change) => localChange(raw, change));
    const { ids } = submitChanges(life().watched.store, clock, local);
    life().engine.changed();
    return ids;
  },
  retry: (...ids) => {
    retryChanges(life().watched.store, clock, ids);
    life().engine.changed();
  },
  discard: (...ids) => {
    discardChanges(life().watched.store, clock, ids);
    life().engine.changed();
  },
  undo: (...ids) => {
    const undone = undoChanges(life().watched.store, clock, ids);
    life().engine.changed();
    return undone;
  },
  localMailbox: (name) => {
    const found = raw.read((db) => listMailboxes(db, 'world')).find((mailbox) => mailbox.name === name);
    assert.ok(found, `there is no mailbox ${name}`);
    return found.id;
  },
  changes: () => raw.read((db) => listChanges(db, 'world')),
});

const createWorld = <S extends Server, C extends Config>(
  mind: Mind<S, C>,
  raw: Store,
  socketsBefore: number,
): EngineWorld<S, C> => {
  let life = startLife(mind, raw);
  const sync = (): Promise<Outcome> =>
    life.engine.status().phase === 'stopped' ? firstCycle(life.engine) : life.engine.syncNow();
  const { server, clock, commits, phases, protocol } = mind;
  const closers = [() => server.stop()];
  return {
    ...mind,
    store: raw,
    sync,
    until,
    view: () => viewOf(raw),
    ...submitting(raw, () => life, clock),
    cycles: () =>
      raw
        .read((db) => listCycles(db, 'world', { time: Number.MAX_SAFE_INTEGER, rank: 0 }, 10_000))
        .map(({ cycle }) => cycle)
        .toReversed(),
    expectTrue: async () => {
      assert.deepEqual(await sync(), { result: 'ok' });
      assert.deepEqual(await protocol.compare(raw, server), [], 'the replica equals the server');
    },
    forget: () => {
      commits.length = 0;
      phases.length = 0;
      mind.news.length = 0;
      protocol.forget(server);
    },
    restart: async () => {
      await life.engine.stop();
      life = startLife(mind, raw);
    },
    crashAt: (n) => life.watched.crashAt(n),
    crashed: () => life.watched.crashed(),
    onEnd: (close) => void closers.push(close),
    end: async () => {
      server.trouble.reset();
      const stopped = life.engine.stop();
      for (const close of closers) await close();
      await stopped;
      raw.close();
      assert.equal(life.engine.status().phase, 'stopped');
      const left = (): string[] => [...process.getActiveResourcesInfo(), `${clock.pending()} timers`];
      await until(() => sockets() <= socketsBefore && clock.pending() === 0).catch(() =>
        assert.fail(`something is left: ${left().join(', ')}`),
      );
    },
    get engine() {
      return life.engine;
    },
  };
};
/** What a world is made of. */
type Made<S extends Server, C extends Config> = {
  server: S;
  config: C;
  protocol: Protocol<S, C>;
  /** A file for the replica instead of memory. */
  file?: string | undefined;
  seed?: number | undefined;
  /** How many sockets there were before the server. */
  socketsBefore: number;
};

/** A world that somebody has to end. Nothing runs before the first `sync`. */
export const makeWorld = <S extends Server, C extends Config>({
  server,
  config,
  protocol,
  file = ':memory:',
  seed = 1,
  socketsBefore,
}: Made<S, C>): EngineWorld<S, C> => {
  const mind: Mind<S, C> = {
    server,
    protocol,
    clock: fakeClock({ seed }),
    account: { config, credential: server.credential },
    commits: [],
    phases: [],
    progress: [],
    news: [],
    hooks: { onCommit: null, onRested: null },
  };
  return createWorld(mind, openStore(file), socketsBefore);
};
