import type { Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { TernError } from '../../../src-shared/errors.ts';
import { abortReason } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { dial, type SmtpServer, tlsOptions } from './dial.ts';
import { tokenHandlers } from './tokens.ts';
import { createTranscript, halfLine, type Transcript, untold } from './transcript.ts';
import { meaningOf, nonsense, placeOf } from './trouble.ts';

/** A connection to a server for outgoing mail, as far as what is said over it. */
export type SmtpLine = {
  readonly connection: SMTPConnection;
  readonly transcript: Transcript;
  /** What the server says next has so long, in ms; in vain, the line fails. */
  expect(ms: number): void;
  /** Ends the line for a reason. */
  fail(error: TernError): void;
  /** Why the line ended before it should; null also where it was just lost. */
  failure(): TernError | null;
  /** Resolves when the line has ended. */
  readonly ended: Promise<void>;
  /** Says goodbye, and ends the line soon. */
  leave(): void;
  /** Ends the line at once: what was not written yet is not sent any more. */
  close(): void;
};

/** In ms (RFC 5321 section 4.5.3.2): to connect, to be greeted, for a reply, for the next piece of a message, for the reply to it. */
export const patience = {
  connect: 30_000,
  greeting: 30_000,
  reply: 5 * 60_000,
  piece: 3 * 60_000,
  verdict: 10 * 60_000,
};
/** A server that does not say goodbye is left without. */
const GOODBYE_MS = 5_000;
/** No reply is as long, in bytes. */
const LONGEST_REPLY = 64 * 1024;
/** The library's own timers, which run on no clock of ours, never come first. */
const NEVER_MS = 24 * 3600_000;

type Parts = { server: SmtpServer; clock: Clock; signal: AbortSignal };

/** Opens a line: nothing was said yet. Throws `tls`, `network`, or why it was aborted. */
export const openLine = async ({ server, clock, signal }: Parts): Promise<SmtpLine> => {
  const late = new AbortController();
  const silent = new TernError('network', `${placeOf(server)} does not answer`);
  const disarm = clock.after(patience.connect, () => late.abort(silent));
  try {
    const socket = await dial(server, AbortSignal.any([signal, late.signal]));
    return lineOn(socket, { server, clock, signal });
  } finally {
    disarm();
  }
};

const lineOn = (socket: Socket, { server, clock, signal }: Parts): SmtpLine => {
  const transcript = createTranscript();
  let failure: TernError | null = null;
  let allowed = patience.greeting;
  let disarm: () => void = () => undefined;
  const over = Promise.withResolvers<void>();
  const expect = (ms: number): void => {
    disarm();
    allowed = ms;
    if (!connection.destroyed)
      disarm = clock.after(ms, () => fail(new TernError('network', `${placeOf(server)} does not answer`)));
  };
  const fail = (error: TernError): void => {
    failure ??= error;
    connection.close();
  };
  const take = (text: string): void => (transcript.came(text) ? expect(allowed) : fail(nonsense(server)));
  /** The library tells of each command before it goes out, and of each reply before it acts on it. */
  const hear = ({ tnx }: { tnx?: string }, text: string): void => {
    if (tnx === 'client') transcript.sent(text);
    if (tnx === 'server' && !connection.destroyed && text !== halfLine(connection)) take(text);
  };
  const connection = new SMTPConnection(optionsFor(server, socket, hear));
  const abort = (): void => fail(abortReason(signal));
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  connection.on('error', (error: Error) => (failure ??= meaningOf(server, error)));
  connection.on('end', () => {
    for (const text of untold(connection)) take(text);
    signal.removeEventListener('abort', abort);
    disarm();
    over.resolve();
  });
  const leave = (): void => {
    signal.removeEventListener('abort', abort);
    if (connection.destroyed) return;
    expect(GOODBYE_MS);
    connection.quit();
  };
  const close = (): void => connection.close();
  return { connection, transcript, expect, fail, failure: () => failure, ended: over.promise, leave, close };
};

type Options = ConstructorParameters<typeof SMTPConnection>[0];

const optionsFor = (
  { host, port, security }: SmtpServer,
  socket: Socket,
  hear: (entry: { tnx?: string }, text: string) => void,
): Options => ({
  host,
  port,
  connection: socket,
  secure: security === 'tls',
  secured: security === 'tls',
  requireTLS: security === 'starttls',
  ignoreTLS: security !== 'starttls',
  // Nothing of this machine's is anybody's affair.
  name: '[127.0.0.1]',
  tls: tlsOptions,
  customAuth: tokenHandlers,
  logger: { debug: hear, info: () => undefined, warn: () => undefined, error: () => undefined },
  transactionLog: true,
  maxResponseSize: LONGEST_REPLY,
  socketCloseTimeout: 0,
  connectionTimeout: NEVER_MS,
  greetingTimeout: NEVER_MS,
  socketTimeout: NEVER_MS,
});
