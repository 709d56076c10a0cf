import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inPieces } from '../../src-main/lib/async.ts';
import { storeBody, storeRendered } from '../../src-main/store/bodies.ts';
import { Store, type WriteDb } from '../../src-main/store/db.ts';
import { putEmail } from '../../src-main/store/emails.ts';
import { putMailbox } from '../../src-main/store/mailboxes.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { createTidier, indexNewEmail } from '../../src-main/store/searchIndex.ts';
import { searchEmails } from '../../src-main/store/searchPages.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { parseSearch } from '../../src-shared/search.ts';
import { type SampleMail, sampleMail } from '../servers/jmap/sampleMail.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { startHost } from '../support/host.ts';
import { workersOf } from '../support/processes.ts';
import { percentile, report } from './figure.ts';
import { type BenchMail, benchMail, COMMON, RARE } from './searchMail.ts';
import { startServerProcess } from './serverProcess.ts';

/** Figures of the search; with the word 'million' also those of a million emails, which take some ten minutes to store. */
export const searchFigures = async (): Promise<boolean> => {
  const results = [await indexingTime(), await searchTimes(100_000, 20)];
  if (process.argv.includes('million')) results.push(await searchTimes(1_000_000, 60));
  return results.every(Boolean);
};

const SYNCED = 20_000;

/**
 * What indexing costs of a first sync, in processor time: storing the same mail without an index, with one that takes nothing,
 * and the time that the text takes to be made ready.
 */
const indexingTime = async (): Promise<boolean> => {
  const mails = sampleMail(SYNCED, { seed: 7 }).map(heldMail);
  const withIndex = await storeTime(mails, () => undefined);
  const without = await storeTime(mails, (store) => store.script(NO_INDEX));
  const nowhere = { run: () => ({ changes: 0, lastId: 0 }) } as unknown as WriteDb;
  const began = processorTime();
  for (const email of mails) indexNewEmail(nowhere, 1, email);
  const texts = processorTime() - began;
  const sync = await firstSyncTime(SYNCED);
  const indexing = withIndex - without + texts;
  return report({
    name: 'search.indexing.shareOfSync',
    value: indexing / sync,
    unit: "of the worker's processor time in a first sync over JMAP",
    limit: 0.5,
    detail: {
      emails: SYNCED,
      syncMs: Math.round(sync),
      indexingMs: Math.round(indexing),
      microsecondsPerEmail: Math.round((indexing * 1000) / SYNCED),
    },
  });
};

/** The mail that the server has, as its driver tells of it. */
const heldMail = (mail: SampleMail, n: number): RemoteEmail =>
  remoteEmail({
    remoteId: `m${n}`,
    receivedAt: mail.receivedAt.getTime() / 1000,
    subject: mail.subject ?? '',
    from: mail.from ? [mail.from] : [],
    to: mail.to ?? [],
    cc: mail.cc ?? [],
    preview: (mail.text ?? '').slice(0, 256),
  });

/** Of this process, in ms. */
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Takes what would be indexed, and does nothing with it. */
const NO_INDEX = `DROP TABLE email_terms; DROP TABLE email_words;
  CREATE VIEW email_words AS SELECT 0 AS rowid, '' AS subject, '' AS sender, '' AS recipients, '' AS copied, '' AS files,
    '' AS text, '' AS email_words, 0 AS rank;
  CREATE TRIGGER no_words INSTEAD OF INSERT ON email_words BEGIN SELECT 1; END;`;

const storeTime = (mails: readonly RemoteEmail[], prepare: (store: Store) => void): Promise<number> =>
  withStore(async (store) => {
    makeMailboxes(store);
    prepare(store);
    const began = processorTime();
    for (const some of inPieces(mails, 25)) {
      store.write((tx) => some.forEach((email) => void putEmail(tx, email)));
      await store.pause();
    }
    return processorTime() - began;
  });

/** What a worker needs until the last email of a first sync from a server on this machine, in ms. */
const firstSyncTime = async (messages: number): Promise<number> => {
  const server = await startServerProcess(messages);
  const host = startHost();
  try {
    const { config, credential } = server;
    await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
    await host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
    return workersOf(host.pid).reduce((sum, pid) => sum + ticksOf(pid) * 10, 0);
  } finally {
    await host.end();
    await server.stop();
  }
};

/** Hundredths of a second that a process ran: utime and stime of proc(5). */
const ticksOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ');
  return Number(fields[13]) + Number(fields[14]);
};

