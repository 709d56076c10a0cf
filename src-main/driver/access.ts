import { asTernError, TernError } from '../../src-shared/errors.ts';
import type { Credential } from '../../src-shared/model.ts';

/**
 * Gives a token to sign in with. `refused`: one that the server did not take, so that another one is wanted; where there is
 * none, the same comes back. Throws `auth` where the person has to sign in anew, and what kept it from being renewed.
 */
export type TokenSource = (refused: string | null, signal: AbortSignal) => Promise<string>;

/** What a driver is made with. A sign-in by OAuth comes as tokens: the handle of the contract means nothing to a server. */
export type SignIn = Credential | { type: 'tokens'; username: string; token: TokenSource };

/** How a driver signs in. */
export type Access =
  | Extract<Credential, { type: 'password' }>
  | { type: 'tokens'; username: string; token: TokenSource };

/** What a credential comes to. */
export const accessOf = (signIn: SignIn): Access => {
  switch (signIn.type) {
    case 'password':
    case 'tokens':
      return signIn;
    case 'bearer':
      return { type: 'tokens', username: signIn.username ?? '', token: async () => signIn.token };
    case 'oauth':
      throw new TernError('bug', 'a handle is nothing that a server is told');
  }
};

/** Signs in with a token; one that is refused is asked for anew, once. Throws what `attempt` and the source throw. */
export const signInBy = async <T>(
  source: TokenSource,
  signal: AbortSignal,
  attempt: (token: string) => Promise<T>,
): Promise<T> => {
  const token = await source(null, signal);
  try {
    return await attempt(token);
  } catch (error) {
    if (asTernError(error).kind !== 'auth') throw error;
    const another = await source(token, signal);
    if (another === token) throw error;
    return await attempt(another);
  }
};
