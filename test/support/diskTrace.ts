import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** What a process asked of the disk, or said, in order. */
export type DiskStep =
  | { does: 'write' | 'sync' | 'remove' | 'make'; path: string }
  | { does: 'rename'; path: string; to: string }
  | { does: 'say'; word: string };

const CALLS = 'write,writev,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat';

/** Why nothing can be watched here; null where it can. */
export const tracingMissing = (): string | null => {
  const { status, error } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  return status === 0 ? null : `strace does not run here${error ? `: ${error.message}` : ''}`;
};

/** Runs a script to its end under strace, and answers what it did; `file`: where the trace may lie. */
export const traceDisk = (script: string, file: string): DiskStep[] => {
  const options = ['-f', '-y', '-s', '200', '-o', file, '-e', `trace=${CALLS}`, '-e', 'signal=none'];
  // Preloaded libraries may leave out what is watched here.
  const { LD_PRELOAD: _, ...env } = process.env;
  execFileSync('strace', [...options, process.execPath, script], { stdio: ['ignore', 'ignore', 'inherit'], env });
  return stepsOf(readFileSync(file, 'utf8').split('\n'));
};

/**
 * A write counts from where it begins, everything else from where it is done: so that what was still under way as something
 * else happened is never taken for safe.
 */
const stepsOf = (lines: readonly string[]): DiskStep[] => {
  const begun = new Map<string, string>();
  return lines.flatMap((line) => {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const call = resumed ? `${begun.get(thread) ?? ''}${resumed[1]}` : text;
    const isBegun = call.endsWith('<unfinished ...>');
    if (isBegun) begun.set(thread, call.slice(0, -'<unfinished ...>'.length));
    const step = stepOf(call);
    if (!step || (step.does === 'write' ? resumed : isBegun || / = -1 /.test(call))) return [];
    return [step];
  });
};

const stepOf = (call: string): DiskStep | null => {
  const name = /^\w+/.exec(call)?.[0] ?? '';
  const [path = '', to = ''] = [...call.matchAll(/"([^"]*)"/g)].map(([, each]) => each ?? '');
  const opened = /\(\d+<([^>]*)>/.exec(call)?.[1] ?? '';
  if (name.startsWith('rename')) return { does: 'rename', path, to };
  if (name.startsWith('unlink')) return { does: 'remove', path };
  if (name.startsWith('mkdir')) return { does: 'make', path };
  if (name.endsWith('sync')) return { does: 'sync', path: opened };
  if (/\(1</.test(call)) return { does: 'say', word: path.replace('\\n', '') };
  return name.includes('write') ? { does: 'write', path: opened } : null;
};

const isLog = (path: string): boolean => path.endsWith('mail.sqlite-wal');
const isKept = (path: string): boolean => /\/(?:drafts|outbox)\//.test(path);

/**
 * What a power cut could undo although somebody relied on it: a file that a row names, or a row of which was told. `relied`: the
 * words after which what was committed has to last.
 */
export const undone = (steps: readonly DiskStep[], relied: ReadonlySet<string>): string[] => {
  const [written, entered] = [new Set<string>(), new Set<string>()];
  const faults = new Set<string>();
  for (const step of steps)
    switch (step.does) {
      case 'write':
        // The rows that are written now may name whatever there is.
        for (const path of isLog(step.path) ? [...written, ...entered] : [])
          if (!isLog(path)) faults.add(`${short(path)} is not on the disk as rows are`);
        if (isLog(step.path) || isKept(step.path)) written.add(step.path);
        break;
      case 'sync':
        written.delete(step.path);
        entered.delete(step.path);
        break;
      case 'rename':
        if (written.has(step.path)) faults.add(`${short(step.to)} has its name before its bytes`);
        written.delete(step.path);
        entered.add(dirname(step.to));
        break;
      case 'make':
        entered.add(dirname(step.path));
        break;
      case 'remove':
        if (isKept(step.path) && [...written].some(isLog))
          faults.add(`${short(step.path)} is gone, and its row is not`);
        break;
      case 'say':
        if (relied.has(step.word) && [...written].some(isLog)) faults.add(`it was told: ${step.word}`);
    }
  return [...faults];
};

const short = (path: string): string => `${basename(dirname(path))}/${basename(path)}`;
