import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { createJmapDriver } from '../../src-main/driver/jmap/driver.ts';
import { createCycleLog } from '../../src-main/engine/cycleLog.ts';
import { createEngine, type Engine } from '../../src-main/engine/engine.ts';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { discardChanges, retryChanges, type Undone, undoChanges } from '../../src-main/engine/outboxUndo.ts';
import { Store } from '../../src-main/store/db.ts';
import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import { listCycles } from '../../src-main/store/syncLog.ts';
import type { Change } from '../../src-shared/change.ts';
import type { Cycle, PendingChange } from '../../src-shared/contract.ts';
import type { WireError } from '../../src-shared/errors.ts';
import type { Credential, JmapConfig } from '../../src-shared/model.ts';
import type { ServerMail } from '../servers/jmap/model.ts';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../servers/jmapServer.ts';
import type { Truth } from '../servers/mailServer.ts';
import { type FakeClock, fakeClock, settle } from './clock.ts';
import { type Commit, type WatchedStore, watchStore } from './worldStore.ts';
import { differences, holdable, viewOf } from './worldView.ts';

/** What a world is made with, besides what its server takes. */
export type WorldOptions = JmapServerOptions & {
  /** Mails in the inbox to begin with: how many, or which. */
  mails?: number | ServerMail[];
  /** A file for the replica instead of memory. */
  file?: string;
  seed?: number;
};

/** A phase as it was announced. */
type Status = ReturnType<Engine['status']>;
type Outcome = { result: 'ok' | 'error'; error?: WireError };

/** A JMAP server, a replica, and the engine between them over real HTTP, on a clock that only the test moves. */
export type World = {
  readonly server: JmapServer;
  readonly clock: FakeClock;
  readonly store: Store;
  /** The engine of the present run. */
  readonly engine: Engine;
  /** What the next driver is made with. */
  readonly account: { config: JmapConfig; credential: Credential };
  /** Every commit of mail and cursors since the start or `forget`. */
  readonly commits: Commit[];
  /** Every phase that was announced, in order. */
  readonly phases: Status[];
  readonly progress: { done: number; total: number }[];
  /** `onCommit` runs right after every commit. */
  readonly hooks: { onCommit: ((commit: Commit) => void) | null };
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

/** Numbered mails, a minute apart unless they say otherwise. */
export const mails = (count: number, more: (n: number) => ServerMail = () => ({})): ServerMail[] =>
  Array.from({ length: count }, (_, index) => ({ subject: `mail ${index + 1}`, ...more(index + 1) }));

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
type Mind = Pick<World, 'server' | 'clock' | 'account' | 'commits' | 'phases' | 'progress' | 'hooks'>;

/** One run of the program on a store. */
const startLife = (mind: Mind, raw: Store): Life => {
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
    createDriver: async () => createJmapDriver({ ...mind.account, clock: mind.clock }),
    events: {
      phase: (status) => void mind.phases.push(status),
      progress: (done, total) => void mind.progress.push({ done, total }),
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

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

const assertTrue = async (store: Store, server: JmapServer): Promise<void> => {
  const found = differences(viewOf(store), holdable(await server.truth()));
  assert.deepEqual(found, [], 'the replica equals the server');
};

/** What the person does with a replica. */
const submitting = (
  raw: Store,
  life: () => Life,
  clock: FakeClock,
): Pick<World, 'submit' | 'retry' | 'discard' | 'undo' | 'localMailbox' | 'changes'> => ({
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
  discard: (...ids) => void discardChanges(life().watched.store, ids),
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

const createWorld = (mind: Mind, raw: Store, socketsBefore: number): World => {
  let life = startLife(mind, raw);
  const sync = (): Promise<Outcome> =>
    life.engine.status().phase === 'stopped' ? firstCycle(life.engine) : life.engine.syncNow();
  const { server, clock, commits, phases } = mind;
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
      await assertTrue(raw, server);
    },
    forget: () => {
      commits.length = 0;
      phases.length = 0;
      server.forgetRequests();
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

/** A world that somebody has to end. Nothing runs before the first `sync`. */
export const openWorld = async (options: WorldOptions = {}): Promise<World> => {
  const socketsBefore = sockets();
  const server = await startJmapServer(options);
  const { mails: wanted = 0 } = options;
  await server.deliver(typeof wanted === 'number' ? mails(wanted) : wanted);
  assert.equal(server.config.protocol, 'jmap');
  const { config } = server;
  const mind: Mind = {
    server,
    clock: fakeClock({ seed: options.seed ?? 1 }),
    account: { config, credential: server.credential },
    commits: [],
    phases: [],
    progress: [],
    hooks: { onCommit: null },
  };
  return createWorld(mind, openStore(options.file ?? ':memory:'), socketsBefore);
};

/** A world that ends with its test. */
export const world = async (t: TestContext, options: WorldOptions = {}): Promise<World> => {
  const made = await openWorld(options);
  t.after(() => made.end());
  return made;
};
