import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { accessOf, type SignIn, signInBy } from '../access.ts';
import { unrepeated } from '../unrepeated.ts';
import type { SmtpServer } from './dial.ts';
import { openLine, patience, type SmtpLine } from './line.ts';
import { tokenLogin, tokenMechanism } from './tokens.ts';
import { lostError, meaningOf } from './trouble.ts';

/** A line over which mail can be sent, and what its server can (RFC 5321 section 4.1.1.1): names in capitals, parameters. */
export type SmtpSession = { line: SmtpLine; extensions: ReadonlyMap<string, string> };

type Parts = { server: SmtpServer; clock: Clock };

/** The most bytes that a message may have (RFC 1870); null where the server does not say. */
export const largestOf = ({ extensions }: SmtpSession): number | null => {
  const size = extensions.get('SIZE') ?? '';
  return /^[1-9]\d{0,14}$/.test(size) ? Number(size) : null;
};

/**
 * Connects, and encrypts where that is asked for: nothing that was said before it counts (RFC 3207 section 6). Throws `tls`,
 * `network`, `rateLimited`, `server`.
 */
export const openSession = async ({ server, clock }: Parts, signal: AbortSignal): Promise<SmtpSession> => {
  const line = await openLine({ server, clock, signal });
  line.expect(patience.greeting);
  await step(server, line, (done) => line.connection.connect(done));
  const { lastServerResponse } = line.connection;
  return { line, extensions: extensionsIn(lastServerResponse || '') };
};

const extensionsIn = (ehlo: string): Map<string, string> =>
  new Map(
    ehlo
      .split(/\r?\n/)
      .slice(1)
      .map((each) => /^\d{3}[ -]([^ ]+) ?(.*)$/.exec(each))
      .flatMap((found): [string, string][] =>
        found ? [[(found[1] ?? '').toUpperCase(), found[2]?.trim() ?? '']] : [],
      ),
  );

/** How to sign in for sending. */
type Login = { user: string; pass: string } | { user: string; token: string };

/** Does something with a log-in for sending; where a token is refused, once more with the next one. */
export const withLogin = <T>(
  credential: SignIn,
  signal: AbortSignal,
  attempt: (login: Login) => Promise<T>,
): Promise<T> => {
  const access = accessOf(credential);
  if (access.type === 'tokens')
    return signInBy(access.token, signal, (token) => attempt({ user: access.username, token }));
  const { username, password } = access.smtp ?? access;
  return attempt({ user: username, pass: password });
};

/** Signs in, where the server has a use for it (RFC 4954). Throws `auth`, `forbidden` and what `openSession` throws. */
export const signIn = async (server: SmtpServer, session: SmtpSession, login: Login): Promise<void> => {
  const { line } = session;
  if (!line.connection.allowsAuth) return;
  const auth = 'token' in login ? bearer(server, session, login) : login;
  line.expect(patience.reply);
  try {
    await step(server, line, (done) => line.connection.login(auth, done));
  } catch (error) {
    throw unrepeated(asTernError(error), auth.pass);
  }
};

const bearer = (
  server: SmtpServer,
  { line, extensions }: SmtpSession,
  { user, token }: { user: string; token: string },
) => {
  const mechanism = tokenMechanism(extensions.get('AUTH') ?? '');
  if (mechanism) return tokenLogin(mechanism, user, token, server);
  line.leave();
  throw new TernError('forbidden', 'the server for outgoing mail takes no tokens: sign in with a password');
};

/** One step of the library's; it does not tell all of its callers that the connection was lost. */
const step = async (
  server: SmtpServer,
  line: SmtpLine,
  act: (done: (error?: Error | null) => void) => void,
): Promise<void> => {
  const answered = Promise.withResolvers<void>();
  act((error) => (error ? answered.reject(error) : answered.resolve()));
  try {
    await Promise.race([answered.promise, line.ended.then(() => Promise.reject(lostError(server)))]);
  } catch (error) {
    const why = line.failure() ?? meaningOf(server, error);
    line.close();
    throw why;
  }
};
