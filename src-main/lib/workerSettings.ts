import { setPriority } from 'node:os';

/** How every host starts the worker process of an account. */

/** What a worker may see of the host's environment: nothing that could hold a secret of another program. */
const passedOn =
  /^(PATH|HOME|TZ|LANG|LC_.*|TMPDIR|TEMP|TMP|SYSTEMROOT|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|SSL_CERT_(FILE|DIR)|TERN_.*)$/;

/** glibc keeps room for each thread by itself, and gives little of it back: 40 MB of 225 in a first sync (measured). */
const frugal = { MALLOC_ARENA_MAX: '2' };

/** The environment of a worker, out of that of its host. */
export const workerEnv = (env: NodeJS.ProcessEnv): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && passedOn.test(name) ? [[name, value]] : [])),
  ),
  ...frugal,
});

/** V8 lets garbage pile up while memory is plenty; a first sync then takes twice what it needs (measured: 320, not 160 MB). */
export const thriftyFlags = ['--max-semi-space-size=8', '--heap-growing-percent=70'];

/** A first fill keeps a core busy: where cores are few, the host and the window go first (the middle of 'below normal'). */
const NICENESS = 5;

/** Lets a process that was started go behind its host. */
export const giveWay = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // It ended already, or the system does not let us: it runs all the same.
  }
};
