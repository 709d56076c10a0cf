import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
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

const linkQuietly = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch {
    // Somebody else's is there already.
  }
};

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Takes a dead process's lock away; should it turn out to be a living one's, made meanwhile, puts it back. */
const clear = (path: string, stale: string): void => {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  // By link, which leaves a third one's lock in peace.
  if (read(aside) !== stale) linkQuietly(aside, path);
  remove(aside);
};

/**
 * Takes a data folder for this process; the answer gives it back. Throws `storage`, naming the other host's pid in
 * `detail.pid`, while another process holds it. What a dead process left behind is taken over.
 */
export const lockDataDir = (path: string): (() => void) => {
  const mine = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (place(path, mine)) return () => remove(path);
    const holder = read(path);
    if (holder === null) continue;
    const [pidText, start = ''] = holder.split(' ');
    const pid = Number(pidText);
    if (pid > 0 && alive(pid, start))
      throw new TernError('storage', `another Tern (process ${pid}) is using this data folder`, { detail: { pid } });
    clear(path, holder);
  }
  throw new TernError('storage', 'the data folder is being taken by another process');
};
