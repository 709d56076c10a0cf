import { Worker } from 'node:worker_threads';

/**
 * Copies the write-ahead log into the database file on a thread of its own, so that neither a read nor a commit waits
 * for the disk to do it (measured: 10 ms each time, and a first fill spent two thirds of its writing on it).
 */
export type Checkpoints = {
  /** After a commit: begins a checkpoint when there is enough to copy. */
  wrote(): void;
  /** Resolves at once, or, when the log has grown long, after it was copied: the caller is not to write meanwhile. */
  room(): Promise<void>;
  stop(): void;
};

/** In pages of 4 kB, what a checkpoint is begun for, and how long the log may grow: 10 MB, and 40 MB. */
const PAGES_TO_BEGIN = 2_500;
const PAGES_TO_WAIT = 10_000;

/** How many pages the log has, and how many of them were copied. It starts anew with the first write after all were. */
export type LogPages = { log: number; checkpointed: number };

/** Checkpoints of one database file. What fails is tried again after the next commit: the log holds all of it. */
export const createCheckpoints = (file: string, pages: () => LogPages): Checkpoints => {
  let thread: Worker | undefined;
  let running: Promise<void> | undefined;
  const startThread = (): Worker => {
    const started = new Worker(new URL('./checkpointThread.ts', import.meta.url), { workerData: file, execArgv: [] });
    started.unref();
    started.once('exit', () => {
      thread = undefined;
    });
    return started;
  };
  const checkpoint = async (): Promise<void> => {
    thread ??= startThread();
    const worker = thread;
    const done = Promise.withResolvers<void>();
    const finish = (): void => done.resolve();
    for (const event of ['message', 'error', 'exit']) worker.once(event, finish);
    worker.postMessage(null);
    await done.promise;
    for (const event of ['message', 'error', 'exit']) worker.off(event, finish);
  };
  const begin = (): Promise<void> => {
    running ??= checkpoint().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    wrote: () => {
      if (running) return;
      const { log, checkpointed } = pages();
      if (log - checkpointed >= PAGES_TO_BEGIN) void begin();
    },
    room: async () => {
      const { log, checkpointed } = pages();
      if (log < PAGES_TO_WAIT || log === checkpointed) return;
      // One that is under way began before the last rows were written.
      await running;
      await begin();
    },
    stop: () => void thread?.terminate(),
  };
};
