import type { Credential } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { SmtpServer } from './dial.ts';
import { loginOf, openSession, signIn } from './session.ts';

type Parts = { server: SmtpServer; credential: Credential; clock: Clock };

/** Greets, encrypts, signs in and leaves (RFC 5321, RFC 4954). Throws as `openSession` and `signIn` do. */
export const trySmtp = async ({ server, credential, clock }: Parts, signal: AbortSignal): Promise<void> => {
  const login = loginOf(credential);
  const session = await openSession({ server, clock }, signal);
  await signIn(server, session, login);
  session.line.leave();
};
