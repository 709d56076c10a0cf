import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { withEventSource } from '../servers/eventProxy.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { addSynced, type Host, startHost } from '../support/host.ts';
import { percentile, report } from './figure.ts';

const SAMPLES = 20;
const IDLE_MS = 60_000;
/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

/** From new mail to its event, and what waiting for it costs; null where neither Cyrus nor Dovecot can run. */
export const pushFigures = async (): Promise<boolean | null> => {
  const figures: boolean[] = [];
  const cyrus = cyrusAvailable();
  if (cyrus === null) figures.push(...(await jmapFigures()));
  else console.error(`SKIPPED push by EventSource: ${cyrus}`);
  const dovecot = dovecotAvailable();
  if (dovecot === null) figures.push(...(await imapFigures()));
  else console.error(`SKIPPED push by IDLE: ${dovecot}`);
  return figures.length === 0 ? null : figures.every(Boolean);
};

const jmapFigures = async (): Promise<boolean[]> => {
  const server = await withEventSource(await startCyrus());
  const host = startHost();
  try {
    await addSynced(host, server);
    while (server.listeners() === 0) await sleep(20);
    await sleep(500);
    // The proxy asks Cyrus for its states: the server's push begins when it knows.
    const samples = await eventDelays(host, server, () => server.noticedAt());
    return [delayFigure('push.eventSource', samples, 300), cpuFigure('push.idle.eventSource', await idleCpu(host))];
  } finally {
    await host.end();
    await server.stop();
  }
};

const imapFigures = async (): Promise<boolean[]> => {
  const server = await startDovecot();
  const host = startHost();
  try {
    await addSynced(host, server);
    await sleep(3_000);
    const samples = await eventDelays(host, server, (delivered) => delivered);
    return [delayFigure('push.idle', samples, 800), cpuFigure('push.idle.imap', await idleCpu(host))];
  } finally {
    await host.end();
    await server.stop();
  }
};

const delayFigure = (name: string, samples: number[], limit: number): boolean =>
  report({
    name,
    value: percentile(samples, 95),
    unit: 'ms from the push to the event, p95',
    limit,
    detail: { median: Math.round(percentile(samples, 50)), samples: samples.length },
  });

const cpuFigure = (name: string, value: number): boolean =>
  report({ name, value, unit: '% of a core over a minute, host and worker', limit: 1 });

const eventDelays = async (host: Host, server: MailServer, from: (delivered: number) => number): Promise<number[]> => {
  const samples: number[] = [];
  for (let n = 0; n < SAMPLES; n++) {
    const before = new Set(host.events);
    const told = host
      .event((each) => !before.has(each) && each.event === 'changed' && (each.data.emails?.created.length ?? 0) > 0)
      .then(() => performance.now());
    await server.deliver([{ subject: `push ${n}`, receivedAt: new Date() }]);
    const delivered = performance.now();
    samples.push(Math.max(0, (await told) - from(delivered)));
    // Hints that come faster than one a second wait for each other.
    await sleep(1_200);
  }
  return samples;
};

/** Processor time of the host and its workers while nothing happens, in per cent of a core. */
const idleCpu = async (host: Host): Promise<number> => {
  await sleep(5_000);
  const processes = [host.pid, ...host.workers()];
  const used = (): number => processes.reduce((sum, pid) => sum + ticksOf(pid), 0);
  const before = used();
  await sleep(IDLE_MS);
  return ((used() - before) / TICKS / (IDLE_MS / 1000)) * 100;
};

const ticksOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
};
