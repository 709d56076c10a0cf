import assert from 'node:assert/strict';

const SIZE = 60_000;
const TRIES = 4;

/** The processor's time for one run, in ms; not the clock's, which others' work moves on, too. */
const cost = (run: () => void): number => {
  const before = process.cpuUsage().user;
  run();
  return (process.cpuUsage().user - before) / 1000;
};

/** Fails where twice the input takes more than three times as long, each time of several; what takes no time may. */
export const assertLinear = (read: (text: string) => unknown, bomb: (n: number) => string, name: string): void => {
  const measured: string[] = [];
  for (let round = 0; round < TRIES; round++) {
    const [one, two] = [bomb(SIZE), bomb(2 * SIZE)];
    const single = cost(() => read(one));
    const double = cost(() => read(two));
    if (double <= 3 * single + 30) return;
    measured.push(`${single} ms, then ${double} ms`);
  }
  assert.fail(`${name}: ${measured.join('; ')}`);
};
