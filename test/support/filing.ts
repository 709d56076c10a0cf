import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Cursors, Driver, Known, Outcome } from '../../src-main/driver/driver.ts';
import { createImapDriver } from '../../src-main/driver/imap/driver.ts';
import type { Filing, Mailer } from '../../src-main/driver/outgoing.ts';
import type { Credential, ImapConfig } from '../../src-shared/model.ts';
import { type ImapAccess, withImap } from '../servers/imap/rawImapActions.ts';
import { wireName } from '../servers/imap/rawImapMailboxes.ts';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../servers/imapServer.ts';
import { type Stall, startProxy } from '../servers/proxy.ts';
import { fakeClock } from './clock.ts';
import { seededRandom } from './random.ts';
import { folderFor, writeMessage } from './sending.ts';

/** An account to file mail in; `raw`: how another client gets there. */
export type Account = { config: ImapConfig; credential: Credential; raw: ImapAccess };

/** The account of a server in this process. */
export const accountInProcess = async (
  t: TestContext,
  options: ImapServerOptions = {},
): Promise<{ server: ImapServer; account: Account }> => {
  const server = await startImapServer(options);
  t.after(() => server.stop());
  const { config, credential, port } = server;
  assert.ok(config.protocol === 'imap' && credential.type === 'password');
  return { server, account: { config, credential, raw: { dial: { port }, credential, mailboxId: 'X-GUID' } } };
};

/** What is filed, and what a call that was cut off had noted. */
type Wanted = { id?: string; mailbox?: string; keywords?: string[]; raw?: string; journal?: string | null };

/** A driver that has pulled an account in which nothing is held, and files through a proxy. */
export type FilingWorld = {
  driver: Driver;
  mailer: Mailer;
  cursors: Cursors;
  /** Pulls, so that the cursors are of now. */
  pull(): Promise<void>;
  file(wanted?: Wanted, options?: { note?: (journal: string) => Promise<void>; signal?: AbortSignal }): Promise<Filed>;
  /** Where the file of a message is. */
  path(id: string): string;
  /** The next message is cut off: before its bytes are passed on, in the middle of them, or as it is answered. */
  cut(how: 'before' | 'during' | 'after'): void;
  /** The bytes of the next message stay on the line, but for the first. */
  stall(): Stall;
  /** Sequence numbers of the messages in a mailbox with that Message-ID, as another client finds them. */
  found(id?: string, mailbox?: string): Promise<number>;
};

/** An outcome as plain values, and what was noted on the way, oldest first. */
type Filed = { result: Outcome['result']; kind: string | null; remoteId: string | undefined; notes: string[] };

export const ID = 'one@example.test';
/** What makes a message larger than any command, also where it is compressed: so the proxy knows it. */
const random = seededRandom(1);
const BULK = Buffer.from(Array.from({ length: 9_000 }, () => Math.floor(random() * 256)))
  .toString('base64')
  .replaceAll(/.{76}/g, '$&\r\n');
const LARGEST_COMMAND = 4_000;
const never = new AbortController().signal;

/** A replica of nothing. */
export const nothingHeld: Known = {
  emails: () => new Set(),
  identities: () => new Map(),
  notes: () => new Map(),
  emailsAfter: () => [],
  countBetween: () => 0,
  emailCount: () => 0,
  emailsExpected: () => 0,
  mailboxes: () => [],
  madeMailboxes: () => [],
  unansweredDeletions: () => [],
};

const plain = (outcome: Outcome, notes: string[]): Filed => ({
  result: outcome.result,
  kind: 'error' in outcome ? outcome.error.kind : null,
  remoteId: 'remoteId' in outcome ? outcome.remoteId : undefined,
  notes,
});

/** A world that ends with the test. */
export const filingWorld = async (t: TestContext, account: Account): Promise<FilingWorld> => {
  const folder = folderFor(t);
  const { imap } = account.config;
  const proxy = await startProxy(imap.port, { asks: () => false, changes: (bytes) => bytes.length > LARGEST_COMMAND });
  t.after(() => proxy.stop());
  const config = { ...account.config, imap: { ...imap, port: proxy.port } };
  const { credential } = account;
  const driver = createImapDriver({
    config,
    credential,
    clock: fakeClock(),
  });
  t.after(() => driver.close());
  const { mailer } = driver;
  assert.ok(mailer);
  const cursors: Record<string, string> = {};
  const pull = async (): Promise<void> => {
    for await (const delta of driver.pull(cursors, nothingHeld, never, { thorough: true }))
      for (const { key, to } of delta.cursors) {
        if (to === null) delete cursors[key];
        else cursors[key] = to;
      }
  };
  await driver.open(null, never);
  await pull();
  const filingOf = ({ id = ID, mailbox = 'Sent', keywords = ['$seen'], raw, journal = null }: Wanted): Filing => ({
    file: writeMessage(folder, { id, raw: raw ?? `Message-ID: <${id}>\r\nSubject: one\r\n\r\nHello\r\n${BULK}\r\n` })
      .file,
    messageId: id,
    mailbox,
    keywords,
    receivedAt: Date.UTC(2026, 1, 3, 4, 5, 6),
    journal,
  });
  return {
    driver,
    mailer,
    cursors,
    pull,
    file: async (wanted = {}, { note, signal = never } = {}) => {
      const notes: string[] = [];
      const keep = async (journal: string): Promise<void> => {
        await note?.(journal);
        notes.push(journal);
      };
      return plain(await mailer.file(filingOf(wanted), { cursors, note: keep }, signal), notes);
    },
    path: (id) => writeMessage(folder, { id }).file.path,
    cut: (how) => proxy.cutNext(how, true),
    stall: () => proxy.stallNext(),
    found: (id = ID, mailbox = 'Sent') =>
      withImap(account.raw, async (client) => {
        await client.run(`EXAMINE ${wireName(mailbox)}`);
        const { lines } = await client.run(`UID SEARCH HEADER Message-ID "<${id}>"`);
        return lines.find(({ text }) => text.startsWith('* SEARCH'))?.text.match(/\d+/g)?.length ?? 0;
      }),
  };
};
