import { createHash } from 'node:crypto';
import { seededRandom } from '../support/random.ts';
import type { Server } from './actor.ts';
import { endsOf } from './ends.ts';
import type { Protocol, Site } from './protocol.ts';
import { openRig, type Rig } from './rig.ts';
import { historyOf, perform, type Step } from './steps.ts';
import { brokenFile } from './storeRules.ts';

/** What a history led to; `wrong` is empty when all is well. */
export type Result = {
  wrong: string[];
  faults: Map<string, number>;
  crashPoints: Map<string, number>;
  /** How the person's changes ended, by type. */
  changes: Map<string, number>;
  /** The same for two runs of the same history. */
  trace: string;
};

/** So many rounds of waiting and syncing must be enough for everything that is queued to be settled. */
const ROUNDS = 40;

/** The trouble is over: time passes until nothing is due. */
const calmDown = async (rig: Rig, site: Site<Server>): Promise<void> => {
  rig.meanwhile.length = 0;
  rig.crashAt(Number.POSITIVE_INFINITY);
  rig.calm();
  site.makeGood?.(rig);
  await rig.restart();
  for (let round = 0; round < ROUNDS; round++) {
    const { phase, retryAt = 0 } = rig.engine().status();
    if (phase === 'offline') await rig.pass(Math.max(0, retryAt - rig.clock.now()));
    await rig.sync();
    const due = rig.dueIn();
    if (due !== null) await rig.pass(due);
    else if (round >= 2 && rig.engine().status().phase === 'live') return;
  }
  rig.wrong.push(`after ${ROUNDS} rounds: ${JSON.stringify(rig.engine().status())}`);
};

const judgeEnd = async (rig: Rig, site: Site<Server>): Promise<void> => {
  const { raw, wrong, ledger } = rig;
  const truth = await ledger.look();
  wrong.push(...(await site.eyes.differences(raw)).map((line) => `not equal: ${line}`));
  wrong.push(...ledger.verdict(truth), ...brokenFile(raw));
  const needless = site.watchCycle();
  await rig.sync();
  wrong.push(...needless());
};

const traceOf = async (rig: Rig, site: Site<Server>): Promise<string> => {
  const text = JSON.stringify([site.sent(), await rig.server.truth(), rig.clock.now(), [...rig.faults], rig.wrong]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
};

/** Lives through a history on a new account. */
export const live = async <S extends Server>(protocol: Protocol<S>, history: readonly Step[]): Promise<Result> => {
  const { rig, site } = await openRig(protocol, history);
  try {
    for (const step of history) {
      await perform(protocol, rig, step);
      if (rig.wrong.length > 0) break;
    }
    await calmDown(rig, site);
    const trace = await traceOf(rig, site);
    if (rig.wrong.length === 0) await judgeEnd(rig, site);
    return {
      wrong: rig.wrong,
      faults: rig.faults,
      crashPoints: rig.crashPoints,
      changes: endsOf(rig.raw, rig.submitted),
      trace,
    };
  } finally {
    await rig.end();
  }
};

/** The history of a seed. */
export const seeded = <S extends Server>(protocol: Protocol<S>, seed: number): Step[] =>
  historyOf(protocol, seededRandom(seed));

/** What kind of failure it is, without the numbers of the case. */
const kindOf = ([first = '']: string[]): string => first.replaceAll(/[\d"'][\w-]*/g, '').slice(0, 40);

/** A history that fails in the same way with as few steps as dropping them one by one can leave. */
export const shrink = async <S extends Server>(
  protocol: Protocol<S>,
  history: readonly Step[],
  runs = 400,
): Promise<Step[]> => {
  const kind = kindOf((await live(protocol, history)).wrong);
  const budget = { left: runs };
  const fails = async (candidate: Step[]): Promise<boolean> => {
    budget.left -= 1;
    const { wrong } = await live(protocol, candidate).catch((error: unknown) => ({ wrong: [String(error)] }));
    return wrong.length > 0 && kindOf(wrong) === kind;
  };
  let shortest = [...history];
  for (let size = shortest.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < shortest.length; ) {
      const candidate = [...shortest.slice(0, at), ...shortest.slice(at + size)];
      if (budget.left > 0 && (await fails(candidate))) shortest = candidate;
      else at += size;
    }
  }
  return shortest;
};
