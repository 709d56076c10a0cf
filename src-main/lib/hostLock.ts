import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { TernError } from '../../src-shared/errors.ts';

/** When a process started, where the system tells (Linux): a pid alone comes back for another process. Null: it is dead. */
const startOf = (pid: number): string | null => {
  try {
    // The name in parentheses may hold spaces; behind it the state, and 19 fields on the start time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
};

const alive = (pid: number, start: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === '' || startOf(pid) === start;
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Puts a lock with its content there at once; false when there is one already. */
const place = (path: string, content: string): boolean => {
  const own = `${path}.${process.pid}`;
  try {
    writeFileSync(own, content, { mode: 0o600 });
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new TernError('storage', `the data folder cannot be written (${codeOf(error)})`, { cause: error });
  } finally {
    remove(own);
  }
};

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already.
  }
};

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const holderOf = (content: string): { pid: number; alive: boolean } => {
  const [pidText, start = ''] = content.split(' ');
  const pid = Number(pidText);
  return { pid, alive: pid > 0 && alive(pid, start) };
};

/** Takes a dead process's lock away. One process at a time may: so none takes away what another put there meanwhile. */
const clear = (path: string, stale: string, mine: string): void => {
  const turn = `${path}.turn`;
  if (place(turn, mine)) {
    if (read(path) === stale) remove(path);
    remove(turn);
    return;
  }
  const taken = read(turn);
  if (taken !== null && !holderOf(taken).alive) remove(turn);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TURN_MS);
};

const TURN_MS = 2;
const ATTEMPTS = 500;

/**
 * Takes a data folder for this process; the answer gives it back. Throws `storage`, naming the other host's pid in
 * `detail.pid`, while another process holds it. What a dead process left behind is taken over.
 */
export const lockDataDir = (path: string): (() => void) => {
  const mine = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (place(path, mine)) return () => remove(path);
    const content = read(path);
    if (content === null) continue;
    const holder = holderOf(content);
    if (holder.alive)
      throw new TernError('storage', `another Tern (process ${holder.pid}) is using this data folder`, {
        detail: { pid: holder.pid },
      });
    clear(path, content, mine);
  }
  throw new TernError('storage', 'the data folder is being taken by another process');
};
