import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What /proc tells of a process (Linux): its parent, its state letter, and how it was started. */
type Seen = { pid: number; parent: number; state: string; command: string };

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended meanwhile, or is not ours.
    return '';
  }
};

const look = (pid: number): Seen => {
  const [state = '', parent = '0'] = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return { pid, parent: Number(parent), state, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() };
};

/** True while a process runs: neither gone nor a zombie that only waits to be read. */
export const isRunning = (pid: number): boolean => !['', 'Z', 'X'].includes(look(pid).state);

/** Running processes whose parent is `pid` and whose command holds `word`. */
export const childrenOf = (pid: number, word = ''): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => look(Number(name)))
    .filter(({ parent, state, command }) => parent === pid && state !== 'Z' && command.includes(word))
    .map((seen) => seen.pid);

/** Account workers that a host runs right now. */
export const workersOf = (host: number): number[] => childrenOf(host, 'worker.ts');

/** The command line and the environment of a process, as anyone on the machine may see them. */
export const visibleOf = (pid: number): string => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`);

/** Asks again and again until the answer is neither undefined nor false; throws after `ms`, saying what was missing. */
export const until = async <T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 45_000,
): Promise<T> => {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await pause(10);
  }
};

/** The promise's outcome, or an error that says what was missing after `ms`. */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  const late = new AbortController();
  const timeout = pause(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`took longer than ${ms} ms: ${what}`);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    late.abort();
    timeout.catch(() => undefined);
  }
};

/** kill -9 and wait until it is gone. */
export const killHard = async (pid: number): Promise<void> => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
  await until(`process ${pid} is gone`, () => !isRunning(pid));
};
