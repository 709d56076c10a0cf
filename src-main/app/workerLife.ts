import { asTernError, TernError } from '../../src-shared/errors.ts';
import { withTimeout } from '../lib/async.ts';
import type { Platform, WorkerEnd, WorkerProcess } from '../platform.ts';
import { portPair } from '../rpc/port.ts';
import { type Answer, createRpc, type Rpc } from '../rpc/rpc.ts';

/** What a worker needs of its host. */
export type WorkerParts = {
  /** The account it is for. */
  account?: string;
  platform: Pick<Platform, 'spawnWorker' | 'clock'>;
  /** Opens the account in a new worker. Throws the worker's own refusal, or what happened to the worker. */
  open(rpc: Rpc): Promise<void>;
  /** Answers the worker's own questions. */
  answer: Answer;
  onEvent(name: string, data: unknown): void;
};

/** One worker process, from its start to its end. */
export type WorkerLife = {
  rpc: Rpc;
  /** How opening it went. `refusal`: the worker is well and says that it cannot. `failure`: it is not well. */
  opened: Promise<{ refusal?: TernError; failure?: TernError }>;
  ended: Promise<WorkerEnd>;
  /** Asks it to end; kills it when it does not go. */
  stop(): Promise<void>;
};

const OPEN_MS = 30_000;
const CLOSE_MS = 2_500;

/** Starts a worker process and opens it. One that refuses or hangs while opening is killed. */
export const startWorker = (parts: WorkerParts): WorkerLife => {
  const { clock } = parts.platform;
  const worker = spawn(parts);
  const rpc = createRpc(worker.port, parts.answer);
  rpc.onEvent((name, data) => parts.onEvent(name, data));
  const open = async (): WorkerLife['opened'] => {
    const silent = new TernError('bug', 'the account worker did not open in time');
    try {
      const goneFirst = worker.ended.then(() => {
        throw new TernError('cancelled', 'the worker ended before it was open');
      });
      await withTimeout(clock, OPEN_MS, Promise.race([parts.open(rpc), goneFirst]), silent);
      return {};
    } catch (error) {
      worker.kill();
      return isRefusal(error) ? { refusal: asTernError(error) } : { failure: asTernError(error) };
    }
  };
  return {
    rpc,
    opened: open(),
    ended: worker.ended,
    stop: async () => {
      const late = new TernError('cancelled', 'the worker did not end in time');
      rpc.call('close', null).catch(() => undefined);
      await withTimeout(clock, CLOSE_MS, worker.ended, late).catch(() => worker.kill());
      await worker.ended;
    },
  };
};

/** A process that could not even be started counts as one that crashed at once. */
const spawn = ({ platform, account }: WorkerParts): WorkerProcess => {
  try {
    return platform.spawnWorker(account);
  } catch (error) {
    const [port] = portPair();
    return {
      port,
      ended: Promise.resolve({ clean: false, reason: asTernError(error).message }),
      kill: () => undefined,
    };
  }
};

/** A worker that answers with an error is well; one that went away or hung is not. */
const isRefusal = (error: unknown): boolean => !['cancelled', 'bug'].includes(asTernError(error).kind);
