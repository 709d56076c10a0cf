import type { TestContext } from 'node:test';
import pino from 'pino';
import type {
  Delta,
  Driver,
  EmailPush,
  Known,
  Outcome,
  PullOptions,
  PushOptions,
} from '../../src-main/driver/driver.ts';
import { createCycleLog } from '../../src-main/engine/cycleLog.ts';
import { createEngine, type Engine } from '../../src-main/engine/engine.ts';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import type { Change } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteEmail, remoteMailbox } from './builders.ts';
import { type FakeClock, fakeClock, settle } from './clock.ts';
import { openStore, type TestStore } from './store.ts';
import { type Commit, type WatchedStore, watchStore } from './worldStore.ts';

/** What a server that is no server does, as plain values; each is asked anew at every call. */
type Script = {
  /** What the next pulls bring, or fail with; then what `pull` says. */
  pulls: (Delta[] | Error)[];
  pull: (known: Known) => Delta[];
  push: (emails: EmailPush[], options: PushOptions) => Promise<Outcome[]> | Outcome[];
  /** Whatever it resolves with, the hint is of that moment. */
  watch: (signal: AbortSignal) => Promise<void>;
  hears: () => boolean;
};

/** A replica with an inbox and an archive, and an engine on a driver that only does what the test says. */
export type FakeWorld = Script & {
  readonly s: TestStore;
  readonly clock: FakeClock;
  readonly engine: Engine;
  readonly commits: Commit[];
  /** How each pull was asked for, and what was pushed, in order. */
  readonly pulled: PullOptions[];
  readonly pushed: EmailPush[];
  readonly closed: { times: number };
  readonly probed: { times: number };
  /** Starts the engine, or runs a cycle; returns when it has ended. */
  sync(): Promise<void>;
  submit(...changes: Change[]): string[];
  /** The triggers of all cycles, oldest first. */
  triggers(): unknown[];
  crashAt(n: number): void;
  crashed(): boolean;
  /** A new engine and driver on the same replica. */
  restart(): Promise<void>;
};

/** Waits until the signal is aborted: the watch of a server that never hints. */
export const silence = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });

/** Both mailboxes, and emails in the inbox, as a server tells of them. */
export const inboxWith = (...remoteIds: string[]): Delta => ({
  mailboxes: {
    put: [remoteMailbox({ remoteId: 'inbox', role: 'inbox' }), remoteMailbox({ remoteId: 'archive', role: 'archive' })],
    counts: [],
    destroyed: [],
  },
  emails: { put: remoteIds.map((remoteId) => remoteEmail({ remoteId })), patched: [], destroyed: [] },
  cursors: [],
  filled: true,
});

/** A delta about emails alone. */
export const tell = (emails: Partial<NonNullable<Delta['emails']>>): Delta => ({
  emails: { put: [], patched: [], destroyed: [], ...emails },
  cursors: [],
});

type Noted = Pick<FakeWorld, 'commits' | 'pulled' | 'pushed' | 'closed' | 'probed'>;

/** A driver that does what the script says at that moment. */
const scripted = (script: Script, noted: Noted, clock: FakeClock): Driver => ({
  open: async () => '',
  pull: async function* (_cursors, known, _signal, options) {
    noted.pulled.push(options);
    const brought = script.pulls.shift() ?? script.pull(known);
    if (brought instanceof Error) throw brought;
    yield* brought;
  },
  watch: async (signal) => {
    await script.watch(signal);
    return clock.monotonic();
  },
  hears: () => script.hears(),
  probe: () => void (noted.probed.times += 1),
  makeRoom: () => undefined,
  push: async (push, options) => {
    const emails = push.type === 'emails' ? push.emails : [];
    noted.pushed.push(...emails);
    return script.push(emails, options);
  },
  pushLimit: () => 500,
  readBodies: async () => new Map(),
  async *readBlob() {
    yield* [];
    throw new TernError('notFound', 'there is no such thing');
  },
  async *search() {
    yield* [];
    return true;
  },
  traffic: () => ({ roundTrips: 0, bytes: 0 }),
  close: async () => void (noted.closed.times += 1),
});

/** Runs cycles until the first one of the engine's life has ended, or one that begins now. */
const cycle = async (engine: Engine): Promise<void> => {
  if (engine.status().phase !== 'stopped') return void (await engine.syncNow());
  engine.start();
  while (!['live', 'offline', 'blocked'].includes(engine.status().phase)) await settle(1);
  await settle();
};

/** A world without a network that ends with its test. */
export const fakeWorld = async (t: TestContext, ...remoteIds: string[]): Promise<FakeWorld> => {
  const s = openStore();
  const clock = fakeClock();
  const log = pino({ level: 'silent' });
  const noted: Noted = { commits: [], pulled: [], pushed: [], closed: { times: 0 }, probed: { times: 0 } };
  const start = (): { engine: Engine; watched: WatchedStore } => {
    const watched = watchStore(s.store, (commit) => void noted.commits.push(commit));
    const { store, logStore } = watched;
    const events = {
      phase: () => undefined,
      progress: () => undefined,
      news: () => undefined,
      rested: () => undefined,
    };
    const createDriver = async (): Promise<Driver> => scripted(w, noted, clock);
    return {
      watched,
      engine: createEngine({ store, clock, log, cycles: createCycleLog(logStore, log), events, createDriver }),
    };
  };
  let life = start();
  const w: FakeWorld = {
    ...noted,
    pulls: [[inboxWith(...remoteIds)]],
    pull: () => [],
    push: (emails) => emails.map(() => ({ result: 'done' })),
    watch: silence,
    hears: () => false,
    s,
    clock,
    sync: () => cycle(life.engine),
    submit: (...changes) => submitChanges(life.watched.store, clock, changes).ids,
    triggers: () => s.rows('sync_log').map((row) => row['trigger_name']),
    crashAt: (n) => life.watched.crashAt(n),
    crashed: () => life.watched.crashed(),
    restart: async () => {
      await life.engine.stop();
      life = start();
    },
    get engine() {
      return life.engine;
    },
  };
  t.after(async () => {
    await life.engine.stop();
    s.store.close();
  });
  return w;
};
