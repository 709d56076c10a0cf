import * as fc from 'fast-check';
import type { FailureKind } from '../servers/jmap/faults.ts';
import type { World } from './world.ts';

/** One step of a history: what it is called in a counterexample, and what it does. `pick` chooses among `length`. */
export type Step = { name: string; numbers: number[] };

type Act = (w: World, pick: <T>(from: readonly T[]) => T | undefined, amount: number) => void | Promise<void>;

const ids = async (w: World): Promise<string[]> => Object.keys((await w.server.truth()).emails);
const boxes = async (w: World): Promise<string[]> => Object.keys((await w.server.truth()).mailboxes);
const some = async (w: World, pick: Parameters<Act>[1], amount: number): Promise<string[]> => {
  const all = await ids(w);
  const chosen = Array.from({ length: Math.min(amount, all.length) }, () => pick(all));
  return [...new Set(chosen.filter((id) => id !== undefined))];
};

let made = 0;

const onServer: Record<string, Act> = {
  deliver: async (w, pick, amount) => {
    const all = await boxes(w);
    const mailboxIds = [...new Set([pick(all), pick(all)].filter((id) => id !== undefined))];
    const receivedAt = new Date(Date.UTC(2026, 0, (pick([1, 2, 3, 40]) ?? 1) + 1));
    const keywords = pick([[], ['$seen'], ['$draft', '$seen'], ['work']]) ?? [];
    await w.server.deliver(Array.from({ length: amount }, () => ({ mailboxIds, receivedAt, keywords })));
  },
  flag: async (w, pick, amount) => {
    const keyword = pick(['$seen', '$flagged', 'work']) ?? '$seen';
    await w.server.setKeywords(await some(w, pick, amount), { [keyword]: pick([true, null]) ?? null });
  },
  move: async (w, pick, amount) => {
    const all = await boxes(w);
    for (const id of await some(w, pick, amount)) {
      const from = (await w.server.truth()).emails[id]?.mailboxIds ?? [];
      const [to, away] = [pick(all), pick(from)];
      if (to !== undefined && away !== undefined && to !== away)
        await w.server.setMailboxes([id], { [to]: true, [away]: null });
    }
  },
  destroy: async (w, pick, amount) => w.server.destroy(await some(w, pick, amount)),
  createMailbox: async (w) => void (await w.server.createMailbox(`made ${++made}`)),
  renameMailbox: async (w, pick) => w.server.renameMailbox(pick(await boxes(w)) ?? '', `named ${++made}`),
  deleteMailbox: async (w, pick) => {
    const all = (await boxes(w)).filter((id) => id !== w.server.mailboxId('inbox'));
    const id = pick(all);
    if (id !== undefined) await w.server.deleteMailbox(id);
  },
};

const kinds: FailureKind[] = [
  'http500',
  'http503',
  'http429',
  'http404',
  'html',
  'malformed',
  'truncated',
  'cutShort',
  'dropBefore',
  'dropAfter',
  'serverFail',
  'serverUnavailable',
  'limit',
];

const troubles: Record<string, Act> = {
  fail: (w, pick, amount) => {
    w.server.trouble.failNext(pick(kinds) ?? 'http500', Math.min(amount, 2));
  },
  cannotCalculate: (w, pick, amount) =>
    w.server.trouble.cannotCalculateChanges(pick([null, 'Email', 'Mailbox'] as const) ?? null, amount),
  smallPages: (w, pick) => w.server.trouble.maxChanges(pick([null, 1, 2, 5]) ?? null),
  late: (w, pick) => w.server.trouble.lateChanges(pick([true, false]) ?? false),
  stuck: (w, pick, amount) => w.server.trouble.stuckChanges(amount, pick(['Email', 'Mailbox'] as const) ?? 'Email'),
  emptyPage: (w, pick, amount) =>
    w.server.trouble.emptyChangesPage(amount, pick(['Email', 'Mailbox'] as const) ?? 'Email'),
  capQuery: (w, pick) => w.server.trouble.capQuery(pick([null, 3, 10]) ?? null),
  emptyQuery: (w, _, amount) => w.server.trouble.emptyQuery(amount),
  noAnchors: (w, pick) => w.server.trouble.noAnchors(pick([true, false]) ?? false),
  anchorNotFound: (w, _, amount) => w.server.trouble.anchorNotFound(amount),
  shuffle: (w, pick) => w.server.trouble.shuffleGets(pick([true, false]) ?? false),
  unstable: (w, pick) => w.server.trouble.unstableOrder(pick([true, false]) ?? false),
  session: (w, pick) => w.server.trouble.changeSession({ limits: { maxObjectsInGet: pick([3, 10, 500]) ?? 10 } }),
  meanwhile: (w, pick, amount) => {
    let left = amount;
    const acts = Object.values(onServer);
    w.server.trouble.beforeReply(async () => {
      left -= 1;
      if (left >= 0) await (pick(acts) ?? acts[0])?.(w, pick, 2);
    });
  },
};

const ofTern: Record<string, Act> = {
  sync: async (w) => void (await w.sync()),
  restart: (w) => w.restart(),
  crash: async (w, _, amount) => {
    w.crashAt(amount);
    await w.sync();
    await w.restart();
  },
};

const acts: Record<string, Act> = { ...onServer, ...troubles, ...ofTern };

/** Histories of what happens to an account, syncs among it. */
export const histories = (): fc.Arbitrary<Step[]> => {
  const named = (of: Record<string, Act>): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(of));
  const name = fc.oneof(
    { weight: 5, arbitrary: named(onServer) },
    { weight: 3, arbitrary: named(troubles) },
    { weight: 4, arbitrary: named(ofTern) },
  );
  const numbers = fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 });
  return fc.array(fc.record({ name, numbers }), { minLength: 5, maxLength: 30 });
};

/** Does one step. The numbers decide every choice in it, so that a history repeats exactly. */
export const act = async (w: World, { name, numbers }: Step): Promise<void> => {
  let at = 0;
  const next = (): number => (numbers[at++ % numbers.length] ?? 0) + at;
  const amount = 1 + (next() % 6);
  await acts[name]?.(w, (from) => from[next() % Math.max(1, from.length)], amount);
};
