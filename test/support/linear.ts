import assert from 'node:assert/strict';

/** In microseconds of this thread's time: what is long enough to compare. */
const ENOUGH = 15_000;
const LARGEST = 16 * 1024 * 1024;
const ROUNDS = 4;
const TRIES = 10;

/** What a run costs this thread, in microseconds. */
const costOf = (run: () => void): number => {
  const began = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(began);
  return user + system;
};

/**
 * Asserts that `run` takes time in step with the size of its input: twice the size costs less than three times the time,
 * in the best of several rounds. The size grows until a run takes long enough to compare, or the input is 16 MB.
 */
export const assertLinear = <Input>(make: (size: number) => Input, run: (input: Input) => void, size = 4096): void => {
  let small = size;
  while (small < LARGEST && costOf(() => run(make(small))) < ENOUGH) small *= 2;
  const inputs = [make(small), make(2 * small)];
  let ratio = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES && ratio >= 3; attempt++) {
    const best = inputs.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round < ROUNDS; round++)
      for (const [at, input] of inputs.entries())
        best[at] = Math.min(
          best[at] ?? 0,
          costOf(() => run(input)),
        );
    const [once = 0, twice = 0] = best;
    ratio = twice / Math.max(once, ENOUGH / 10);
  }
  assert.ok(ratio < 3, `twice the size takes ${ratio.toFixed(1)} times as long, at ${small}`);
};
