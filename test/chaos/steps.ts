import type { Act as AnyAct } from './actor.ts';
import { others } from './others.ts';
import { person } from './person.ts';
import type { Rig } from './rig.ts';
import { troubles } from './troubles.ts';

type Act = AnyAct<Rig>;

/** One step of a history; its numbers decide every choice in it. */
export type Step = { name: string; numbers: number[] };

const away = { ...person, ...others };

/** Something happens while the n-th request from now waits for its reply. */
const meanwhile: Act = (rig, pick, amount) => {
  const names = Object.keys(pick([person, others, others]) ?? others);
  const act = away[pick(names) ?? 'flag'];
  rig.meanwhile.push({ left: pick([1, 1, 2, 3]) ?? 1, act: async () => act?.(rig, pick, Math.min(amount, 2)) });
};

const program: Record<string, Act> = {
  sync: (rig) => rig.sync(),
  pause: (rig) => rig.stop(),
  goOn: async (rig) => {
    if (rig.engine().status().phase === 'stopped') rig.start();
    await rig.rest();
  },
  restart: (rig) => rig.restart(),
  stopMidway: async (rig, pick) => {
    rig.meanwhile.push({
      left: pick([1, 2, 3]) ?? 1,
      act: () => {
        rig.fault('stopped midway');
        rig.stopNow();
      },
    });
    await rig.sync();
  },
  crash: async (rig, _, amount) => {
    rig.crashAt(amount);
    await rig.sync();
    if (rig.crashed()) await rig.restart();
  },
  crashLater: (rig, pick) => rig.crashAt(pick([1, 2, 3, 4, 5, 6, 8, 10, 13, 17]) ?? 1),
  wait: (rig, pick) => rig.pass(pick([1_000, 6_000, 31_000]) ?? 1_000),
  longWait: (rig, pick) => rig.pass(pick([121_000, 301_000, 601_000]) ?? 121_000),
  meanwhile,
};

/** What people do most. */
const { keywords, flip, mailboxes, into, move, undo } = person;
const often = { keywords, flip, mailboxes, into, move, undo } as Record<string, Act>;

/** Trees of mailboxes are rare in chance alone, and much can go wrong with them. */
const { createMailbox, moveMailbox, deleteMailbox } = person;
const { mailboxMade, mailboxMoved, mailboxDeleted } = others;
const trees = { createMailbox, moveMailbox, deleteMailbox, mailboxMade, mailboxMoved, mailboxDeleted } as typeof often;

const groups: [weight: number, acts: Record<string, Act>][] = [
  [4, often],
  [5, person],
  [4, others],
  [4, troubles],
  [5, program],
  [2, trees],
  [3, { meanwhile }],
  [2, { lostSet: troubles['lostSet'] ?? meanwhile, refusedSet: troubles['refusedSet'] ?? meanwhile }],
];
const acts: Record<string, Act> = { ...person, ...others, ...troubles, ...program };

/** A history: what happens to an account, one step after the other. */
export const historyOf = (random: () => number): Step[] => {
  const choose = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const group = groups.flatMap(([weight, members]) => Array.from({ length: weight }, () => Object.keys(members)));
  return Array.from({ length: 6 + Math.floor(random() * 16) }, () => ({
    name: choose(choose(group)),
    numbers: Array.from({ length: 6 }, () => Math.floor(random() * 1000)),
  }));
};

/** Does one step, and waits until what follows from it has happened. */
export const perform = async (rig: Rig, { name, numbers }: Step): Promise<void> => {
  let at = 0;
  const next = (): number => (numbers[at++ % numbers.length] ?? 0) + Math.floor(at / numbers.length);
  const amount = 1 + (next() % 5);
  await acts[name]?.(rig, (from) => from[next() % Math.max(1, from.length)], amount);
  await rig.rest();
  if (rig.crashed()) await rig.restart();
  await rig.ledger.look();
};
