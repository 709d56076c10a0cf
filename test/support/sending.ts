import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Outgoing, RecipientResult, SendResult } from '../../src-main/driver/outgoing.ts';
import { createSmtpSender, type SmtpSender } from '../../src-main/driver/smtp/sender.ts';
import { asTernError, type ErrorKind, TernError } from '../../src-shared/errors.ts';
import type { Credential } from '../../src-shared/model.ts';
import { type SmtpServer, type SmtpServerOptions, startSmtpServer } from '../servers/smtpServer.ts';
import { type FakeClock, fakeClock } from './clock.ts';

/** A message to be sent; what is left out is as plain as can be. */
type Sent = { id?: string; from?: string; to?: string[]; raw?: string | Buffer };

/** What became of a message, and what was noted on the way. `thrown`: nothing was done. */
export type Ending = {
  result: SendResult['result'] | 'thrown';
  kind: ErrorKind | null;
  message: string;
  /** States of its recipients, in order, and what the server said of each. */
  states: RecipientResult['state'][];
  replies: (string | null)[];
  /** What `committing` was told. */
  journals: string[];
};

/** A server for outgoing mail, and a sender that speaks to it. */
export type SmtpWorld = {
  server: SmtpServer;
  clock: FakeClock;
  sender: SmtpSender;
  /** Where files can be put; gone with the test. */
  folder: string;
  /** A message on the disk. */
  write(message: Sent): Outgoing;
  /** Sends one; `committing` happens at the mark. */
  send(message?: Sent, options?: { committing?: () => unknown; signal?: AbortSignal }): Promise<Ending>;
};

const never = new AbortController().signal;

/** Waits for something that happens in this process, without any time. */
export const happens = async (is: () => boolean, what: string): Promise<void> => {
  for (let turns = 0; !is(); turns++) {
    assert.ok(turns < 100_000, `in vain: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** A folder of the test's own. */
export const folderFor = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-send-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** This process trusts an authority until the test ends. */
export const trusting = (t: TestContext, ca: string): void => {
  const usual = getCACertificates('default');
  setDefaultCACertificates([...usual, ca]);
  t.after(() => setDefaultCACertificates(usual));
};

/** A message in a file. */
export const writeMessage = (folder: string, { id = 'one@example.test', from, to, raw }: Sent): Outgoing => {
  const bytes = Buffer.from(raw ?? `Message-ID: <${id}>\r\nSubject: one\r\n\r\nHello\r\n`);
  const path = join(folder, `${id.replaceAll(/[^a-z0-9]/gi, '-')}.eml`);
  writeFileSync(path, bytes);
  return {
    file: { path, size: bytes.length },
    messageId: id,
    envelope: { from: from ?? 'alice@example.test', to: to ?? ['bob@example.test'] },
    email: null,
    identity: null,
    drafts: null,
    sent: null,
    holdUntil: null,
  };
};

/** How a sending ended, as plain values. */
const endingOf = async (sending: Promise<SendResult>, journals: string[]): Promise<Ending> => {
  try {
    const result = await sending;
    const recipients = result.result === 'unknown' ? [] : result.recipients;
    const error = result.result === 'accepted' ? null : result.error;
    return {
      result: result.result,
      kind: error?.kind ?? null,
      message: error?.message ?? '',
      states: recipients.map(({ state }) => state),
      replies: recipients.map(({ reply }) => reply),
      journals,
    };
  } catch (error) {
    const { kind, message } = asTernError(error);
    if (!(error instanceof TernError)) throw error;
    return { result: 'thrown', kind, message, states: [], replies: [], journals };
  }
};

const alice: Credential = { type: 'password', username: 'alice@example.test', password: 'secret' };

/** A server and a sender that end with the test. */
export const smtpWorld = async (
  t: TestContext,
  { credential = alice, host, ...options }: SmtpServerOptions & { credential?: Credential; host?: string } = {},
): Promise<SmtpWorld> => {
  const folder = folderFor(t);
  const server = await startSmtpServer(options);
  t.after(() => server.stop());
  const clock = fakeClock();
  const config = { ...server.config, ...(host === undefined ? {} : { host }) };
  const sender = createSmtpSender({ server: config, credential, clock });
  const write = (message: Sent): Outgoing => writeMessage(folder, message);
  return {
    server,
    clock,
    sender,
    folder,
    write,
    send: (message = {}, { committing, signal = never } = {}) => {
      const journals: string[] = [];
      const note = async (journal: string): Promise<void> => {
        journals.push(journal);
        await committing?.();
      };
      return endingOf(sender.submit(write(message), { cursors: {}, committing: note }, signal), journals);
    },
  };
};
