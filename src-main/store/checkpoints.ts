import { Worker } from 'node:worker_threads';

/**
 * Copies the write-ahead log into the database file on a thread of its own, so that neither a read nor a commit waits
 * for the disk to do it (measured: 10 ms each time, and a first fill spent two thirds of its writing on it).
 */
export type Checkpoints = {
  /** Notes that a commit wrote so many rows; begins a checkpoint when there are enough. */
  wrote(rows: number): void;
  /** Resolves at once, or, when the log has grown long, after it was copied: the caller is not to write meanwhile. */
  room(): Promise<void>;
  stop(): void;
};

/** A row is two to three pages of 4 kB in the log: some 10 MB, and 40 MB. */
const ROWS_TO_BEGIN = 1_000;
const ROWS_TO_WAIT = 4_000;

/** Checkpoints of one database file. What fails is tried again with the next rows: the log holds all of them. */
export const createCheckpoints = (file: string): Checkpoints => {
  let thread: Worker | undefined;
  let running: Promise<void> | undefined;
  /** Rows in the log: it starts anew once a checkpoint ended that nothing was written beside. */
  let inLog = 0;
  let written = 0;
  const startThread = (): Worker => {
    const started = new Worker(new URL('./checkpointThread.ts', import.meta.url), { workerData: file, execArgv: [] });
    started.unref();
    started.once('exit', () => {
      thread = undefined;
    });
    return started;
  };
  const checkpoint = async (): Promise<void> => {
    const before = written;
    thread ??= startThread();
    const worker = thread;
    const done = Promise.withResolvers<void>();
    const finish = (): void => done.resolve();
    for (const event of ['message', 'error', 'exit']) worker.once(event, finish);
    worker.postMessage(null);
    await done.promise;
    for (const event of ['message', 'error', 'exit']) worker.off(event, finish);
    if (written === before) inLog = 0;
  };
  const begin = (): Promise<void> => {
    running ??= checkpoint().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    wrote: (rows) => {
      written += rows;
      inLog += rows;
      if (inLog >= ROWS_TO_BEGIN && !running) void begin();
    },
    room: async () => {
      if (inLog < ROWS_TO_WAIT) return;
      // One that is under way began before the last rows were written.
      await running;
      await begin();
    },
    stop: () => void thread?.terminate(),
  };
};
