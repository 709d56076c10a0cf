import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Envelope } from '../outgoing.ts';
import type { Body } from './body.ts';
import { patience } from './line.ts';
import type { Reply } from './replies.ts';
import type { SmtpSession } from './session.ts';

/**
 * How far a message got. `sent`: its last bytes went out; before that no server may deliver it (RFC 5321 section 4.1.1.4).
 */
type Stage = 'envelope' | 'body' | 'sent';

/** What was said while a message was handed over; null for what was not answered. */
export type Delivery = {
  stage: Stage;
  sender: Reply | null;
  /** In the order of the envelope. */
  recipients: (Reply | null)[];
  /** To DATA. */
  data: Reply | null;
  /** To the message. */
  verdict: Reply | null;
  /** What ended it before its time; null where it was not ended, or the connection was lost. */
  failure: TernError | null;
};

type Parts = {
  session: SmtpSession;
  envelope: Envelope;
  body: Body;
  /** Told as the last moment comes in which it is certain that nothing was sent. */
  committing: () => Promise<void>;
};

/**
 * Hands a message over in one transaction (RFC 5321 section 3.3), and leaves. Its bytes are read when the server has asked
 * for them, and the last of them go out when `committing` has resolved. Throws what `committing` throws, or `storage`:
 * nothing was sent then.
 */
export const deliver = async ({ session: { line }, envelope, body, committing }: Parts): Promise<Delivery> => {
  let stage = 'envelope' as Stage;
  let marked: Promise<void> = Promise.resolve();
  let trouble: TernError | null = null;
  const { transcript } = line;
  /** A server that has judged the message already, that is gone, or that never asked for it gets no more of it. */
  const isWanted = (): boolean =>
    !line.connection.destroyed && transcript.unasked() === null && transcript.repliesTo('DATA')[0]?.code === 354;
  const before = async (isLast: boolean): Promise<void> => {
    stage = 'body';
    line.expect(patience.piece);
    if (isLast && isWanted()) {
      marked = committing();
      await marked;
    }
    if (!isWanted()) throw unwanted;
    if (!isLast) return;
    stage = 'sent';
    line.expect(patience.verdict);
  };
  const stream = body.stream(before).on('error', (error) => {
    if (error !== unwanted) trouble = asTernError(error);
  });
  transcript.forget();
  line.expect(patience.reply);
  const { from, to } = envelope;
  const handed = new Promise<void>((resolve) =>
    line.connection.send({ from, to: [...to], size: body.size, use8BitMime: body.isEightBit }, stream, () => resolve()),
  );
  await Promise.race([handed, line.ended]);
  // It was asked for, and nothing was read of it yet.
  if (stage === 'envelope' && transcript.repliesTo('DATA')[0]?.code === 354) stage = 'body';
  const verdict = stage === 'envelope' ? null : transcript.unasked();
  const failure = line.failure();
  if (stage === 'envelope' || (stage === 'sent' && verdict)) line.leave();
  else line.close();
  stream.destroy();
  // What is being noted is noted before anybody is told how it ended.
  await marked.catch(() => undefined);
  if (trouble) throw trouble as TernError;
  const recipients = transcript.repliesTo('RCPT TO:');
  return {
    stage,
    sender: transcript.repliesTo('MAIL FROM:')[0] ?? null,
    recipients: to.map((_email, at) => recipients[at] ?? null),
    data: transcript.repliesTo('DATA')[0] ?? null,
    verdict,
    failure,
  };
};

/** Ends a message that the server does not want to the end. */
const unwanted = new TernError('cancelled', 'the server wants no more of it');
