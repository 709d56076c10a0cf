import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Driver, EmailPush, MailboxPush, Outcome } from '../../src-main/driver/driver.ts';
import { createJmapDriver } from '../../src-main/driver/jmap/driver.ts';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../servers/jmapServer.ts';
import { fakeClock } from './clock.ts';

/** An in-process server, a driver that is open on it, and pushes whose cursors are the server's present. */
export type Rig = {
  server: JmapServer;
  driver: Driver;
  emails: (emails: (Partial<EmailPush> & { remoteId: string })[], relaxed?: boolean) => Promise<Outcome[]>;
  mailbox: (mailbox: MailboxPush) => Promise<Outcome | undefined>;
};

/** A rig that ends with its test. */
export const rig = async (t: TestContext, options: JmapServerOptions = {}): Promise<Rig> => {
  const server = await startJmapServer(options);
  assert.equal(server.config.protocol, 'jmap');
  const driver = createJmapDriver({ config: server.config, credential: server.credential, clock: fakeClock() });
  t.after(async () => {
    await driver.close();
    await server.stop();
  });
  const { signal } = new AbortController();
  await driver.open(null, signal);
  const cursors = async (): Promise<Record<string, string>> => {
    const calls = ['Email', 'Mailbox'].map((type) => [`${type}/get`, { accountId: 'alice', ids: [] }, type]);
    const answer = await fetch(`${server.url}/jmap/api/`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa('alice@example.test:secret')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
        methodCalls: calls,
      }),
    });
    const { methodResponses } = (await answer.json()) as { methodResponses: [string, { state: string }][] };
    const [email, mailbox] = methodResponses.map(([, { state }]) => state);
    return { account: `${new URL(server.url).host} alice`, email: email ?? '', mailbox: mailbox ?? '' };
  };
  const plain = { keywords: {}, mailboxes: {}, destroy: false, journal: null };
  const note = async (): Promise<void> => undefined;
  return {
    server,
    driver,
    emails: async (emails, relaxed = false) =>
      driver.push(
        { type: 'emails', emails: emails.map((email) => ({ ...plain, ...email })) },
        { cursors: await cursors(), relaxed, note },
        signal,
      ),
    mailbox: async (mailbox) =>
      (await driver.push({ type: 'mailbox', mailbox }, { cursors: await cursors(), relaxed: false, note }, signal))[0],
  };
};
