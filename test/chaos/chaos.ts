// `npm run chaos -- [count [seed]]`: random histories of an account, in this process. `npm run chaos -- cyrus [count]`:
// the same actors against Cyrus, through the headless host. `npm run chaos -- keep SEED NAME` makes a fixture of a seed.
import { writeFileSync } from 'node:fs';
import { cyrusAvailable } from '../servers/cyrus.ts';
import { liveOnCyrus, openStage } from './cyrus.ts';
import { live, type Result, seeded, shrink } from './history.ts';
import { createTally, printFailure } from './report.ts';

const COUNT = 5000;

const inProcess = async (count: number, first: number): Promise<void> => {
  const tally = createTally();
  for (let seed = first; seed < first + count; seed++) {
    const history = seeded(seed);
    const began = performance.now();
    const result: Result = await live(history);
    tally.add(seed, result, performance.now() - began);
    if (result.wrong.length > 0) await printFailure(seed, history);
    // The same seed is the same history, to the last request.
    if (seed % 50 === 0 && (await live(history)).trace !== result.trace) tally.unlike(seed);
    tally.progress(seed - first + 1, count);
  }
  process.exitCode = tally.close(count, first);
};

const keep = async (seed: number, name: string): Promise<void> => {
  const history = await shrink(seeded(seed));
  const file = new URL(`../engine/fixtures/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ seed, history }, null, 2)}\n`);
  console.log(`${history.length} steps of seed ${seed}: test/engine/fixtures/${name}.json`);
};

const onCyrus = async (histories: number, from: number): Promise<void> => {
  const why = cyrusAvailable();
  if (why !== null) throw new Error(`no Cyrus: ${why}`);
  const tally = createTally();
  const stage = await openStage();
  try {
    for (let seed = from; seed < from + histories; seed++) {
      const began = performance.now();
      const result = await liveOnCyrus(stage, seed);
      const { wrong } = result;
      tally.add(seed, result, performance.now() - began);
      if (wrong.length > 0) console.log(`seed ${seed}:\n  ${wrong.slice(0, 6).join('\n  ')}`);
      tally.progress(seed - from + 1, histories);
    }
    tally.addFaults(stage.proxy.done);
  } finally {
    await stage.stop();
  }
  process.exitCode = tally.close(histories, from);
};

const [first, second, third] = process.argv.slice(2);
if (first === 'cyrus') await onCyrus(Number(second ?? 50), Number(third ?? 1));
else if (first === 'keep') await keep(Number(second), third ?? `seed-${second}`);
else await inProcess(Number(first ?? COUNT), Number(second ?? 1));
