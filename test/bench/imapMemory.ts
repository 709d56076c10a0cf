import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CapabilitySet, type DovecotServer, startDovecot } from '../servers/dovecot.ts';
import { type Host, startHost } from '../support/host.ts';
import { report } from './figure.ts';
import { firstSync } from './firstSync.ts';
import { workerPeak } from './memory.ts';

const MANY = 100_000;
const BEFORE = 1_000;

/** The most memory of a worker with 100,000 messages: on a first sync, and where they came while Tern was closed. */
export const imapMemory = async (): Promise<boolean[]> => [
  await withServer('full', atFirst),
  await withServer('full', grown),
  await withServer('noCondstore', grown),
];

type Scene = { server: DovecotServer; capabilities: CapabilitySet; dataDir: string };

const withServer = async (
  capabilities: CapabilitySet,
  measure: (scene: Scene) => Promise<boolean>,
): Promise<boolean> => {
  const server = await startDovecot({ capabilities });
  const dataDir = mkdtempSync(join(tmpdir(), 'tern-bench-'));
  try {
    return await measure({ server, capabilities, dataDir });
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

const atFirst = async ({ server, dataDir }: Scene): Promise<boolean> => {
  await server.fill(MANY, { mailbox: 'INBOX' });
  const host = startHost({ dataDir });
  const { ms } = await firstSync(host, server, MANY);
  return reportPeak(host, 'imap.memory', `with ${MANY} messages`, ms);
};

/** The first cycle brings them; one that a person asks for reads all flags again where nothing tells which changed. */
const grown = async ({ server, capabilities, dataDir }: Scene): Promise<boolean> => {
  await server.fill(BEFORE, { mailbox: 'INBOX' });
  const before = startHost({ dataDir });
  const { account } = await firstSync(before, server, BEFORE);
  await before.end();
  await server.fill(MANY, { mailbox: 'INBOX' });
  const host = startHost({ dataDir });
  const began = performance.now();
  await host.call('sync.now', account, {});
  await host.call('sync.now', account, {});
  const { cycles } = await host.call('sync.log', account, {});
  if (cycles.every(({ counts }) => counts.created !== MANY)) throw new Error(`not all of ${MANY} messages came`);
  const name = `imap.memory.grown.${capabilities}`;
  return reportPeak(host, name, `as ${MANY} messages had come while it was closed`, performance.now() - began);
};

const reportPeak = async (host: Host, name: string, what: string, ms: number): Promise<boolean> => {
  const value = workerPeak(host);
  await host.end();
  const detail = { seconds: Math.round(ms / 1000) };
  return report({ name, value, unit: `MB at most in the worker ${what}`, limit: 200, detail });
};
