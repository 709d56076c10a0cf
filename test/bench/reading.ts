import { sanitiseHtml } from '../../src-main/html/sanitise.ts';
import { rawJmap } from '../servers/cyrus/rawJmap.ts';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { withImap } from '../servers/imap/rawImapActions.ts';
import type { MailServer, TestMail } from '../servers/mailServer.ts';
import { type Host, startHost } from '../support/host.ts';
import { percentile, report, timed } from './figure.ts';
import { newsletter } from './newsletter.ts';
import { startServerProcess } from './serverProcess.ts';

const SIZE = 40_000;
const READ = 60;
/** Over JMAP so many of the newest come with their bodies at once. */
const NEWER = 520;
const CACHED = 2_000;
const ACCOUNTS = 10;
const PAGES = 100;

/** How long it takes until mail is read: held, not held, and the inboxes of ten accounts in one list. */
export const readingFigures = async (): Promise<boolean | null> =>
  [await unified(), ...(await uncachedOn('Dovecot')), ...(await uncachedOn('Cyrus'))].every(Boolean);

const letter = (n: number): TestMail => ({
  subject: `letter ${n}`,
  text: `This is letter ${n}.`,
  html: newsletter(SIZE).replaceAll('number', `number ${n}`),
  receivedAt: new Date(Date.UTC(2025, 0, 1, 0, n)),
});
const small = (n: number): TestMail => ({ subject: `small ${n}`, receivedAt: new Date(Date.UTC(2025, 6, 1, 0, n)) });
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n + 1));

type Peer = (subject: string) => Promise<void>;

const uncachedOn = async (name: 'Dovecot' | 'Cyrus'): Promise<boolean[]> => {
  const missing = name === 'Dovecot' ? dovecotAvailable() : cyrusAvailable();
  if (missing !== null) {
    console.error(`SKIPPED reading on ${name}: ${missing}`);
    return [];
  }
  if (name === 'Cyrus') {
    const server = await startCyrus();
    try {
      const jmap = rawJmap(server);
      return await uncached(name, server, (measure) => measure(overJmap(jmap)));
    } finally {
      await server.stop();
    }
  }
  const server = await startDovecot();
  try {
    return await uncached(name, server, (measure) =>
      withImap(server.imap, async (imap) => {
        await imap.run('EXAMINE INBOX');
        return measure(overImap(imap));
      }),
    );
  } finally {
    await server.stop();
  }
};

const overJmap =
  (jmap: ReturnType<typeof rawJmap>): Peer =>
  async (id) => {
    const properties = ['textBody', 'htmlBody', 'attachments', 'bodyValues'];
    const wanted = { fetchTextBodyValues: true, fetchHTMLBodyValues: true, maxBodyValueBytes: 2_000_000 };
    await jmap.ask('Email/get', { ids: [id], properties, ...wanted });
  };

const overImap =
  (imap: Parameters<Parameters<typeof withImap>[1]>[0]): Peer =>
  async (id) => {
    const uid = Number(id);
    await imap.run(`UID FETCH ${uid} (BODYSTRUCTURE)`);
    await imap.run(`UID FETCH ${uid} (BODY.PEEK[1] BODY.PEEK[2])`);
  };

/** The same mail by a bare client and by Tern, one after the other in turn, so that a slow moment hits both. */
const uncached = async (
  name: string,
  server: MailServer,
  withPeer: (measure: (peer: Peer) => Promise<boolean[]>) => Promise<boolean[]>,
): Promise<boolean[]> => {
  const ids = await server.deliver(many(READ, letter));
  await server.deliver(many(NEWER, small));
  const host = startHost();
  try {
    const { config, credential } = server;
    const { account } = await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
    await host.call('settings.set', account.id, { bodies: { prefetch: false } });
    await host.call('sync.now', account.id, {});
    const emails = await listed(host, account.id);
    const letters = many(READ, (n) => emails.get(`letter ${n}`) ?? '');
    return await withPeer(async (peer) => {
      const over: number[] = [];
      const bare: number[] = [];
      for (const [n, email] of letters.entries()) {
        const id = ids[n] ?? '';
        const alone = (await timed(() => peer(name === 'Dovecot' ? String(n + 1) : id))).ms;
        const { ms, value } = await timed(() => host.call('bodies.get', account.id, { email }));
        if (value.source !== 'server') throw new Error(`letter ${n + 1} was held already`);
        bare.push(alone);
        over.push(ms - alone - sanitising(n + 1));
      }
      const cached = await cachedTimes(host, account.id, letters);
      const detail = { bareMedianMs: Number(percentile(bare, 50).toPrecision(3)), characters: SIZE };
      return [
        report({
          name: `reading.uncached.${name.toLowerCase()}`,
          value: percentile(over, 50),
          unit: 'ms beyond the bare fetch and the time to make it safe (median)',
          limit: 15,
          detail: { ...detail, p95: Number(percentile(over, 95).toPrecision(3)) },
        }),
        report({
          name: `reading.cached.p99.${name.toLowerCase()}`,
          value: percentile(cached, 99),
          unit: 'ms',
          limit: 5,
          detail: { median: Number(percentile(cached, 50).toPrecision(3)), characters: SIZE },
        }),
      ];
    });
  } finally {
    await host.end();
  }
};

const sanitising = (n: number): number => {
  const html = letter(n).html ?? '';
  const before = performance.now();
  sanitiseHtml(html, { view: 'bench', parts: new Map(), remote: 'blocked' });
  return performance.now() - before;
};

const cachedTimes = async (host: Host, account: string, emails: string[]): Promise<number[]> => {
  const times: number[] = [];
  for (let n = 0; n < CACHED; n++) {
    const email = emails[(n * 7) % emails.length] ?? '';
    times.push((await timed(() => host.call('bodies.get', account, { email }))).ms);
  }
  return times;
};

const listed = async (host: Host, account: string): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  for (let after: string | undefined; ; ) {
    const page = await host.call('emails.list', account, { limit: 200, ...(after === undefined ? {} : { after }) });
    for (const { subject, id } of page.emails) found.set(subject ?? '', id);
    if (page.next === null) return found;
    after = page.next;
  }
};

/** The first 50 of all inboxes. */
const unified = async (): Promise<boolean> => {
  const server = await startServerProcess(1_000);
  const host = startHost();
  try {
    const { config, credential } = server;
    for (let n = 0; n < ACCOUNTS; n++) {
      const email = `alice${n}@example.test`;
      const { account } = await host.call('accounts.add', null, { email, config, credential });
      await host.call('settings.set', account.id, { bodies: { prefetch: false } });
    }
    await host.call('sync.now', null, {});
    const times: number[] = [];
    for (let n = 0; n < PAGES; n++) {
      const { ms, value } = await timed(() => host.call('emails.list', null, { role: 'inbox', limit: 50 }));
      if (value.emails.length !== 50) throw new Error(`${value.emails.length} of 50 emails are listed`);
      times.push(ms);
    }
    return report({
      name: 'reading.unified.p95',
      value: percentile(times, 95),
      unit: `ms for the first 50 of ${ACCOUNTS} accounts`,
      limit: 20,
      detail: { median: Number(percentile(times, 50).toPrecision(3)) },
    });
  } finally {
    await host.end();
    await server.stop();
  }
};
