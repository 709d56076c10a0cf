import { z } from 'zod';
import { TernError } from '../../src-shared/errors.ts';
import { credentialSchema } from '../../src-shared/model.ts';
import type { SignIn, TokenSource } from '../driver/access.ts';
import type { Clock } from '../lib/clock.ts';
import type { Rpc } from '../rpc/rpc.ts';
import type { TokenInput, TokenOutput, UnsealInput } from '../rpc/workerProtocol.ts';
import { type Account, keepCredential, readAccount } from '../store/account.ts';
import type { Store } from '../store/db.ts';

type Parts = { clock: Clock; rpc: Pick<Rpc, 'call'>; store: Store };

/** What the host says of a sign-in by OAuth: its tokens are asked for one by one. */
const oauthSchema = z.object({ type: z.literal('oauth'), username: z.string() });

/** How an account signs in, as its stored credential has it. Throws `auth` where that cannot be opened. */
export const signInOf = async (parts: Parts, { email, credential }: Account): Promise<SignIn> => {
  const unsealed = await parts.rpc.call('unseal', { sealed: credential } satisfies UnsealInput);
  const oauth = oauthSchema.safeParse(unsealed).data;
  if (oauth) return { type: 'tokens', username: oauth.username, token: tokensBy(parts) };
  const { data } = credentialSchema.safeParse(unsealed);
  if (!data) throw new TernError('auth', 'the stored credential cannot be read: sign in again');
  return data.type === 'bearer' ? { ...data, username: data.username ?? email } : data;
};

/** Tokens as the host has them. One that is new is used when what comes with it is on disk: the one before may be void by then. */
const tokensBy = ({ clock, rpc, store }: Parts): TokenSource => {
  let last: TokenOutput | null = null;
  const isGood = (refused: string | null): boolean =>
    last !== null && last.token !== refused && (last.freshUntil === null || clock.now() < last.freshUntil);
  return async (refused, signal) => {
    while (!last || !isGood(refused)) {
      const stored = store.read(readAccount);
      if (!stored) throw new TernError('storage', 'the account is missing from its database');
      const { credential: sealed } = stored;
      const given = (await rpc.call('accessToken', { sealed, refused } satisfies TokenInput, signal)) as TokenOutput;
      const { sealed: renewed } = given;
      // Where another credential was stored meanwhile, it is that one's token that is wanted.
      const isStored = renewed === null || store.write((tx) => keepCredential(tx, sealed, renewed), { durable: true });
      if (!isStored) continue;
      last = given;
      return given.token;
    }
    return last.token;
  };
};
