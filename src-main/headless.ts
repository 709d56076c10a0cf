import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { TernError, toWire } from '../src-shared/errors.ts';
import { parseInput } from '../src-shared/issue.ts';
import { type Backend, createBackend } from './backend.ts';
import { sleep } from './lib/async.ts';
import { systemClock } from './lib/clock.ts';
import { lockDataDir } from './lib/hostLock.ts';
import { readLines } from './lib/lines.ts';
import { createNodePlatform } from './platformNode.ts';

/** The headless host: the contract as JSON Lines on stdin and stdout (docs/contract.md). */

/** Calls under way at the end of input get so long; then the host ends, within 5 s altogether. */
const FINISH_MS = 2_200;
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

const parseLine = (line: string | null): unknown => {
  if (line === null) throw new TernError('tooLarge', 'the line is too long');
  try {
    return JSON.parse(line);
  } catch {
    throw new TernError('invalid', 'the line is not JSON');
  }
};

const answer = async (backend: Backend, line: string | null, signal: AbortSignal): Promise<void> => {
  let id: string | number | null = null;
  try {
    const raw = parseLine(line);
    id = idOf(raw);
    const { call, account, input } = parseInput(requestSchema, raw, 'not a request: ');
    write({ id, ok: await backend.call({ call, account, input }, signal) });
  } catch (error) {
    write({ id, error: toWire(error) });
  }
};

/** Answers lines until the input ends, or until there is a reason to quit. */
const serve = async (backend: Backend, quit: Promise<null>): Promise<void> => {
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();
  const lines = readLines(process.stdin, LONGEST_LINE);
  for (;;) {
    const next = await Promise.race([lines.next(), quit]);
    if (!next || next.done) break;
    if (next.value?.trim() === '') continue;
    const done = answer(backend, next.value, ending.signal).finally(() => underWay.delete(done));
    underWay.add(done);
  }
  await Promise.race([Promise.all(underWay), sleep(systemClock, FINISH_MS)]);
  ending.abort(new TernError('cancelled', 'Tern is ending'));
  await Promise.all([Promise.all(underWay), backend.close()]);
};

const dataDirOf = (args: string[]): string => {
  const parsed = readArgs(args);
  if (!parsed) throw new TernError('invalid', 'usage: headless --data DIR, where DIR is the folder for all data');
  return resolve(parsed);
};

const readArgs = (args: string[]): string | undefined => {
  try {
    return parseArgs({ args, options: { data: { type: 'string' } } }).values.data;
  } catch {
    return undefined;
  }
};

const main = async (): Promise<void> => {
  const dataDir = dataDirOf(process.argv.slice(2));
  const platform = createNodePlatform(dataDir);
  const unlock = lockDataDir(join(dataDir, 'host.lock'));
  const { promise: quit, resolve: leave } = Promise.withResolvers<null>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => leave(null));
  // Whoever read the answers is gone: nobody is left to ask.
  process.stdout.on('error', () => leave(null));
  try {
    await serve(
      createBackend(platform, (event, data) => write({ event, account: accountOf(data), data })),
      quit,
    );
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
