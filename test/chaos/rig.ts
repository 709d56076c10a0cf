import pino from 'pino';
import { createCycleLog } from '../../src-main/engine/cycleLog.ts';
import { createEngine, type Engine } from '../../src-main/engine/engine.ts';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { discardChanges, retryChanges, undoChanges } from '../../src-main/engine/outboxUndo.ts';
import type { Store } from '../../src-main/store/db.ts';
import { nextDue } from '../../src-main/store/pending.ts';
import { type FakeClock, fakeClock, settle } from '../support/clock.ts';
import type { Actor, Server } from './actor.ts';
import { movers } from './cast.ts';
import { type CrashStore, crashStore } from './crashStore.ts';
import { emptyStore } from './emptyStore.ts';
import { createLedger } from './ledger.ts';
import type { Meanwhile } from './meanwhile.ts';
import type { Protocol, Site } from './protocol.ts';
import type { Step } from './steps.ts';
import { brokenRules } from './storeRules.ts';

/** A server, a replica and the engine between them, with what a chaos history needs to know of them. */
export type Rig<S extends Server = Server> = Actor & {
  readonly server: S;
  readonly clock: FakeClock;
  readonly raw: Store;
  /** How often each class of fault took effect. */
  readonly faults: Map<string, number>;
  /** Where the program died, and how often. */
  readonly crashPoints: Map<string, number>;
  readonly meanwhile: Meanwhile[];
  engine(): Engine;
  fault(name: string): void;
  crashAt(n: number): void;
  crashed(): boolean;
  start(): void;
  stop(): Promise<void>;
  /** The same from within a request, which cannot wait for its own end. */
  stopNow(): void;
  /** The program starts anew on the same replica. */
  restart(): Promise<void>;
  /** Waits until the engine rests, then looks whether the replica keeps its rules. */
  rest(): Promise<void>;
  /** One cycle that begins now. */
  sync(): Promise<void>;
  /** Lets time pass; long waits with the program closed. */
  pass(ms: number): Promise<void>;
  /** When the next queued change comes due, in ms from now; null when none waits. */
  dueIn(): number | null;
  /** Ends what the server does wrong. */
  calm(): void;
  end(): Promise<void>;
};

const silent = pino({ level: 'silent' });
const resting: ReadonlySet<string> = new Set(['live', 'offline', 'blocked', 'stopped']);

type Life = { engine: Engine; crash: CrashStore };
type Mind = Pick<Rig, 'clock' | 'raw' | 'wrong' | 'ledger'> & { site: Pick<Site<Server>, 'createDriver'> };

const startLife = ({ site, clock, raw, wrong, ledger }: Mind): Life => {
  const crash = crashStore(raw, () => ledger.noteMailboxes());
  const engine = createEngine({
    store: crash.store,
    clock,
    log: silent,
    cycles: createCycleLog(crash.store, silent),
    createDriver: async () => site.createDriver(clock),
    events: {
      phase: ({ error }) => {
        if (error?.kind === 'bug' && !crash.crashed()) wrong.push(`a cycle ended by a bug: ${error.message}`);
      },
      progress: () => undefined,
      news: () => undefined,
      rested: () => undefined,
    },
  });
  return { engine, crash };
};

const counting = (): { map: Map<string, number>; add: (name: string) => void } => {
  const map = new Map<string, number>();
  return { map, add: (name) => void map.set(name, (map.get(name) ?? 0) + 1) };
};

/** Waits for what needs no time; in real milliseconds, this long at most. */
const LONGEST_REST = 10_000;

const restOf = async (engine: () => Engine): Promise<void> => {
  const deadline = performance.now() + LONGEST_REST;
  for (let quiet = 0; quiet < 3; ) {
    await settle(1);
    quiet = resting.has(engine().status().phase) ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error(`the engine does not rest: ${engine().status().phase}`);
  }
};

/** The program's life: starting, stopping and dying. */
const livingOf = (mind: Mind, crashes: (point: string) => void) => {
  let life = startLife(mind);
  let stopping: Promise<void> = Promise.resolve();
  const rest = async (): Promise<void> => {
    await stopping;
    await restOf(() => life.engine);
  };
  const stop = async (): Promise<void> => {
    stopping = life.engine.stop();
    await rest();
  };
  const restart = async (): Promise<void> => {
    await stop();
    const point = life.crash.point();
    if (point !== null) crashes(point);
    life = startLife(mind);
    life.engine.start();
    await rest();
  };
  return {
    life: () => life,
    rest,
    stop,
    restart,
    /** From within a request: it cannot wait for itself. */
    stopNow: () => {
      stopping = life.engine.stop();
    },
  };
};

