import type { Cycle } from '../../src-shared/contractRows.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { EmailHead } from '../../src-shared/model.ts';
import type { CycleLog } from '../engine/cycleLog.ts';
import { localId } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import { submitChanges } from '../engine/outbox.ts';
import { type Clock, isoTime } from '../lib/clock.ts';
import type { Page, WorkerCallName, WorkerCalls } from '../rpc/workerProtocol.ts';
import { readAccount } from '../store/account.ts';
import { forgetEvictions } from '../store/bodies.ts';
import type { ReadDb, Store } from '../store/db.ts';
import { listEmails } from '../store/emailPages.ts';
import { readEmail, readHead } from '../store/emailReads.ts';
import { inboxUnread, listMailboxes, mailboxExists, mailboxesWithRole } from '../store/mailboxes.ts';
import { addCounts, countOutgoing } from '../store/outgoingCounts.ts';
import { countPending, type PendingCounts } from '../store/pending.ts';
import {
  allowsMore,
  readAccountSettings,
  readBodySettings,
  readLabel,
  writeAccountSettings,
} from '../store/settings.ts';
import { cycleOf, lastSyncedAt, listCycles } from '../store/syncLog.ts';
import { threadEmails } from '../store/threads.ts';
import type { Outgoing } from './outgoing.ts';
import { answerPeople } from './people.ts';
import type { Reading } from './reading.ts';
import { answerSearch } from './search.ts';

/** The account half of the contract, and the host's own questions, as functions over an open account. */
export type AccountCalls = {
  [N in Exclude<WorkerCallName, 'open' | 'test' | 'update' | 'vaultOpened' | 'reseal' | 'close'>]: (
    input: WorkerCalls[N]['input'],
    signal: AbortSignal,
  ) => WorkerCalls[N]['output'] | Promise<WorkerCalls[N]['output']>;
};

type Parts = {
  account: string;
  store: Store;
  engine: Engine;
  cycles: CycleLog;
  clock: Clock;
  reading: Reading;
  outgoing: Outgoing;
};

/** Answers calls from the store; only `sync.now` and what is not held yet wait for the server. */
export const accountCalls = ({ account, store, engine, cycles, clock, reading, outgoing }: Parts): AccountCalls => ({
  stored: () => store.read(storedIn),
  row: () => store.read((db) => rowOf(db, account, engine)),
  wake: () => {
    engine.wake();
    outgoing.woken();
    return null;
  },
  makeRoom: () => {
    engine.makeRoom();
    return null;
  },
  'sync.now': () => engine.syncNow(),
  'sync.log': (input) => store.read((db) => cyclePage(db, account, cycles, input)),
  'mailboxes.list': () => ({ mailboxes: store.read((db) => listMailboxes(db, account)) }),
  'emails.list': (input) => store.read((db) => emailPage(db, account, input)),
  'emails.get': ({ ids }) =>
    store.read((db) => {
      const found = ids.map((id) => ({ id, email: readEmail(db, account, localId(id)) }));
      return {
        emails: found.flatMap(({ email }) => email ?? []),
        notFound: found.flatMap(({ id, email }) => (email ? [] : id)),
      };
    }),
  ...readingCalls(store, reading),
  'search.query': (input, signal) =>
    answerSearch({ account, store, clock, reader: (until) => engine.reader(until) }, input, signal),
  'people.suggest': (input) => store.read((db) => answerPeople(db, input, clock.now() / 1000)),
  'changes.submit': ({ changes }) => sendSoon(engine, submitChanges(store, clock, changes)),
  ...outgoing.calls,
  'threads.get': ({ thread }) =>
    store.read((db) => {
      const emails = threadEmails(db, localId(thread)).flatMap((id) => readHead(db, account, id) ?? []);
      if (emails.length === 0) throw new TernError('notFound', 'no such thread', { field: 'thread' });
      return { thread, emails };
    }),
});

type ReadingCall =
  | 'bodies.get'
  | 'bodies.remote'
  | 'attachments.read'
  | 'emails.source'
  | 'mailingList.unsubscribe'
  | 'settings.get'
  | 'settings.set';

