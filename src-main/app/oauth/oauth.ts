import type { ParsedInput } from '../../../src-shared/contract.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Credential } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ClientFor } from './client.ts';
import { asGrant, freshUntil, type Grant, type StoredCredential } from './grant.ts';
import { createHandles } from './handles.ts';
import { createKeeper } from './keeper.ts';
import { knownProviders, type Provider } from './providers.ts';
import { signIn } from './signIn.ts';
import { createWeb } from './web.ts';

/** Signing in with OAuth 2, and the tokens that come of it. They stay in the host, but for the one that a server is given. */
export type OAuth = {
  /** Answers a handle that stands for what was granted. Throws as `signIn` does. */
  signIn(input: ParsedInput<'accounts.signIn'>, signal: AbortSignal): Promise<Credential>;
  /**
   * A token, and for whom, by a handle that stays good: for a try before anything is stored. `refused`: a token that was not
   * taken. Throws `notFound`, and as `token` does.
   */
  forTrial(handle: string, refused: string | null, signal: AbortSignal): Promise<{ username: string; token: string }>;
  /** Does something with what is to be stored of a credential. Throws `notFound` where its handle is not good any more. */
  withStored<T>(credential: Credential, use: (stored: StoredCredential) => Promise<T>): Promise<T>;
  /**
   * A token for what was unsealed. `renewed`: what is to be stored before the token is used; null where that is there.
   * `freshUntil`: in ms since the epoch, null where nobody knows. Throws `auth` where the person has to sign in anew.
   */
  token(unsealed: unknown, refused: string | null, signal: AbortSignal): Promise<Token>;
  /** Gives up whatever is under way, and forgets what nobody has taken. */
  stop(): void;
};

type Token = { token: string; freshUntil: number | null; renewed: Grant | null };

type Parts = {
  clock: Clock;
  clientFor: ClientFor;
  /** Shows a page in the system browser. */
  browse: (url: string) => Promise<void>;
  providers?: readonly Provider[];
};

/** OAuth with no sign-in under way. */
export const createOAuth = ({ clock, clientFor, browse, providers = knownProviders }: Parts): OAuth => {
  const web = createWeb(clock);
  const ending = new AbortController();
  const keeper = createKeeper({ clock, web, ending: ending.signal });
  const handles = createHandles(clock);
  return {
    signIn: async (input, signal) => {
      const until = AbortSignal.any([signal, ending.signal]);
      const grant = await signIn({ clock, web, providers, clientFor, browse }, input, until);
      return { type: 'oauth', handle: handles.hold(grant) };
    },
    forTrial: async (handle, refused, signal) => {
      const grant = await handles.renewed(handle, (held) => keeper.current(held, refused, signal));
      return { username: grant.username, token: grant.accessToken };
    },
    withStored: (credential, use) =>
      credential.type === 'oauth' ? handles.redeem(credential.handle, use) : use(credential),
    token: async (unsealed, refused, signal) => {
      const held = asGrant(unsealed);
      if (!held) throw new TernError('auth', 'the stored sign-in cannot be read: sign in again');
      const grant = await keeper.current(held, refused, signal);
      const isStored = grant.accessToken === held.accessToken && grant.refreshToken === held.refreshToken;
      return { token: grant.accessToken, freshUntil: freshUntil(grant), renewed: isStored ? null : grant };
    },
    stop: () => {
      ending.abort(new TernError('cancelled', 'Tern is ending'));
      handles.clear();
    },
  };
};
