import * as z from 'zod';
import { TernError } from '../../src-shared/errors.ts';
import { credentialSchema } from '../../src-shared/model.ts';
import type { SignIn, TokenSource } from '../driver/access.ts';
import { raceSignal } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Rpc } from '../rpc/rpc.ts';
import type { SealedInput, TokenInput, TokenOutput } from '../rpc/workerProtocol.ts';
import { type Account, keepCredential, readAccount } from '../store/account.ts';
import type { Store } from '../store/db.ts';

type Parts = { clock: Clock; rpc: Pick<Rpc, 'call'>; store: Store };

/** How an account signs in, each time a driver is made. */
export type SignIns = {
  /** As the stored credential has it. Throws `auth` where that cannot be opened. */
  of(account: Account): Promise<SignIn>;
  /** Resolves when no token is on its way: one that nobody waits for any more has to be stored all the same. */
  settled(): Promise<void>;
};

/** Tokens for a trial, each as the host has it at the moment. */
export const trialTokens =
  (rpc: Pick<Rpc, 'call'>): TokenSource =>
  async (refused, signal) => {
    const input: TokenInput = { sealed: '', refused };
    return ((await rpc.call('accessToken', input, signal)) as TokenOutput).token;
  };

/** What the host says of a sign-in by OAuth: its tokens are asked for one by one. */
const oauthSchema = z.object({ type: z.literal('oauth'), username: z.string() });

/** Sign-ins of the account in `store`, by what its host says. */
export const createSignIns = (parts: Parts): SignIns => {
  const underWay = new Set<Promise<string>>();
  return {
    of: async ({ email, credential }) => {
      const unsealed = await parts.rpc.call('unseal', { sealed: credential } satisfies SealedInput);
      const oauth = oauthSchema.safeParse(unsealed).data;
      if (oauth) return { type: 'tokens', username: oauth.username, token: tokensBy(parts, underWay) };
      const { data } = credentialSchema.safeParse(unsealed);
      if (!data) throw new TernError('auth', 'the stored credential cannot be read: sign in again');
      return data.type === 'bearer' ? { ...data, username: data.username ?? email } : data;
    },
    settled: async () => void (await Promise.allSettled(underWay)),
  };
};

/** Tokens as the host has them. One that is new is used when what comes with it is on disk: the one before may be void by then. */
const tokensBy = ({ clock, rpc, store }: Parts, underWay: Set<Promise<string>>): TokenSource => {
  let last: TokenOutput | null = null;
  const isGood = ({ token, freshUntil }: TokenOutput, refused: string | null): boolean =>
    token !== refused && (freshUntil === null || clock.now() < freshUntil);
  const ask = async (refused: string | null): Promise<string> => {
    for (;;) {
      const stored = store.read(readAccount);
      if (!stored) throw new TernError('storage', 'the account is missing from its database');
      const { credential: sealed } = stored;
      const given = (await rpc.call('accessToken', { sealed, refused } satisfies TokenInput)) as TokenOutput;
      const { sealed: renewed } = given;
      if (renewed === null || store.write((tx) => keepCredential(tx, sealed, renewed), { durable: true })) {
        last = given;
        return given.token;
      }
      // Another credential was stored meanwhile: it is that one's token that is wanted.
    }
  };
  return async (refused, signal) => {
    if (last && isGood(last, refused)) return last.token;
    const asked = ask(refused).finally(() => underWay.delete(asked));
    underWay.add(asked);
    return raceSignal(asked, signal);
  };
};
