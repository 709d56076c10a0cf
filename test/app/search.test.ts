import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CallInput, CallOutput } from '../../src-shared/contract.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { addSynced, type Host, startHost } from '../support/host.ts';
import { workersOf } from '../support/processes.ts';

const PER_ACCOUNT = 30;

/** Numbered mail of one account, a minute apart, half of it reports. */
const mailsOf = (account: string) =>
  Array.from({ length: PER_ACCOUNT }, (_, n) => ({
    subject: `${account}/${n} ${n % 2 === 0 ? 'report' : 'letter'}`,
    text: `all about number${n}`,
    receivedAt: new Date(Date.UTC(2026, 0, 1, 0, n)),
  }));

type Found = CallOutput<'search.query'>;

describe('a search of all accounts', () => {
  let host: Host;
  let jmap: JmapServer;
  let imap: ImapServer;
  const accounts: string[] = [];
  before(async () => {
    host = startHost({ quiet: true });
    jmap = await startJmapServer();
    imap = await startImapServer({});
    await jmap.deliver(mailsOf('jmap'));
    await imap.deliver(mailsOf('imap'));
    accounts.push(await addSynced(host, jmap, 'alice@jmap.test'), await addSynced(host, imap, 'alice@imap.test'));
  });
  after(async () => {
    assert.equal(await host.end(), 0);
    await jmap.stop();
    await imap.stop();
  });

  const search = (
    text: string,
    more: Partial<CallInput<'search.query'>> = {},
    account: string | null = null,
  ): Promise<Found> => host.call('search.query', account, { text, ...more });
  const subjects = ({ emails }: Found): (string | null)[] => emails.map(({ subject }) => subject);
  /** Every page, one after the other. */
  const walk = async (text: string, limit: number): Promise<(string | null)[]> => {
    const found: (string | null)[] = [];
    for (let place: string | undefined; found.length < 500; ) {
      const page = await search(text, { limit, ...(place === undefined ? {} : { after: place }) });
      found.push(...subjects(page));
      if (page.next === null) return found;
      place = page.next;
    }
    throw new Error('the pages never end');
  };

  it('of people merges accounts, whom one heard from in several first', async () => {
    const pat = { name: 'Pat Both', email: 'pat@both.example' };
    const once = { name: 'Pat Once', email: 'pat@once.example' };
    await jmap.deliver([pat, pat, once, once, once].map((from) => ({ subject: 'hello', from })));
    await imap.deliver([pat, pat].map((from) => ({ subject: 'hello', from })));
    const self = [{ name: 'Alice', email: 'alice@jmap.test' }];
    const namesake = { name: 'Alice Else', email: 'alice@else.example' };
    await jmap.deliver(
      [{ to: self }, { to: self }, { to: self, from: namesake }].map((each) => ({ subject: 'hello', ...each })),
    );
    await host.call('sync.now', null, {});
    const ask = async (account: string | null, text: string, limit = 10): Promise<string[]> =>
      (await host.call('people.suggest', account, { text, limit })).people.map(({ email }) => email);
    assert.deepEqual(await ask(null, 'pat'), ['pat@both.example', 'pat@once.example']);
    assert.deepEqual(await ask(accounts[0] ?? '', 'pat', 1), ['pat@once.example']);
    assert.deepEqual(await ask(accounts[0] ?? '', 'alice', 1), ['alice@else.example'], 'oneself takes no place');
    assert.deepEqual(await ask(null, 'jmap'), [], 'nobody writes to themselves');
  });

  it('F14 merges accounts, newest first, whatever the size of the pages', async () => {
    const whole = await walk('report', 200);
    assert.equal(whole.length, PER_ACCOUNT);
    assert.equal(new Set(whole).size, PER_ACCOUNT);
    for (const limit of [1, 7]) assert.deepEqual(await walk('report', limit), whole);
    assert.deepEqual(
      subjects(await search('report', {}, accounts[0] ?? '')),
      whole.filter((subject) => subject?.startsWith('jmap')),
    );
  });

  it('F14 finds a mailbox in each account that has it', async () => {
    assert.equal((await walk('report in:inbox', 50)).length, PER_ACCOUNT);
    assert.deepEqual(await walk('report in:nowhere', 50), []);
  });

  it('F14 answers nothing for nothing, and refuses what is no input', async () => {
    assert.deepEqual(await search(''), { emails: [], next: null, partial: false });
    const { error } = await host.ask({ call: 'search.query', account: null, input: { text: 'x'.repeat(1001) } });
    assert.deepEqual([error?.kind, error?.field], ['invalid', 'text']);
  });

  it('F15 asks the server for what is not here, and shows each email once', async () => {
    const found = await search('number7', { server: true });
    assert.deepEqual(
      subjects(found).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      ['imap/7 letter', 'jmap/7 letter'],
    );
    assert.equal(found.partial, false);
    const both = await search('report', { server: true, limit: 200 });
    assert.equal(both.emails.length, PER_ACCOUNT);
  });

  it('F15 pages through what the server finds', async () => {
    const found: (string | null)[] = [];
    for (let place: string | undefined; found.length < 500; ) {
      const page = await search('about', { server: true, limit: 13, ...(place === undefined ? {} : { after: place }) });
      found.push(...subjects(page));
      if (page.next === null) break;
      place = page.next;
    }
    assert.equal(found.length, 2 * PER_ACCOUNT);
    assert.equal(new Set(found).size, 2 * PER_ACCOUNT);
  });

  it('F15 answers what is here when servers are away, and says that there may be more', async () => {
    await jmap.stop();
    await imap.stop();
    const found = await search('report', { server: true, limit: 200 });
    assert.equal(found.emails.length, PER_ACCOUNT);
    assert.equal(found.partial, true);
  });

  it('F14 answers for the others when an account does not, and says so', { timeout: 20_000 }, async () => {
    const [stuck] = workersOf(host.pid);
    assert.ok(stuck);
    process.kill(stuck, 'SIGSTOP');
    try {
      const found = await search('report', { limit: 200 });
      assert.deepEqual([found.emails.length, found.partial], [PER_ACCOUNT / 2, true]);
    } finally {
      process.kill(stuck, 'SIGCONT');
    }
  });
});
