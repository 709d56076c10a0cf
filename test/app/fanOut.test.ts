import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cycle } from '../../src-shared/contractRows.ts';
import type { EmailHead } from '../../src-shared/model.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { addSynced, type Host, startHost } from '../support/host.ts';
import { killHard, until, workersOf } from '../support/processes.ts';
import { seededRandom } from '../support/random.ts';

const PER_ACCOUNT = 40;

/** Few different dates, so that many are equal, within accounts and across them; some before 1970. */
const mailsOf = (account: number) => {
  const random = seededRandom(account);
  return Array.from({ length: PER_ACCOUNT }, (_, n) => ({
    subject: `${account}/${n}`,
    receivedAt: new Date((n < 3 ? -1 : 1) * Math.floor(random() * 12) * 3_600_000),
  }));
};

describe('calls for all accounts', () => {
  let host: Host;
  const servers: JmapServer[] = [];
  const accounts: string[] = [];
  before(async () => {
    host = startHost({ quiet: true });
    for (const n of [1, 2, 3]) {
      const server = await startJmapServer();
      await server.deliver(mailsOf(n));
      servers.push(server);
      accounts.push(await addSynced(host, server, `alice${n}@example.test`));
    }
  });
  after(async () => {
    assert.equal(await host.end(), 0);
    for (const server of servers) await server.stop();
  });

  /** Every page of a list, one after the other. */
  const walk = async (account: string | null, limit: number, more: object = {}): Promise<EmailHead[][]> => {
    const pages: EmailHead[][] = [];
    for (let place: string | undefined; pages.length < 500; ) {
      const page = await host.call('emails.list', account, { limit, ...more, ...(place ? { after: place } : {}) });
      pages.push(page.emails);
      if (page.next === null) return pages;
      assert.equal(page.emails.length, limit, 'only the last page is short');
      place = page.next;
    }
    throw new Error('the pages never end');
  };
  const subjects = (emails: EmailHead[]): (string | null)[] => emails.map(({ subject }) => subject);
  const inOrder = (emails: EmailHead[]): boolean =>
    emails.every((email, n) => n === 0 || (emails[n - 1]?.receivedAt ?? '') >= email.receivedAt);

  it('emails.list shows every email once, newest first, whatever the size of the pages', async () => {
    const whole = (await walk(null, 200)).flat();
    assert.equal(new Set(subjects(whole)).size, 3 * PER_ACCOUNT);
    assert.equal(whole.length, 3 * PER_ACCOUNT);
    assert.ok(inOrder(whole));
    for (const limit of [1, 7, 50]) assert.deepEqual(subjects((await walk(null, limit)).flat()), subjects(whole));
    for (const account of accounts) {
      const own = (await walk(account, 9)).flat();
      assert.deepEqual(subjects(own), subjects(whole.filter((email) => email.account === account)));
    }
  });

  it('emails.list ends with next null exactly when nothing follows', async () => {
    const [first, ...more] = await walk(null, 3 * PER_ACCOUNT);
    assert.deepEqual([first?.length, more], [3 * PER_ACCOUNT, []]);
  });

  it('filters and roles go to every account', async () => {
    const inbox = (await walk(null, 50, { role: 'inbox' })).flat();
    assert.equal(inbox.length, 3 * PER_ACCOUNT);
    assert.deepEqual(await walk(null, 50, { role: 'trash' }), [[]]);
    const some = (await walk(null, 2, { filter: { subject: '/1' } })).flat();
    assert.equal(some.length, 3 * 11);
    assert.ok(inOrder(some));
  });

  it('paging goes on where it was when mail comes and goes meanwhile', async () => {
    const [server] = servers;
    assert.ok(server);
    const first = await host.call('emails.list', null, { limit: 20 });
    const [added = ''] = await server.deliver([{ subject: 'new on top', receivedAt: new Date() }]);
    assert.deepEqual(await host.call('sync.now', accounts[0] ?? '', {}), { result: 'ok' });
    const rest = (await walk(null, 20, { after: first.next })).flat();
    const all = [...first.emails, ...rest];
    assert.equal(new Set(subjects(all)).size, 3 * PER_ACCOUNT);
    assert.ok(!subjects(all).includes('new on top'));
    await server.destroy([added]);
    assert.deepEqual(await host.call('sync.now', null, {}), { result: 'ok' });
  });

  it('mailboxes.list, sync.status and sync.now answer for all of them', async () => {
    const { mailboxes } = await host.call('mailboxes.list', null, {});
    assert.equal(mailboxes.length, 18);
    assert.deepEqual(new Set(mailboxes.map(({ account }) => account)), new Set(accounts));
    const status = (await host.call('sync.status', null, {})).accounts;
    const listed = (await host.call('accounts.list', null, {})).accounts;
    const byId = (rows: typeof listed) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(byId(status), byId(listed));
    for (const server of servers) await server.deliver([{ subject: 'more', receivedAt: new Date(0) }]);
    assert.deepEqual(await host.call('sync.now', null, {}), { result: 'ok' });
    const { emails } = await host.call('emails.list', null, { filter: { subject: 'more' } });
    assert.deepEqual(new Set(emails.map(({ account }) => account)), new Set(accounts));
  });

  it('sync.log merges the cycles of all, newest first, page by page', async () => {
    const pages: Cycle[] = [];
    for (let place: string | undefined; ; ) {
      const { cycles, next } = await host.call('sync.log', null, { limit: 2, ...(place ? { after: place } : {}) });
      pages.push(...cycles);
      if (next === null) break;
      place = next;
    }
    const whole = (await host.call('sync.log', null, { limit: 200 })).cycles;
    assert.deepEqual(pages, whole);
    assert.deepEqual(new Set(whole.map(({ account }) => account)), new Set(accounts));
    const times = whole.map(({ finishedAt }) => finishedAt);
    assert.deepEqual(times, times.toSorted().toReversed());
  });

  it('one account that fails to sync is told, and takes nothing from the others', async () => {
    const [, second, third] = servers;
    assert.ok(second && third);
    second.trouble.failNext('http500', 1);
    await third.deliver([{ subject: 'arrives', receivedAt: new Date(0) }]);
    const { result, error } = await host.call('sync.now', null, {});
    assert.deepEqual([result, error?.kind], ['error', 'server']);
    const { emails } = await host.call('emails.list', null, { filter: { subject: 'arrives' } });
    assert.equal(emails.length, 1);
    assert.deepEqual(await host.call('sync.now', accounts[1] ?? '', {}), { result: 'ok' });
  });

  it('one account whose worker hangs takes nothing from the others', { timeout: 20_000 }, async () => {
    const [stuck] = workersOf(host.pid);
    assert.ok(stuck);
    process.kill(stuck, 'SIGSTOP');
    try {
      const { emails } = await host.call('emails.list', null, { limit: 200 });
      assert.ok(emails.length > 0);
      assert.ok((await host.call('mailboxes.list', null, {})).mailboxes.length > 0);
    } finally {
      process.kill(stuck, 'SIGCONT');
    }
  });

  it('one account whose worker is gone breaks nothing and comes back', async () => {
    const shown = subjects((await walk(null, 50)).flat());
    const [worker = 0] = workersOf(host.pid);
    await killHard(worker);
    const lines = await Promise.all([
      host.ask({ call: 'emails.list', account: null }),
      host.ask({ call: 'mailboxes.list', account: null }),
      host.ask({ call: 'sync.status', account: null }),
    ]);
    assert.deepEqual(
      lines.map(({ error }) => error),
      [undefined, undefined, undefined],
    );
    await until('it is back', async () => (await walk(null, 50)).flat().length === shown.length);
    assert.deepEqual(subjects((await walk(null, 50)).flat()), shown);
  });
});

describe('calls for all of no accounts', () => {
  it('answer empty', async () => {
    const host = startHost();
    assert.deepEqual(await host.call('emails.list', null, {}), { emails: [], next: null });
    assert.deepEqual(await host.call('sync.log', null, {}), { cycles: [], next: null });
    assert.deepEqual(await host.call('mailboxes.list', null, {}), { mailboxes: [] });
    assert.deepEqual(await host.call('sync.status', null, {}), { accounts: [] });
    assert.deepEqual(await host.call('sync.now', null, {}), { result: 'ok' });
    assert.equal(await host.end(), 0);
  });
});
