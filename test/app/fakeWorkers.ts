import { pino } from 'pino';
import { type Supervisor, supervise, type WorkerState } from '../../src-main/app/supervisor.ts';
import type { WorkerEnd, WorkerProcess } from '../../src-main/platform.ts';
import { portPair } from '../../src-main/rpc/port.ts';
import { createRpc, type Rpc } from '../../src-main/rpc/rpc.ts';
import type { TernError } from '../../src-shared/errors.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';

/** What a fake worker does when it is opened. */
export type Opening = 'well' | 'hang' | 'die' | TernError;

/** A worker without a process. */
type FakeWorker = {
  startedAt: number;
  rpc: Rpc;
  /** Ends it as a crash does. */
  crash(reason?: string): void;
  killed: boolean;
  running: boolean;
  /** Names of the calls it took, `open` aside. */
  calls: string[];
};

/** A supervisor over fake workers on a fake clock. */
export type Bench = {
  clock: FakeClock;
  supervisor: Supervisor;
  workers: FakeWorker[];
  /** The worker of the moment. */
  worker(): FakeWorker;
  /** What the next workers do when opened; the last one holds for all that follow. */
  openings: Opening[];
  /** False: workers ignore being asked to close. */
  obedient: boolean;
  /** True: a worker's exit is seen a second before its line closes. */
  lineOutlives: boolean;
  /** Thrown instead of starting the next worker. */
  spawnFailure: Error | undefined;
  states: WorkerState[];
  events: [string, unknown][];
};

const startFake = (bench: Bench): WorkerProcess => {
  const [mine, theirs] = portPair();
  const ended = Promise.withResolvers<WorkerEnd>();
  const end = (clean: boolean, reason: string): void => {
    if (!worker.running) return;
    worker.running = false;
    if (bench.lineOutlives) bench.clock.after(1_000, () => mine.close());
    else mine.close();
    ended.resolve({ clean, reason });
  };
  const opening = (bench.openings.length > 1 ? bench.openings.shift() : bench.openings[0]) ?? 'well';
  const rpc = createRpc(theirs, async (name, input, signal) => {
    if (name === 'open') {
      if (opening === 'die') end(false, 'SIGSEGV');
      if (opening === 'hang' || opening === 'die') return new Promise(() => undefined);
      if (opening !== 'well') throw opening;
      return null;
    }
    worker.calls.push(name);
    if (name === 'close' && bench.obedient) end(true, 'exit code 0');
    if (name === 'wait')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return input;
  });
  const worker: FakeWorker = {
    startedAt: bench.clock.now(),
    rpc,
    crash: (reason = 'SIGSEGV') => end(false, reason),
    killed: false,
    running: true,
    calls: [],
  };
  bench.workers.push(worker);
  const kill = (): void => {
    worker.killed = true;
    end(false, 'SIGKILL');
  };
  return { port: mine, ended: ended.promise, kill };
};

/** A supervisor whose workers open as `openings` say. */
export const benchOf = (...openings: Opening[]): Bench => {
  const clock = fakeClock();
  const bench: Omit<Bench, 'supervisor'> & { supervisor?: Supervisor } = {
    clock,
    workers: [],
    worker: () => {
      const last = bench.workers.at(-1);
      if (!last) throw new Error('no worker was started');
      return last;
    },
    openings,
    obedient: true,
    lineOutlives: false,
    spawnFailure: undefined,
    states: [],
    events: [],
  };
  const whole = bench as Bench;
  whole.supervisor = supervise({
    platform: {
      clock,
      spawnWorker: () => {
        const failure = bench.spawnFailure;
        bench.spawnFailure = undefined;
        if (failure) throw failure;
        return startFake(whole);
      },
    },
    log: pino({ level: 'silent' }),
    open: async (rpc) => void (await rpc.call('open', null)),
    answer: async (name, input) => ({ name, input }),
    onEvent: (name, data) => void bench.events.push([name, data]),
    onState: (state) => void bench.states.push(state),
  });
  return whole;
};
