import { type Host, startHost } from '../support/host.ts';
import { percentile, report, timed } from './figure.ts';
import { workerPeak } from './memory.ts';
import { type ServerProcess, startServerProcess } from './serverProcess.ts';

const LARGE = 100_000;
const SMALL = 1_000;
const CHANGES = 10;
const CYCLES = 41;

/** Figures on the in-process server: 100,000 messages, and the same cycle at 1,000 beside it. */
export const largeFigures = async (): Promise<boolean> => {
  const small = await open(SMALL);
  // It sees to its bodies first: what is measured is one account that is read while it syncs.
  while ((await small.host.call('search.query', small.account, { text: 'settled' })).partial)
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  const large = await open(LARGE);
  try {
    await small.host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
    const during = await listWhileSyncing(large);
    const memory = workerPeak(large.host);
    const after = noSamples();
    for (let n = 0; n < 2000; n++) await sample(large, n, after);
    const cycles = await cycleTimes(large, small);
    return [
      report({
        name: 'large.list.duringSync.p99',
        value: percentile(during.lists, 99),
        unit: 'ms',
        limit: 16,
        detail: about(during),
      }),
      report({
        name: 'large.list.afterSync.p99',
        value: percentile(after.lists, 99),
        unit: 'ms',
        limit: 5,
        detail: about(after),
      }),
      report({ name: 'large.worker.peakMemory', value: memory, unit: 'MB', limit: 200 }),
      report({
        name: 'large.cycleAfter10Changes',
        value: percentile(cycles.large, 50) / percentile(cycles.small, 50),
        unit: 'times the same at 1,000 messages',
        limit: 1.2,
        detail: { largeMs: percentile(cycles.large, 50), smallMs: percentile(cycles.small, 50) },
      }),
    ].every(Boolean);
  } finally {
    await Promise.all([large, small].map(async ({ host, server }) => (await host.end(), await server.stop())));
  }
};

type Open = { host: Host; server: ServerProcess; account: string };

const open = async (messages: number): Promise<Open> => {
  const server = await startServerProcess(messages);
  const host = startHost();
  const { config, credential } = server;
  const { account } = await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
  return { host, server, account: account.id };
};

/** The pages a person opens: the inbox, unread mail, conversations, everything. */
const pages = [
  { role: 'inbox' },
  { role: 'inbox', filter: { unread: true } },
  { role: 'inbox', collapseThreads: true },
  {},
];

/** `floor` is what the way to the host and back takes that moment: of a call that asks no worker and no store. */
type Samples = { lists: number[]; floor: number[] };
const noSamples = (): Samples => ({ lists: [], floor: [] });

const about = ({ lists, floor }: Samples): object => ({
  calls: lists.length,
  median: Number(percentile(lists, 50).toPrecision(3)),
  floorP99: Number(percentile(floor, 99).toPrecision(3)),
});

const sample = async ({ host, account }: Open, n: number, into: Samples): Promise<void> => {
  const list = await timed(() => host.call('emails.list', account, { ...pages[n % pages.length], limit: 50 }));
  into.lists.push(list.ms);
  into.floor.push((await timed(() => host.call('app.info', null, {}))).ms);
  // Whoever keeps every answer measures the collection of its own garbage.
  host.lines.length = 0;
};

/** As a person scrolls: a page some 50 times a second, from the first to the last message of the fill. */
const listWhileSyncing = async (target: Open): Promise<Samples> => {
  const samples = noSamples();
  const isLive = (): boolean =>
    target.host.events.some(({ event, data }) => event === 'phase' && data.phase === 'live');
  for (let n = 0; !isLive(); n++) {
    await sample(target, n, samples);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return samples;
};

const cycleTimes = async (large: Open, small: Open): Promise<{ large: number[]; small: number[] }> => {
  const times = { large: [] as number[], small: [] as number[] };
  for (let n = 0; n < CYCLES; n++)
    for (const [name, target] of [
      ['large', large],
      ['small', small],
    ] as const) {
      await target.server.flag(CHANGES);
      times[name].push((await timed(() => target.host.call('sync.now', target.account, {}))).ms);
    }
  return times;
};
