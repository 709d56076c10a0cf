import type { Server } from './actor.ts';
import { live, type Result, shrink } from './history.ts';
import type { Protocol } from './protocol.ts';
import type { Step } from './steps.ts';

type Counts = Map<string, number>;

const addTo = (into: Counts, from: Counts): void => {
  for (const [name, count] of from) into.set(name, (into.get(name) ?? 0) + count);
};

const sorted = (counts: Counts): Record<string, number> =>
  Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const print = (title: string, counts: Counts): void => {
  console.log(title);
  for (const [name, count] of Object.entries(sorted(counts))) console.log(`  ${String(count).padStart(7)}  ${name}`);
};

/** Prints what is wrong with a seed, and its shortest history that goes wrong in the same way, ready to be kept. */
export const printFailure = async <S extends Server>(
  protocol: Protocol<S>,
  seed: number,
  history: readonly Step[],
): Promise<void> => {
  const shortest = await shrink(protocol, history);
  const { wrong } = await live(protocol, shortest);
  console.log(`\nseed ${seed}, ${history.length} steps, ${shortest.length} of them needed:`);
  for (const line of wrong.slice(0, 5)) console.log(`  ${line}`);
  console.log(JSON.stringify({ protocol: protocol.name, seed, history: shortest }));
  console.log(`kept by: npm run chaos -- keep ${protocol.name} ${seed} NAME\n`);
};

/** Sums up what histories did. */
export const createTally = () => {
  const started = performance.now();
  const [faults, crashPoints, changes]: [Counts, Counts, Counts] = [new Map(), new Map(), new Map()];
  const failed: number[] = [];
  const unlike: number[] = [];
  let slowest = 0;
  let shown = started;
  return {
    add: (seed: number, result: Omit<Result, 'trace'>, ms: number): void => {
      addTo(faults, result.faults);
      addTo(crashPoints, result.crashPoints);
      addTo(changes, result.changes);
      slowest = Math.max(slowest, ms);
      if (result.wrong.length > 0) failed.push(seed);
    },
    addFaults: (more: Counts): void => addTo(faults, more),
    /** A seed that led to another history the second time. */
    unlike: (seed: number): void => void unlike.push(seed),
    /** Prints how far it is, every few seconds. */
    progress: (done: number, of: number): void => {
      if (performance.now() - shown < 5000 && done < of) return;
      shown = performance.now();
      console.log(`${done} of ${of}, ${failed.length} failed, ${((shown - started) / done).toFixed(1)} ms each`);
    },
    /** Prints everything, the summary as JSON last; answers the exit status. */
    close: (count: number, first: number): number => {
      print('faults that took effect, by class', faults);
      print('where the program died', crashPoints);
      print('changes of the person, by how they ended', changes);
      const ms = performance.now() - started;
      const summary = { histories: count, firstSeed: first, failed, unlike, seconds: Math.round(ms / 1000) };
      const more = { msEach: Number((ms / count).toFixed(1)), slowestMs: Math.round(slowest) };
      const sums = { faults: sorted(faults), crashPoints: sorted(crashPoints), changes: sorted(changes) };
      console.log(JSON.stringify({ ...summary, ...more, ...sums }));
      return failed.length + unlike.length === 0 ? 0 : 1;
    },
  };
};
