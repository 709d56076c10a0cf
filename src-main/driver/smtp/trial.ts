import type { Clock } from '../../lib/clock.ts';
import type { SignIn } from '../access.ts';
import type { SmtpServer } from './dial.ts';
import { openSession, signIn, withLogin } from './session.ts';

type Parts = { server: SmtpServer; credential: SignIn; clock: Clock };

/** Greets, encrypts, signs in and leaves (RFC 5321, RFC 4954). Throws as `openSession` and `signIn` do. */
export const trySmtp = ({ server, credential, clock }: Parts, signal: AbortSignal): Promise<void> =>
  withLogin(credential, signal, async (login) => {
    const session = await openSession({ server, clock }, signal);
    await signIn(server, session, login);
    session.line.leave();
  });
