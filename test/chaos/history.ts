import { createHash } from 'node:crypto';
import { seededRandom } from '../support/random.ts';
import { differences, holdable, viewOf } from '../support/worldView.ts';
import { endsOf } from './ends.ts';
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
const calmDown = async (rig: Rig): Promise<void> => {
  rig.meanwhile.length = 0;
  rig.crashAt(Number.POSITIVE_INFINITY);
  rig.calm();
  // What was done without an answer and is in no list either, nobody can know: there a look at everything has to help.
  const lost = [...rig.faults.keys()].some((name) => / of a set$|midway|done and|method/.test(name));
  if (rig.hidden && (lost || rig.crashPoints.size > 0 || rig.crashed()))
    rig.server.trouble.cannotCalculateChanges('Email', 2);
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

const judgeEnd = async (rig: Rig): Promise<void> => {
  const { server, raw, wrong, ledger } = rig;
  const truth = await ledger.look();
  wrong.push(...differences(viewOf(raw), holdable(truth)).map((line) => `not equal: ${line}`));
  wrong.push(...ledger.verdict(truth), ...brokenFile(raw));
  server.forgetRequests();
  await rig.sync();
  if (server.setCalls().length > 0) wrong.push(`a further cycle sends ${JSON.stringify(server.setCalls())}`);
  if (server.countRequests() !== 1) wrong.push(`a further cycle is ${server.countRequests()} requests`);
};

const traceOf = async (rig: Rig): Promise<string> => {
  const sets = rig.server.setCalls().map(({ method, args, carriedOut }) => ({ method, args, carriedOut }));
  const text = JSON.stringify([sets, await rig.server.truth(), rig.clock.now(), [...rig.faults], rig.wrong]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
};

/** Lives through a history on a new account. */
export const live = async (history: readonly Step[]): Promise<Result> => {
  const rig = await openRig();
  try {
    for (const step of history) {
      await perform(rig, step);
      if (rig.wrong.length > 0) break;
    }
    await calmDown(rig);
    const trace = await traceOf(rig);
    if (rig.wrong.length === 0) await judgeEnd(rig);
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
export const seeded = (seed: number): Step[] => historyOf(seededRandom(seed));

/** What kind of failure it is, without the numbers of the case. */
const kindOf = ([first = '']: string[]): string => first.replaceAll(/[\d"'][\w-]*/g, '').slice(0, 40);

/** A history that fails in the same way with as few steps as dropping them one by one can leave. */
export const shrink = async (history: readonly Step[], runs = 400): Promise<Step[]> => {
  const kind = kindOf((await live(history)).wrong);
  const budget = { left: runs };
  const fails = async (candidate: Step[]): Promise<boolean> => {
    budget.left -= 1;
    const { wrong } = await live(candidate).catch((error: unknown) => ({ wrong: [String(error)] }));
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