/** How many rows were written so far: what was not written since need not be looked at again. */
const writesTo = (raw: Store): number => raw.read((db) => db.get<{ n: number }>('SELECT total_changes() AS n'))?.n ?? 0;

/** With the program running, longer waits would be seen by requests under way as silence of the server. */
const LONGEST_LIVE_WAIT = 35_000;

type Living = ReturnType<typeof livingOf>;

/** Waiting: for what is under way, and for time to pass. */
const restsOf = ({ clock, raw, wrong }: Mind, living: Living, engine: () => Engine): Pick<Rig, 'rest' | 'pass'> => {
  let seen = -1;
  const rest = async (): Promise<void> => {
    await living.rest();
    const writes = writesTo(raw);
    if (writes !== seen) wrong.push(...brokenRules(raw));
    seen = writes;
  };
  const pass = async (ms: number): Promise<void> => {
    const wasStopped = engine().status().phase === 'stopped';
    if (ms > LONGEST_LIVE_WAIT) await living.stop();
    for (let left = ms; left > 0; left -= 5000) {
      await clock.advance(Math.min(left, 5000));
      await living.rest();
    }
    if (ms > LONGEST_LIVE_WAIT && !wasStopped) await living.restart();
    await rest();
  };
  return { rest, pass };
};

/** The person's calls, into the store of the present run. */
const mailOf = (clock: FakeClock, life: () => Life): Actor['mail'] => {
  const store = (): Store => life().crash.store;
  return {
    submit: async (changes) => submitChanges(store(), clock, changes).ids,
    undo: async (ids) => undoChanges(store(), clock, ids),
    discard: async (ids) => discardChanges(store(), clock, ids),
    retry: async (ids) => retryChanges(store(), clock, ids),
    tell: () => life().engine.changed(),
  };
};

/** What a rig is made of. */
type Parts<S extends Server> = Mind & { site: Site<S>; subject: () => string };

const createRig = <S extends Server>(parts: Parts<S>): Rig<S> => {
  const { site, clock, raw, ledger, wrong, subject } = parts;
  const [faults, points] = [counting(), counting()];
  const living = livingOf(parts, points.add);
  const meanwhile: Meanwhile[] = [];
  let made = 0;
  const engine = (): Engine => living.life().engine;
  const calm = (): void => site.calm({ meanwhile, wrong, ledger });
  calm();
  const { rest, pass } = restsOf(parts, living, engine);
  return {
    server: site.server,
    clock,
    raw,
    ledger,
    wrong,
    faults: faults.map,
    crashPoints: points.map,
    fault: faults.add,
    meanwhile,
    submitted: [],
    mail: mailOf(clock, () => living.life()),
    single: site.eyes.single,
    mayTouch: () => true,
    mayFail: () => living.life().crash.crashed(),
    engine,
    next: () => ++made,
    subject,
    crashAt: (n) => living.life().crash.crashAt(n),
    crashed: () => living.life().crash.crashed(),
    start: () => engine().start(),
    stop: living.stop,
    stopNow: living.stopNow,
    restart: living.restart,
    rest,
    pass,
    calm,
    sync: async () => {
      if (engine().status().phase === 'stopped') engine().start();
      else void engine().syncNow();
      await rest();
    },
    dueIn: () => {
      const at = raw.read((db) => nextDue(db, clock.now()));
      return at === null ? null : at - clock.now();
    },
    end: async () => {
      meanwhile.length = 0;
      await living.stop();
      await site.stop();
    },
  };
};

/** A rig for a history, with a few emails, synced once; and the server's side of it. */
export const openRig = async <S extends Server>(
  protocol: Protocol<S>,
  history: readonly Step[],
): Promise<{ rig: Rig<S>; site: Site<S> }> => {
  let mails = 0;
  const subject = (): string => `mail ${++mails}`;
  const site = await protocol.open(history, subject);
  const raw = emptyStore();
  const ledger = createLedger(raw, site.eyes, protocol.cast === movers);
  const rig = createRig({ site, clock: fakeClock(), raw, wrong: [], ledger, subject });
  await rig.sync();
  await rig.ledger.look();
  return { rig, site };
};
