import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Cursors, Outcome } from '../../src-main/driver/driver.ts';
import { createJmapDriver } from '../../src-main/driver/jmap/driver.ts';
import type { BytesSender } from '../../src-main/driver/jmap/mailer.ts';
import type {
  Envelope,
  Fate,
  Filing,
  Mailer,
  MessageFile,
  Outgoing,
  SendResult,
} from '../../src-main/driver/outgoing.ts';
import { rawJmap } from '../servers/cyrus/rawJmap.ts';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../servers/jmapServer.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { fakeClock } from './clock.ts';

/** A message as it is written; `bcc` adds blind recipients to its header, which what is sent should never have. */
type Letter = { id: string; text?: string; bcc?: string };

const bytesOf = ({ id, text = 'Grüße\r\n', bcc }: Letter): string =>
  [
    'From: Alice <alice@example.test>',
    'To: Bob <bob@elsewhere.test>',
    ...(bcc === undefined ? [] : [`Bcc: ${bcc}`]),
    `Subject: letter ${id}`,
    `Message-ID: <${id}@tern.test>`,
    'Date: Thu, 01 Jan 2026 08:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
  ].join('\r\n');

/** What was noted, newest last. */
type Notes = string[];

/** A mailer that is open on a server, and messages that go through it. `notes` and `commits` are what it had kept on disk. */
export type SendingRig = {
  mailer: Mailer;
  cursors: Cursors;
  drafts: string;
  sent: string;
  notes: Notes;
  commits: Notes;
  signal: AbortSignal;
  filing: (letter: Letter, more?: Partial<Filing>) => Filing;
  file: (letter: Letter, more?: Partial<Filing>) => Promise<Outcome>;
  /** Files a letter as a draft, and answers it on its way out. */
  ready: (letter: Letter, more?: Partial<Outgoing>) => Promise<Outgoing & { email: string }>;
  submit: (message: Outgoing) => Promise<SendResult>;
  /** By what was kept last. */
  fate: (message: Outgoing) => Promise<Fate>;
  filed: (message: Outgoing) => Promise<boolean>;
  cancel: (submission: string, message: Outgoing) => Promise<boolean>;
};

type Options = { bytes?: BytesSender; committing?: () => Promise<void> };

/** Where letters are written, until the test ends. */
const letterBox = (t: TestContext): ((bytes: string) => MessageFile) => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-letters-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let written = 0;
  return (bytes) => {
    const path = join(folder, `${++written}.eml`);
    writeFileSync(path, bytes);
    return { path, size: Buffer.byteLength(bytes) };
  };
};

type Target = Pick<MailServer, 'config' | 'credential' | 'truth'>;

const placesOf = async (
  server: Target,
  sessionUrl: string,
): Promise<Pick<SendingRig, 'cursors' | 'drafts' | 'sent'>> => {
  const account = (await rawJmap(server).session()).primaryAccounts['urn:ietf:params:jmap:mail'] ?? '';
  const { mailboxes } = await server.truth();
  const byRole = (role: string): string =>
    Object.entries(mailboxes).find(([, mailbox]) => mailbox.role === role)?.[0] ?? '';
  const cursors = { account: `${new URL(sessionUrl).host} ${account}` };
  return { cursors, drafts: byRole('drafts'), sent: byRole('sent') };
};

/** A rig on any JMAP server. */
export const rigOn = async (
  t: TestContext,
  server: Target,
  { bytes, committing }: Options = {},
): Promise<SendingRig> => {
  assert.equal(server.config.protocol, 'jmap');
  const { config, credential } = server;
  const driver = createJmapDriver({ config, credential, clock: fakeClock(), ...(bytes ? { bytes } : {}) });
  const { mailer } = driver;
  assert.ok(mailer);
  const write = letterBox(t);
  t.after(() => driver.close());
  const { signal } = new AbortController();
  await driver.open(null, signal);
  const { cursors, drafts, sent } = await placesOf(server, config.sessionUrl);
  const [notes, commits]: [Notes, Notes] = [[], []];
  const filing = (letter: Letter, more: Partial<Filing> = {}): Filing => ({
    file: write(bytesOf(letter)),
    messageId: `${letter.id}@tern.test`,
    mailbox: drafts,
    keywords: ['$draft', '$seen'],
    receivedAt: Date.UTC(2026, 0, 1, 8),
    journal: null,
    ...more,
  });
  const note = async (journal: string): Promise<void> => void notes.push(journal);
  const file: SendingRig['file'] = (letter, more) => mailer.file(filing(letter, more), { cursors, note }, signal);
  return {
    mailer,
    cursors,
    drafts,
    sent,
    notes,
    commits,
    signal,
    filing,
    file,
    ...verbs({ mailer, cursors, signal, commits, committing }),
    ready: async (letter, more = {}) => {
      const outcome = await file(letter);
      assert.equal(outcome.result, 'done');
      const email = outcome.result === 'done' ? (outcome.remoteId ?? '') : '';
      const envelope: Envelope = { from: 'alice@example.test', to: ['bob@elsewhere.test', 'carol@elsewhere.test'] };
      const places = { drafts, sent, identity: null, holdUntil: null };
      const { messageId, file: bytesFile } = filing(letter);
      return { file: bytesFile, messageId, envelope, ...places, ...more, email };
    },
  };
};

type Opened = Pick<SendingRig, 'mailer' | 'cursors' | 'signal' | 'commits'> & {
  committing: Options['committing'] | undefined;
};

/** What is done with a message that is ready. */
const verbs = ({ mailer, cursors, signal, commits, committing }: Opened) => ({
  submit: (message: Outgoing) =>
    mailer.submit(
      message,
      {
        cursors,
        committing: async (journal) => {
          commits.push(journal);
          await committing?.();
        },
      },
      signal,
    ),
  fate: (message: Outgoing) => mailer.fate(message, commits.at(-1) ?? '', cursors, signal),
  filed: (message: Outgoing) => mailer.isFiled(message, cursors, signal),
  cancel: (submission: string, message: Outgoing) => mailer.cancel(submission, message, cursors, signal),
});

/** A rig on a server in this process. */
export const sendingRig = async (
  t: TestContext,
  { server: options, ...more }: Options & { server?: JmapServerOptions } = {},
): Promise<SendingRig & { server: JmapServer }> => {
  const server = await startJmapServer(options);
  t.after(() => server.stop());
  return { ...(await rigOn(t, server, more)), server };
};

/** Whom the server handed a message to, each as often as it did. */
export const ledger = ({ sent }: JmapServer): string[] =>
  sent.map(({ messageId, recipient }) => `${messageId} ${recipient}`);

/** Once to each recipient of `ready`. */
export const once = (id: string): string[] =>
  ['bob@elsewhere.test', 'carol@elsewhere.test'].map((recipient) => `${id}@tern.test ${recipient}`);

/** Asserts that nothing was handed to anybody twice. */
export const assertAtMostOnce = (server: JmapServer): void => {
  const handed = ledger(server);
  assert.deepEqual(handed, [...new Set(handed)]);
};
