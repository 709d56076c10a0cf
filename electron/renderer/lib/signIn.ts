import type { Config, Credential } from '../../../src-shared/model.ts';
import type { Candidate } from '../../../src-shared/setup.ts';

/** How a person signs in, as it is typed. `secret`: the password, or the token. `out`: for the server that sends, where it differs. */
export type SignIn = {
  kind: 'password' | 'token';
  username: string;
  secret: string;
  out: { username: string; password: string } | null;
};

/** What servers may take: passwords, tokens, and another user name and password for sending. */
export type Ways = { password: boolean; token: boolean; out: boolean };

/** What servers take, by what they said of themselves (`auth`); where they said nothing, all that is usual. */
export const waysOf = (config: Pick<Config, 'protocol' | 'smtp'>, auth: Candidate['auth'] = []): Ways => ({
  password: auth.length === 0 || auth.includes('password'),
  // Over IMAP a token comes from a sign-in in the browser alone.
  token: config.protocol === 'jmap' && !config.smtp && (auth.length === 0 || auth.includes('oauth')),
  out: config.smtp !== undefined,
});

/** Nothing typed but a user name. */
export const blankSignIn = (username: string): SignIn => ({ kind: 'password', username, secret: '', out: null });

/** What was typed, as far as the servers take it. */
export const fitting = (signIn: SignIn, ways: Ways): SignIn => {
  const kind = ways.token && (signIn.kind === 'token' || !ways.password) ? 'token' : 'password';
  return { ...signIn, kind, out: ways.out ? signIn.out : null };
};

/** People copy tokens with the blanks and line ends around them. */
const token = (typed: string): string => typed.replaceAll(/\s+/g, '');

/** What was typed, as calls take it. A token needs no user name. */
export const credentialOf = ({ kind, username, secret, out }: SignIn): Credential => {
  if (kind === 'token') return { type: 'bearer', token: token(secret) };
  return { type: 'password', username, password: secret, ...(out ? { smtp: out } : {}) };
};
