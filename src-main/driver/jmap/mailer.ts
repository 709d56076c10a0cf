import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Cursors } from '../driver.ts';
import type { Mailer, Outgoing, Outlet } from '../outgoing.ts';
import { cancelSubmission } from './cancel.ts';
import type { JmapClient } from './client.ts';
import { fateOf, liesInSent } from './fate.ts';
import { fileEmail } from './fileEmail.ts';
import { lookAndPatch } from './guardedSet.ts';
import type { Http } from './http.ts';
import { readIdentities } from './identities.ts';
import { isFiled, sentPatch } from './sentEmail.ts';
import type { Session } from './session.ts';
import { notNow } from './submissionErrors.ts';
import { CALLS, type HeldMessage, submit } from './submit.ts';

/** How bytes are handed over where the JMAP server sends nothing itself. */
export type BytesSender = Pick<Mailer, 'outlet' | 'submit'>;

type Parts = {
  /** The connection that mail leaves by; throws where the driver is not open. */
  connection: () => { client: JmapClient; http: Http };
  clock: Clock;
  /** Whether ids mean what they did when the cursors were read. */
  isOurs: (cursors: Cursors) => boolean;
  until: (signal: AbortSignal) => AbortSignal;
  bytes: BytesSender | null;
};

/** The half of a JMAP driver by which mail leaves (RFC 8621 sections 4.8, 6 and 7; docs/sending.md). */
export const createMailer = ({ connection, clock, isOurs, until, bytes }: Parts): Mailer => {
  const client = () => connection().client;
  const ready = (signal: AbortSignal) => [client(), until(signal)] as const;
  return {
    outlet: async (signal) => {
      const held = heldOutlet(client().session) ?? heldOutlet(await client().renew(until(signal)));
      if (held) return held;
      return bytes ? bytes.outlet(until(signal)) : { way: 'none', holdSeconds: 0, largest: null };
    },
    identities: async (signal) => (client().session.submission ? readIdentities(...ready(signal)) : []),
    file: async (filing, { cursors, note }, signal) =>
      isOurs(cursors) ? fileEmail({ ...connection(), clock }, filing, { note }, until(signal)) : { result: 'stale' },
    submit: async (message, options, signal) => {
      if (!isHeld(message)) {
        if (!bytes) throw new TernError('bug', 'a message without a way out');
        return bytes.submit(message, options, until(signal));
      }
      if (!isOurs(options.cursors)) return notNow(message, new TernError('conflict', 'it lies in another account'));
      return submit(client(), message, options, until(signal));
    },
    fate: async (message, journal, cursors, signal) => {
      if (!isOurs(cursors)) return 'unknown';
      const look = isHeld(message)
        ? fateOf(client(), message, journal, until(signal))
        : liesInSent(client(), message, until(signal)).then((lies) => (lies ? 'accepted' : 'unknown'));
      return orElse(look, 'unknown');
    },
    isFiled: async (message, cursors, signal) => {
      if (!isOurs(cursors)) return false;
      if (!isHeld(message)) return orElse(liesInSent(client(), message, until(signal)), false);
      const patch = (seen: Parameters<typeof isFiled>[0]) => (isFiled(seen, message) ? null : sentPatch(seen, message));
      const done = await orElse(lookAndPatch(client(), message.email, patch, until(signal)), 'refused');
      return done === 'right' || done === 'patched';
    },
    cancel: async (submission, message, cursors, signal) =>
      isOurs(cursors) && isHeld(message) && cancelSubmission(client(), submission, message, until(signal)),
  };
};

/** What a look answers, or this where the server answers nonsense, or an error of its own. */
const orElse = <T>(look: Promise<T>, otherwise: T): Promise<T> =>
  look.catch((error: unknown) => {
    if (asTernError(error).kind === 'server') return otherwise;
    throw error;
  });

const isHeld = (message: Outgoing): message is HeldMessage => message.email !== null;

/** The way out of a server that sends what it holds; null of one that does not, or takes too little in one request. */
const heldOutlet = ({ submission, limits }: Session): Outlet | null => {
  if (!submission || limits.maxCallsInRequest < CALLS) return null;
  const { holdSeconds, largest } = submission;
  return { way: 'held', holdSeconds, largest: Math.min(largest ?? limits.maxSizeUpload, limits.maxSizeUpload) };
};
