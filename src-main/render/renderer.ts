import { Worker } from 'node:worker_threads';
import type { BodySource, RenderedBody } from '../../src-shared/body.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { QuotableHtml } from '../html/quotable.ts';
import { createQueue, raceSignal } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { ParsedMessage } from '../mime/message.ts';
import type { Answer, Job, RenderOptions, Request } from './job.ts';

/**
 * Reads mail in a thread of its own, which is ended when a message takes too long or too much memory: that fails only the
 * job. Jobs run one after the other. Errors never say what a message contains: `tooLarge` for one that takes too much,
 * `bug` for one that the thread failed on, `cancelled` after `close` or by the signal. The caller shows `fallbackBody`.
 */
export type Renderer = {
  render(source: BodySource, options: RenderOptions, signal?: AbortSignal): Promise<RenderedBody>;
  /** Of HTML that was made safe, without remote content: what can stand in another message, as `quotableHtml` has it. */
  quote(html: string, cids: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<QuotableHtml>;
  /** A whole message. Its bytes are copied to the thread. */
  parse(bytes: Uint8Array, signal?: AbortSignal): Promise<ParsedMessage>;
  /** One part of a whole message, its transfer encoding undone; `notFound` where there is none of that number. */
  takePart(bytes: Uint8Array, part: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Ends the thread, and all jobs. */
  close(): Promise<void>;
};

type RendererOptions = {
  clock: Clock;
  /** What the thread runs; tests have others. */
  entry?: URL;
  /** What its JavaScript may hold, in MB. */
  heap?: number;
};

/** In ms: what a job may take, and how long a thread waits for the next one. */
const BUDGET = 10_000;
const IDLE = 60_000;

/** In MB. A small nursery costs no time that can be measured, and saves 40 MB of a thread that read a newsletter. */
const HEAP = 256;
const YOUNG = 8;

const never = new AbortController().signal;

const startThread = (entry: URL, heap: number): Worker => {
  const thread = new Worker(entry, {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: YOUNG },
    // Nothing that it might print reaches a log.
    stdout: true,
    stderr: true,
  });
  // An error that comes late, as the thread is ended, is nobody's.
  thread.on('error', () => undefined);
  thread.unref();
  return thread;
};

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

const failures = {
  time: () => new TernError('tooLarge', 'the message takes too long to read'),
  memory: () => new TernError('tooLarge', 'the message takes too much memory to read'),
  thread: () => new TernError('bug', 'the message could not be read'),
  closed: () => new TernError('cancelled', 'the account is being closed'),
};

/** One job in a thread: its result, or why there is none. Listens no longer than it takes. */
const runIn = async (thread: Worker, request: Request, clock: Clock): Promise<unknown> => {
  const done = Promise.withResolvers<unknown>();
  const onMessage = (answer: Answer): void => {
    if (answer.id !== request.id) return;
    if (answer.ok) done.resolve(answer.result);
    else done.reject(failures.thread());
  };
  const onError = (error: unknown): void => done.reject(isOutOfMemory(error) ? failures.memory() : failures.thread());
  const onEnd = (): void => done.reject(failures.thread());
  thread.on('message', onMessage).on('error', onError).on('messageerror', onEnd).on('exit', onEnd);
  const cancel = clock.after(BUDGET, () => {
    done.reject(failures.time());
    void thread.terminate();
  });
  thread.ref();
  try {
    thread.postMessage(request);
    return await done.promise;
  } finally {
    cancel();
    thread.unref();
    thread.off('message', onMessage).off('error', onError).off('messageerror', onEnd).off('exit', onEnd);
  }
};

/** At most one thread: started when it is first used, ended when it rested for a minute. */
const createHolder = ({ clock, entry, heap }: Required<RendererOptions>) => {
  let thread: Worker | undefined;
  let cancelIdle = (): void => undefined;
  const end = async (): Promise<void> => {
    cancelIdle();
    const ended = thread;
    thread = undefined;
    await ended?.terminate();
  };
  return {
    end,
    use: (): Worker => {
      cancelIdle();
      if (thread) return thread;
      const started = startThread(entry, heap);
      started.once('exit', () => {
        if (thread === started) thread = undefined;
      });
      thread = started;
      return started;
    },
    rest: (): void => {
      if (thread) cancelIdle = clock.after(IDLE, () => void end());
    },
  };
};

/** A renderer without a thread yet: that starts with the first job, and ends when it had none for a minute. */
export const createRenderer = ({
  clock,
  entry = new URL('./thread.ts', import.meta.url),
  heap = HEAP,
}: RendererOptions): Renderer => {
  const queue = createQueue();
  const closing = new AbortController();
  const holder = createHolder({ clock, entry, heap });
  let ids = 0;
  const runJob = async (job: Job): Promise<unknown> => {
    try {
      const result = await runIn(holder.use(), { id: ++ids, job }, clock);
      holder.rest();
      return result;
    } catch (error) {
      // Whatever went wrong, the next job finds a thread that nothing is wrong with.
      void holder.end();
      throw error;
    }
  };
  const run = async (job: Job, signal: AbortSignal = never): Promise<unknown> => {
    const both = AbortSignal.any([signal, closing.signal]);
    return raceSignal(
      queue(async () => (both.aborted ? undefined : runJob(job))),
      both,
    );
  };
  return {
    render: async (source, options, signal) => (await run({ kind: 'render', source, options }, signal)) as RenderedBody,
    quote: async (html, cids, signal) => (await run({ kind: 'quote', html, cids }, signal)) as QuotableHtml,
    parse: async (bytes, signal) => (await run({ kind: 'parse', bytes }, signal)) as ParsedMessage,
    takePart: async (bytes, part, signal) => {
      const taken = (await run({ kind: 'take', bytes, part }, signal)) as Uint8Array | null;
      if (taken === null) throw new TernError('notFound', 'the message has no such part');
      return taken;
    },
    close: async () => {
      closing.abort(failures.closed());
      await holder.end();
    },
  };
};
