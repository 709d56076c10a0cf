import type { Act as AnyAct, Server } from './actor.ts';
import type { Cast } from './cast.ts';
import type { Protocol } from './protocol.ts';
import type { Rig } from './rig.ts';

type Act = AnyAct<Rig>;

/** One step of a history; its numbers decide every choice in it. */
export type Step = { name: string; numbers: number[] };

/** Something happens while the server is at work. */
const meanwhileIn =
  (moments: readonly number[], { person, others }: Cast): Act =>
  (rig, pick, amount) => {
    const names = Object.keys(pick([person, others, others]) ?? others);
    const act = { ...person, ...others }[pick(names) ?? 'flag'];
    rig.meanwhile.push({ left: pick(moments) ?? 1, act: async () => act?.(rig, pick, Math.min(amount, 2)) });
  };

const programIn = ({ meanwhile, stop }: Protocol<never>['moments'], cast: Cast): Record<string, Act> => ({
  sync: (rig) => rig.sync(),
  pause: (rig) => rig.stop(),
  goOn: async (rig) => {
    if (rig.engine().status().phase === 'stopped') rig.start();
    await rig.rest();
  },
  restart: (rig) => rig.restart(),
  stopMidway: async (rig, pick) => {
    rig.meanwhile.push({
      left: pick(stop) ?? 1,
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
  meanwhile: meanwhileIn(meanwhile, cast),
});

/** All that can happen, by what it is called in a history. */
const actsOf = <S extends Server>({ cast, troubles, moments }: Protocol<S>): Record<string, AnyAct<Rig<S>>> => ({
  ...cast.person,
  ...cast.others,
  ...troubles,
  ...programIn(moments, cast),
});

/** Names of what can happen, each as often as its group weighs. */
const namesIn = <S extends Server>({ cast, troubles, moments }: Protocol<S>): string[][] => {
  const groups: [weight: number, names: string[]][] = [
    [4, Object.keys(cast.often)],
    [5, Object.keys(cast.person)],
    [4, Object.keys(cast.others)],
    [4, Object.keys(troubles)],
    [5, Object.keys(programIn(moments, cast))],
    [2, Object.keys(cast.trees)],
    [3, ['meanwhile']],
    [2, ['lostSet', 'refusedSet']],
  ];
  return groups.flatMap(([weight, names]) => Array.from({ length: weight }, () => names));
};

/** A history: what happens to an account, one step after the other. */
export const historyOf = <S extends Server>(protocol: Protocol<S>, random: () => number): Step[] => {
  const choose = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const names = namesIn(protocol);
  const steps = Array.from({ length: 6 + Math.floor(random() * 16) }, () => ({
    name: choose(choose(names)),
    numbers: Array.from({ length: 6 }, () => Math.floor(random() * 1000)),
  }));
  return [...(protocol.prelude?.(random) ?? []), ...steps];
};

/** Does one step, and waits until what follows from it has happened. */
export const perform = async <S extends Server>(
  protocol: Protocol<S>,
  rig: Rig<S>,
  { name, numbers }: Step,
): Promise<void> => {
  let at = 0;
  const next = (): number => (numbers[at++ % numbers.length] ?? 0) + Math.floor(at / numbers.length);
  const amount = 1 + (next() % 5);
  await actsOf(protocol)[name]?.(rig, (from) => from[next() % Math.max(1, from.length)], amount);
  await rig.rest();
  if (rig.crashed()) await rig.restart();
  await rig.ledger.look();
};
