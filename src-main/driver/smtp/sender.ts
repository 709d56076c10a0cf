import { needsUtf8, wireEmail } from '../../../src-shared/address.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { SignIn } from '../access.ts';
import type { Mailer, Outgoing, OutgoingOptions, Outlet, SendResult } from '../outgoing.ts';
import { type Body, openBody } from './body.ts';
import { deliver } from './deliver.ts';
import type { SmtpServer } from './dial.ts';
import { named } from './replies.ts';
import { type Recipient, refusedAll, resultOf } from './result.ts';
import { largestOf, openSession, type SmtpSession, signIn, withLogin } from './session.ts';

type Parts = { server: SmtpServer; credential: SignIn; clock: Clock };

/** The half of a `Mailer` that hands messages over by SMTP (RFC 6409): a connection for each. */
export type SmtpSender = Pick<Mailer, 'outlet' | 'submit'>;

/** A sender that is not connected. */
export const createSmtpSender = ({ server, credential, clock }: Parts): SmtpSender => {
  let largest: number | null | undefined;
  const open = async (signal: AbortSignal): Promise<SmtpSession> => {
    const session = await openSession({ server, clock }, signal);
    largest = largestOf(session);
    return session;
  };
  return {
    outlet: async (signal): Promise<Outlet> => {
      // What a server takes does not change from day to day: it is asked once, and told again with each message.
      if (largest === undefined) (await open(signal)).line.leave();
      return { way: 'bytes', holdSeconds: 0, largest: largest ?? null };
    },
    submit: async (message, { committing }, signal) => {
      const all = message.envelope.to.map(recipientOf);
      const sender = message.envelope.from === '' ? '' : wireEmail(message.envelope.from);
      if (sender === null) return refusedAll(all, badAddress(message.envelope.from));
      if (all.every(({ error }) => error)) return refusedAll(all, all[0]?.error ?? badAddress(''));
      const body = await openBody(message.file);
      try {
        const session = await withLogin(credential, signal, async (login) => {
          const opened = await open(signal);
          const refused = unfit(opened, all, sender, body);
          if (refused) opened.line.leave();
          else await signIn(server, opened, login);
          return refused ?? opened;
        });
        if ('result' in session) return session;
        return await handOver(server, session, { message, sender, all, body }, committing);
      } finally {
        await body.close();
      }
    },
  };
};

const badAddress = (email: string): TernError => new TernError('invalid', `"${named([email])}" is no mail address`);

const recipientOf = (email: string): Recipient => ({
  email,
  error: wireEmail(email) === null ? badAddress(email) : null,
});

/**
 * What can be told before a byte is sent: a message larger than the server takes (RFC 1870), one that it does not understand
 * (what Tern writes has bytes beyond ASCII in the addresses of its header alone, RFC 6532), or addresses that it does not
 * (RFC 6531): recipients of that kind get their error.
 */
const unfit = (session: SmtpSession, all: readonly Recipient[], sender: string, body: Body): SendResult | null => {
  const { extensions } = session;
  const largest = largestOf(session);
  if (largest !== null && body.size > largest)
    return refusedAll(
      all,
      new TernError('tooLarge', `the message has ${inMegabytes(body.size)}, the server takes ${inMegabytes(largest)}`, {
        detail: { size: body.size, largest },
      }),
    );
  const isForeign = extensions.has('SMTPUTF8');
  if (body.isEightBit && !(isForeign && extensions.has('8BITMIME')))
    return refusedAll(
      all,
      new TernError(
        'unsupported',
        'the message names an address with letters beyond ASCII, and the server takes none of those',
      ),
    );
  if (isForeign) return null;
  if (needsUtf8(sender)) return refusedAll(all, foreign(sender));
  for (const each of all) if (needsUtf8(wireEmail(each.email) ?? '')) each.error ??= foreign(each.email);
  return all.every(({ error }) => error) ? refusedAll(all, all[0]?.error ?? foreign(sender)) : null;
};

const foreign = (email: string): TernError =>
  new TernError('unsupported', `the server cannot deliver to addresses with letters as in ${named([email])}`);

/** Rounded so that the two numbers of a comparison differ. */
const inMegabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 2 : 1)} MB`;

const handOver = async (
  server: SmtpServer,
  session: SmtpSession,
  { message, sender, all, body }: { message: Outgoing; sender: string; all: readonly Recipient[]; body: Body },
  committing: OutgoingOptions['committing'],
): Promise<SendResult> => {
  const asked = all.filter(({ error }) => !error);
  const to = asked.map(({ email }) => wireEmail(email) ?? '');
  // What is found again, should no answer come, is found by its Message-ID.
  const journal = JSON.stringify({ messageId: message.messageId });
  const delivery = await deliver({
    session,
    envelope: { from: sender, to },
    body,
    committing: () => committing(journal),
  });
  return resultOf(server, message.envelope.from, all, asked, delivery);
};
