import { existsSync } from 'node:fs';
import { TernError } from '../../src-shared/errors.ts';
import { raceSignal } from '../lib/async.ts';

/** A private file that holds a part of an email, or all of it; it is gone when the host ends. `size` in bytes. */
export type SavedFile = { path: string; name: string; type: string; size: number };

/** Files under way and those that are there, by the email's local id and the part; null is the whole message. */
export type FileJobs = {
  /** The file that `save` writes: once for all who ask, and not again while it is there. Given up when nobody waits. */
  file(
    email: number,
    part: string | null,
    save: (signal: AbortSignal) => Promise<SavedFile>,
    signal: AbortSignal,
  ): Promise<SavedFile>;
  /** Whether the file is there. */
  holds(email: number, part: string | null): boolean;
};

/** `path` once it is there; `wanted`: how many wait for it. */
type Job = { file: Promise<SavedFile>; path: string | null; wanted: number; control: AbortController };

/** No file yet. */
export const createFileJobs = (): FileJobs => {
  const jobs = new Map<string, Job>();
  const keyOf = (email: number, part: string | null): string => JSON.stringify([email, part]);
  const begin = (key: string, save: (signal: AbortSignal) => Promise<SavedFile>): Job => {
    const control = new AbortController();
    const job: Job = { file: save(control.signal), path: null, wanted: 0, control };
    jobs.set(key, job);
    job.file.then(
      ({ path }) => {
        job.path = path;
      },
      () => void (jobs.get(key) === job && jobs.delete(key)),
    );
    return job;
  };
  return {
    file: async (email, part, save, signal) => {
      const key = keyOf(email, part);
      const known = jobs.get(key);
      const isThere = known && (known.path === null || existsSync(known.path));
      const job = isThere ? known : begin(key, save);
      job.wanted += 1;
      try {
        return await raceSignal(job.file, signal);
      } finally {
        job.wanted -= 1;
        if (job.wanted === 0 && job.path === null) {
          if (jobs.get(key) === job) jobs.delete(key);
          job.control.abort(new TernError('cancelled', 'nobody wants it any more'));
        }
      }
    },
    holds: (email, part) => {
      const path = jobs.get(keyOf(email, part))?.path ?? null;
      return path !== null && existsSync(path);
    },
  };
};
