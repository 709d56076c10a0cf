import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { TernError } from '../../src-shared/errors.ts';

/** When a process started, where the system tells (Linux): a pid alone comes back for another process. */
const startOf = (pid: number): string | null => {
  try {
    // The name in parentheses may hold spaces; the start time is the 22nd field, 20 behind it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

const alive = (pid: number, start: string | null): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === null || startOf(pid) === start;
};

/**
 * Takes a data folder for this process; the answer gives it back. Throws `storage`, naming the other host's pid in
 * `detail.pid`, while another process holds it. What a dead process left behind is taken over.
 */
export const lockDataDir = (path: string): (() => void) => {
  const mine = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return () => unlinkSync(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EEXIST')
        throw new TernError('storage', `the data folder cannot be written (${code})`, { cause: error });
    }
    const [pidText, start] = readFileSync(path, 'utf8').split(' ');
    const pid = Number(pidText);
    if (pid > 0 && alive(pid, start || null))
      throw new TernError('storage', `another Tern (process ${pid}) is using this data folder`, { detail: { pid } });
    // Renamed before it is deleted: of two processes that both saw it stale, one finds it gone.
    renameSync(path, `${path}.${process.pid}`);
    unlinkSync(`${path}.${process.pid}`);
  }
  throw new TernError('storage', 'the data folder is being taken by another process');
};
