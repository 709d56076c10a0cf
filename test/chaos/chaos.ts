// `npm run chaos -- [count [seed]]`: random histories of a JMAP account, in this process; `imap` before it: of an IMAP
// account. `npm run chaos -- cyrus [count [seed]]`, or `dovecot`: the same actors against a real server, through the
// headless host. `npm run chaos -- moves [count [seed]]`: of a person who only moves mail, over both. `npm run chaos -- sending`: every trouble of sending with every death. `npm run chaos -- keep PROTOCOL SEED NAME` makes a fixture of a seed.
import { writeFileSync } from 'node:fs';
import type { Server } from './actor.ts';
import { live, type Result, seeded, shrink } from './history.ts';
import { imap } from './imap.ts';
import { jmap } from './jmap.ts';
import { moving } from './moving.ts';
import type { Protocol } from './protocol.ts';
import { liveOn, openStage } from './real.ts';
import { cyrus, dovecot, type RealServer } from './realServers.ts';
import { createTally, printFailure } from './report.ts';
import { walkSending } from './sending.ts';

const COUNT = 5000;

const inProcess = async <S extends Server>(protocol: Protocol<S>, count: number, first: number): Promise<void> => {
  const tally = createTally();
  for (let seed = first; seed < first + count; seed++) {
    const history = seeded(protocol, seed);
    const began = performance.now();
    const result: Result = await live(protocol, history);
    tally.add(seed, result, performance.now() - began);
    if (result.wrong.length > 0) await printFailure(protocol, seed, history);
    // The same seed is the same history, to the last request.
    if (seed % 50 === 0 && (await live(protocol, history)).trace !== result.trace) tally.unlike(seed);
    tally.progress(seed - first + 1, count);
  }
  process.exitCode = tally.close(count, first) || process.exitCode;
};

const keep = async <S extends Server>(protocol: Protocol<S>, seed: number, name: string): Promise<void> => {
  const history = await shrink(protocol, seeded(protocol, seed));
  const file = new URL(`../engine/fixtures/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ protocol: protocol.name, seed, history }, null, 2)}\n`);
  console.log(`${history.length} steps of seed ${seed}: test/engine/fixtures/${name}.json`);
};

/** Keeps a history of a kind by its seed. */
const keepOf: Record<string, (seed: number, name: string) => Promise<void>> = {
  jmap: (seed, name) => keep(jmap, seed, name),
  imap: (seed, name) => keep(imap, seed, name),
  'jmap-moves': (seed, name) => keep(moving(jmap), seed, name),
  'imap-moves': (seed, name) => keep(moving(imap), seed, name),
};

const onRealServer = async (server: RealServer, histories: number, from: number): Promise<void> => {
  const why = server.unavailable();
  if (why !== null) throw new Error(`no ${server.name}: ${why}`);
  const tally = createTally();
  const stage = await openStage(server);
  try {
    for (let seed = from; seed < from + histories; seed++) {
      const began = performance.now();
      const result = await liveOn(stage, seed);
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

const [first, second, third, fourth] = process.argv.slice(2);
const count = (text: string | undefined, otherwise: number): number => Number(text ?? otherwise);
if (first === 'sending') process.exitCode = (await walkSending()) === 0 ? 0 : 1;
else if (first === 'cyrus') await onRealServer(cyrus, count(second, 50), count(third, 1));
else if (first === 'dovecot') await onRealServer(dovecot, count(second, 100), count(third, 1));
else if (first === 'keep') await keepOf[second ?? '']?.(Number(third), fourth ?? `seed-${third}`);
else if (first === 'imap') await inProcess(imap, count(second, 1000), count(third, 1));
else if (first === 'moves') {
  await inProcess(moving(jmap), count(second, 1000), count(third, 1));
  await inProcess(moving(imap), count(second, 1000), count(third, 1));
} else await inProcess(jmap, count(first, COUNT), count(second, 1));