/** What people look for, and what is hardest. The small mailbox holds 200 emails, half of them with the common word. */
const mix = (name: string): string[] => [
  COMMON,
  RARE,
  `${COMMON} ${RARE}`,
  `${COMMON} meeting`,
  COMMON.slice(0, 4),
  COMMON.slice(0, 3),
  'me',
  `from:${name}`,
  `from:${name.slice(1, 5)}`,
  `from:alice to:alice ${COMMON}`,
  `"monthly ${COMMON}"`,
  `${COMMON} in:inbox`,
  `${COMMON} in:small`,
  `${COMMON.slice(0, 3)} in:small`,
  `${RARE} in:small`,
  `from:${name} in:small`,
  `in:small ${COMMON} -meeting`,
  `${COMMON} is:unread`,
  `${COMMON} before:2025`,
];

const ROUNDS = 12;

const withStore = async <T>(work: (store: Store, file: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-search-'));
  const file = join(folder, 'mail.sqlite');
  const store = Store.open(file, { create: true });
  try {
    migrate(store);
    return await work(store, file);
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
};

const searchTimes = (count: number, limit: number): Promise<boolean> =>
  withStore(async (store, file) => {
    const began = performance.now();
    const name = await fill(store, count);
    const filled = (performance.now() - began) / 1000;
    const untidy = times(store, name);
    await createTidier(store)(new AbortController().signal);
    const tidied = (performance.now() - began) / 1000 - filled;
    const tidy = times(store, name);
    return report({
      name: `search.${count}.p95`,
      value: percentile(tidy.ms, 95),
      unit: 'ms',
      limit,
      detail: {
        median: Number(percentile(tidy.ms, 50).toPrecision(3)),
        medians: tidy.medians,
        beforeTidying: { p95: Number(percentile(untidy.ms, 95).toPrecision(3)), medians: untidy.medians },
        ...sizes(store, file, count),
        secondsToStore: Math.round(filled),
        secondsToTidy: Math.round(tidied),
      },
    });
  });

type Times = { ms: number[]; medians: Record<string, number> };

const times = (store: Store, name: string): Times => {
  const found = new Map<string, number[]>(mix(name).map((text) => [text, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [text, ms] of found) {
      const before = performance.now();
      store.read((db) => searchEmails(db, 'a', { terms: parseSearch(text), limit: 50, after: null }));
      ms.push(performance.now() - before);
    }
  return {
    ms: [...found.values()].flat(),
    medians: Object.fromEntries([...found].map(([text, ms]) => [text, Number(percentile(ms, 50).toPrecision(3))])),
  };
};

const makeMailboxes = (store: Store): void => {
  const roles: Record<string, string> = { inbox: 'inbox', archive: 'archive', trash: 'trash', junk: 'junk' };
  store.write((tx) => {
    for (const name of ['inbox', 'archive', 'trash', 'junk', 'lists', 'small'])
      putMailbox(tx, remoteMailbox({ remoteId: name, name, role: roles[name] ?? null }));
  });
};

const fill = async (store: Store, count: number): Promise<string> => {
  makeMailboxes(store);
  let batch: BenchMail[] = [];
  let someone = '';
  for (const mail of benchMail(count)) {
    someone ||= mail.email.from[0]?.email.split('.')[0] ?? '';
    if (batch.push(mail) < 25) continue;
    const some = batch;
    batch = [];
    store.write((tx) => some.forEach((each) => put(tx, each)));
    await store.pause();
  }
  return someone;
};

const put = (tx: WriteDb, { email, body }: BenchMail): void => {
  putEmail(tx, email);
  if (body === null) return;
  const id = tx.get<{ id: number }>('SELECT id FROM emails WHERE remote_id = ?', email.remoteId)?.id ?? 0;
  storeBody(tx, id, { texts: [], textBody: [], htmlBody: [] });
  storeRendered(
    tx,
    id,
    {
      html: null,
      text: body,
      textHtml: null,
      words: null,
      blockedRemote: 0,
      isFallback: false,
      remote: [],
      preview: '',
    },
    1,
  );
};

const sizes = (store: Store, file: string, count: number): { indexBytesPerEmail: number; bytesPerEmail: number } => {
  const index = store.read((db) =>
    db.get<{ bytes: number }>(
      "SELECT sum(pgsize) AS bytes FROM dbstat WHERE aggregate = 1 AND name LIKE 'email\\_words%' ESCAPE '\\'",
    ),
  );
  return {
    indexBytesPerEmail: Math.round((index?.bytes ?? 0) / count),
    bytesPerEmail: Math.round(statSync(file).size / count),
  };
};
