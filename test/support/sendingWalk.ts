import assert from 'node:assert/strict';
import type { SendingSite } from './sendingSites.ts';
import type { Trouble } from './sendingTroubles.ts';
import { assertTruth, letter } from './sendingTruth.ts';
import { type AnyDesk, openDeskAt } from './worldOutgoing.ts';

/** How a walk went: how often a message was sent, and how often it ended how. */
export type Walked = { runs: number; ends: Record<string, number> };

const HOUR = 3_600_000;

/** What waits for an hour is waited for, and what waits for minutes in between. */
const pass = async (d: AnyDesk): Promise<void> => {
  await d.pass(180_000, 8);
  await d.pass(3 * HOUR, 8);
};

/** All that a person would see in the end: the program started again, time went on, and the server was looked at. */
const comeToRest = async (d: AnyDesk): Promise<void> => {
  await d.restart();
  await d.pull();
  d.poke();
  await pass(d);
  await d.pull();
  await d.pass(60_000, 3);
  await d.pull();
  await d.sweep();
};

/** Sends with a death at the n-th commit after the person asked; null where there were not so many. */
const sendOnce = async <S>(
  start: () => Promise<SendingSite<S>>,
  trouble: Trouble<S>,
  n: number,
): Promise<{ crashed: boolean; end: string }> => {
  const { site, server, ledger } = await start();
  const d = await openDeskAt(site);
  try {
    await d.pull();
    const draft = await d.save(letter);
    d.online = false;
    const submission = d.send(draft);
    trouble.on(server);
    d.crashAt(n);
    await d.connect();
    await pass(d);
    const crashed = d.crashed();
    await comeToRest(d);
    const end = await assertTruth(d, { draft, submission, ledger: ledger() }, `${trouble.name}, death at commit ${n}`);
    return { crashed, end };
  } finally {
    await d.end();
  }
};

/** Sends a message with this trouble, again and again, the program dying at each commit in turn, and once at none. */
export const walk = async <S>(start: () => Promise<SendingSite<S>>, trouble: Trouble<S>): Promise<Walked> => {
  const walked: Walked = { runs: 0, ends: {} };
  for (let n = 1; ; n++) {
    const { crashed, end } = await sendOnce(start, trouble, n);
    walked.runs += 1;
    walked.ends[end] = (walked.ends[end] ?? 0) + 1;
    if (!crashed) break;
  }
  assert.ok(walked.runs > 3, `it died at ${walked.runs - 1} commits`);
  return walked;
};

/** So many days and each trouble had its turn; `TERN_TURN=2` is another day's choice. */
const TURNS = 3;

/** The troubles whose turn it is. */
export const inTurn = <T>(troubles: readonly T[]): T[] => {
  const turn = Number(process.env['TERN_TURN'] ?? Math.floor(Date.now() / 86_400_000));
  return troubles.filter((_, index) => index % TURNS === turn % TURNS);
};
