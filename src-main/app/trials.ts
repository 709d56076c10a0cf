import type { CallOutput, ParsedInput } from '../../src-shared/contract.ts';
import { TernError } from '../../src-shared/errors.ts';
import { throwIfAborted } from '../lib/async.ts';
import { createSlots } from '../lib/slots.ts';
import type { WorkerParts } from './workerLife.ts';
import { startWorker } from './workerLife.ts';

/** Tries accounts that are not stored, each in a worker process of its own, which has no database and ends with it. */
export type Trials = {
  /** Throws what failed, and why the signal was aborted. */
  run(input: ParsedInput<'accounts.test'>, signal: AbortSignal): Promise<CallOutput<'accounts.test'>>;
  /** Ends those under way. */
  stop(): Promise<void>;
};

/** More at once wait for their turn: each is a process. */
const AT_ONCE = 2;

/** Trials with the host's own workers. */
export const createTrials = (platform: WorkerParts['platform']): Trials => {
  const slots = createSlots(() => AT_ONCE);
  const ending = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  return {
    run: (input, signal) => {
      const until = AbortSignal.any([signal, ending.signal]);
      const running = slots.run(() => tryOnce(platform, input, until), until);
      underWay.add(running);
      return running.finally(() => underWay.delete(running));
    },
    stop: async () => {
      ending.abort(new TernError('cancelled', 'Tern is ending'));
      await Promise.allSettled(underWay);
    },
  };
};

const tryOnce = async (
  platform: WorkerParts['platform'],
  input: ParsedInput<'accounts.test'>,
  signal: AbortSignal,
): Promise<CallOutput<'accounts.test'>> => {
  let output: unknown;
  const life = startWorker({
    platform,
    open: async (rpc) => {
      output = await rpc.call('test', input, signal);
    },
    answer: async (name) => {
      throw new TernError('bug', `a worker without an account has no use for ${name}`);
    },
    onEvent: () => undefined,
  });
  const { refusal, failure } = await life.opened;
  await life.stop();
  throwIfAborted(signal);
  if (refusal ?? failure) throw refusal ?? failure;
  return output as CallOutput<'accounts.test'>;
};