const readingCalls = (
  store: Store,
  { openBody, readRemote, readFile, unsubscribe, keep }: Reading,
): Pick<AccountCalls, ReadingCall> => ({
  'bodies.get': async ({ email, ...options }, signal) => {
    const { remote: _, ...body } = await openBody(localId(email), options, signal);
    return body;
  },
  'bodies.remote': ({ email, part, n }, signal) => readRemote(localId(email), part ?? null, n, signal),
  'attachments.read': ({ email, part }, signal) => readFile(localId(email), part, signal),
  'emails.source': async ({ email }, signal) => {
    const { path, size } = await readFile(localId(email), null, signal);
    return { path, size };
  },
  'mailingList.unsubscribe': ({ email, ...options }, signal) => unsubscribe(localId(email), options, signal),
  'settings.get': () => store.read(readAccountSettings),
  'settings.set': (patch) => {
    const settings = store.write(
      (tx) => {
        const before = readBodySettings(tx);
        writeAccountSettings(tx, patch);
        if (allowsMore(readBodySettings(tx), before)) forgetEvictions(tx);
        return readAccountSettings(tx);
      },
      { durable: true },
    );
    if (patch.bodies) keep();
    return settings;
  },
});

/** Answers at once; the engine sends what was recorded as soon as it can. */
const sendSoon = <T>(engine: Engine, answer: T): T => {
  engine.changed();
  return answer;
};

const storedIn = (db: ReadDb): WorkerCalls['stored']['output'] => {
  const stored = readAccount(db);
  if (!stored) throw missing();
  const { id: _, ...account } = stored;
  return { ...account, settings: readAccountSettings(db) };
};

const missing = (): TernError => new TernError('storage', 'the account is missing from its database');

const rowOf = (db: ReadDb, account: string, engine: Engine): WorkerCalls['row']['output'] => {
  const stored = readAccount(db);
  if (!stored) throw missing();
  const { phase, error, retryAt } = engine.status();
  const label = readLabel(db);
  const synced = lastSyncedAt(db);
  return {
    id: account,
    email: stored.email,
    name: stored.name,
    ...(label === '' ? {} : { label }),
    protocol: stored.config.protocol,
    phase,
    ...(error ? { error } : {}),
    ...(retryAt === undefined ? {} : { retryAt: isoTime(retryAt) }),
    lastSyncedAt: synced === null ? null : isoTime(synced),
    pending: unsettled(addCounts(countPending(db), countOutgoing(db))),
    unread: inboxUnread(db),
    order: stored.order,
    colour: stored.colour,
  };
};

const unsettled = ({ queued, inflight, uncertain }: PendingCounts): number => queued + inflight + uncertain;

const emailPage = (db: ReadDb, account: string, input: WorkerCalls['emails.list']['input']): Page<EmailHead> => {
  const mailbox = input.role === undefined ? namedMailbox(db, input.mailbox) : mailboxesWithRole(db, input.role)[0];
  if (mailbox === undefined) return { rows: [], places: [], more: false };
  const { places, ...page } = listEmails(db, account, {
    mailbox,
    filter: input.filter ?? {},
    collapseThreads: input.collapseThreads,
    limit: input.limit,
    after: input.after && { second: input.after.time, id: input.after.rank },
  });
  return { ...page, places: places.map(({ second, id }) => ({ time: second, rank: id })) };
};

const namedMailbox = (db: ReadDb, id: string | undefined): number | null => {
  if (id === undefined) return null;
  if (!mailboxExists(db, localId(id))) throw new TernError('notFound', 'no such mailbox', { field: 'mailbox' });
  return localId(id);
};

/** Ranks of cycles not on disk yet: above every row id, so that pages go from them to the stored ones. */
const UNWRITTEN = 1e15;

/** Cycles on disk, and before them those the disk would not take. */
const cyclePage = (
  db: ReadDb,
  account: string,
  cycles: CycleLog,
  { limit, after }: WorkerCalls['sync.log']['input'],
): Page<Cycle> => {
  const before = after ?? { time: Number.MAX_SAFE_INTEGER, rank: 0 };
  const unwritten = cycles
    .unwritten()
    .map((record, index) => ({ cycle: cycleOf(record, account), rank: UNWRITTEN + index, time: record.finishedAt }))
    .filter(({ time, rank }) => time < before.time || (time === before.time && rank < before.rank));
  const found = [...unwritten.toReversed(), ...listCycles(db, account, before, limit + 1)];
  const page = found.slice(0, limit);
  return {
    rows: page.map(({ cycle }) => cycle),
    places: page.map(({ cycle, rank }) => ({ time: Date.parse(cycle.finishedAt), rank })),
    more: found.length > page.length,
  };
};
