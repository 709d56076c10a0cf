import type { CallOutput, ParsedInput } from '../../src-shared/contract.ts';
import { TernError } from '../../src-shared/errors.ts';
import { throwIfAborted } from '../lib/async.ts';
import { createSlots } from '../lib/slots.ts';
import type { TestInput, TokenInput, TokenOutput } from '../rpc/workerProtocol.ts';
import type { OAuth } from './oauth/oauth.ts';
import type { WorkerParts } from './workerLife.ts';
import { startWorker } from './workerLife.ts';

/** Tries accounts that are not stored, each in a worker process of its own, which has no database and ends with it. */
export type Trials = {
  /** Throws what failed, `notFound` where its handle is not good any more, and why the signal was aborted. */
  run(input: ParsedInput<'accounts.test'>, signal: AbortSignal): Promise<CallOutput<'accounts.test'>>;
  /** Ends those under way. */
  stop(): Promise<void>;
};

/** More at once wait for their turn: each is a process. */
const AT_ONCE = 2;

/** `oauth` gives the tokens of sign-ins that are not stored; the sign-ins stay good. */
type Parts = { platform: WorkerParts['platform']; oauth: Pick<OAuth, 'forTrial'> };

/** Trials with the host's own workers. */
export const createTrials = (parts: Parts): Trials => {
  const slots = createSlots(() => AT_ONCE);
  const ending = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  return {
    run: (input, signal) => {
      const until = AbortSignal.any([signal, ending.signal]);
      const running = slots.run(() => tryOnce(parts, input, until), until);
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
  { platform, oauth }: Parts,
  { credential: given, ...rest }: ParsedInput<'accounts.test'>,
  signal: AbortSignal,
): Promise<CallOutput<'accounts.test'>> => {
  let output: unknown;
  const handle = given.type === 'oauth' ? given.handle : null;
  const tokenFor = (refused: string | null, until: AbortSignal) => {
    if (handle === null) throw new TernError('bug', 'a trial with a password has no use for a token');
    return oauth.forTrial(handle, refused, until);
  };
  const credential: TestInput['credential'] =
    given.type === 'oauth' ? { type: 'oauth', username: (await tokenFor(null, signal)).username } : given;
  const life = startWorker({
    platform,
    open: async (rpc) => {
      output = await rpc.call('test', { ...rest, credential } satisfies TestInput, signal);
    },
    answer: async (name, input, until): Promise<TokenOutput> => {
      if (name !== 'accessToken') throw new TernError('bug', `a worker without an account has no use for ${name}`);
      const { token } = await tokenFor((input as TokenInput).refused, until);
      return { token, freshUntil: null, sealed: null };
    },
    onEvent: () => undefined,
  });
  const { refusal, failure } = await life.opened;
  await life.stop();
  throwIfAborted(signal);
  if (refusal ?? failure) throw refusal ?? failure;
  return output as CallOutput<'accounts.test'>;
};
