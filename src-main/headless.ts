import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { TernError, toWire } from '../src-shared/errors.ts';
import { type Backend, createBackend } from './backend.ts';
import { sleep } from './lib/async.ts';
import { systemClock } from './lib/clock.ts';
import { lockDataDir } from './lib/hostLock.ts';
import { createNodePlatform } from './platformNode.ts';

/** The headless host: the contract as JSON Lines on stdin and stdout (docs/contract.md). */

/** Calls under way at the end of input get so long; then the host ends, within 5 s altogether. */
const FINISH_MS = 1_500;
const LONGEST_LINE = 64 * 1024 * 1024;

const requestSchema = z.strictObject({
  id: z.union([z.string().max(100), z.number()]),
  call: z.string().max(100),
  account: z.string().max(64).nullish(),
  input: z.unknown().optional(),
});

const write = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const idOf = (request: unknown): string | number | null => {
  const id = (request as { id?: unknown } | null)?.id;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
};

const parseLine = (line: string): unknown => {
  if (line.length > LONGEST_LINE) throw new TernError('tooLarge', 'the line is too long');
  try {
    return JSON.parse(line);
  } catch {
    throw new TernError('invalid', 'the line is not JSON');
  }
};

const answer = async (backend: Backend, line: string, signal: AbortSignal): Promise<void> => {
  let id: string | number | null = null;
  try {
    const raw = parseLine(line);
    id = idOf(raw);
    const request = requestSchema.safeParse(raw);
    if (!request.success) throw new TernError('invalid', `not a request: ${request.error.issues[0]?.message}`);
    const { call, account, input } = request.data;
    write({ id, ok: await backend.call({ call, account, input }, signal) });
  } catch (error) {
    write({ id, error: toWire(error) });
  }
};

const serve = async (backend: Backend): Promise<void> => {
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const done = answer(backend, line, ending.signal).finally(() => underWay.delete(done));
    underWay.add(done);
  }
  await Promise.race([Promise.all(underWay), sleep(systemClock, FINISH_MS)]);
  ending.abort(new TernError('cancelled', 'Tern is ending'));
  await Promise.all([Promise.all(underWay), backend.close()]);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  if (!values.data) throw new TernError('invalid', 'say where the data lives: --data DIR');
  const platform = createNodePlatform(values.data);
  const unlock = lockDataDir(join(values.data, 'host.lock'));
  const quit = (): void => void process.stdin.destroy();
  process.once('SIGINT', quit);
  process.once('SIGTERM', quit);
  try {
    await serve(createBackend(platform, (event, data) => write({ event, account: accountOf(data), data })));
  } finally {
    unlock();
  }
};

const accountOf = (data: unknown): string | null => (data as { account?: string }).account ?? null;

main().then(
  () => process.exit(0),
  (error: unknown) => {
    write({ id: null, error: toWire(error) });
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
