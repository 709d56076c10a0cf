import { dirname, join } from 'node:path';
import { asTernError, TernError } from '../../src-shared/errors.ts';
import type { EventData } from '../../src-shared/events.ts';
import type { Connections } from '../driver/connections.ts';
import type { Driver } from '../driver/driver.ts';
import { createCycleLog } from '../engine/cycleLog.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import type { News } from '../engine/news.ts';
import { createQueue, sleep } from '../lib/async.ts';
import { type Clock, isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Port } from '../rpc/port.ts';
import { createRpc, type Rpc } from '../rpc/rpc.ts';
import type { AccountSeed, OpenInput, OpenOutput, TestInput, UpdateInput } from '../rpc/workerProtocol.ts';
import { type Account, readAccount, writeAccount } from '../store/account.ts';
import { Store, type WriteDb } from '../store/db.ts';
import { migrate } from '../store/migrate.ts';
import { writeAccountSettings } from '../store/settings.ts';
import { createAttention } from './attention.ts';
import { accountCalls } from './calls.ts';
import { connectionsBy } from './connections.ts';
import { createChangeFeed, createOutgoingFeed, createPendingFeed } from './events.ts';
import { createFirstList } from './firstList.ts';
import { startOutgoing } from './outgoing.ts';
import { startReading } from './reading.ts';
import { createSignIns, type SignIns } from './signIn.ts';
import { afterVaultOpened, reseal } from './vault.ts';

type Parts = {
  port: Port;
  clock: Clock;
  log: Log;
  /** Called once, when the store is closed and nothing is left to do. */
  exit(): void;
};

type Open = { close(): Promise<void>; answer(name: string, input: unknown, signal: AbortSignal): unknown };

/** A token that is on its way as the account is closed has so long, in ms: what it replaces may be void already. */
const LAST_TOKEN_MS = 1_500;

/** An account's worker behind a port: opened by the host's first call, ended by `close` or by the port's end. */
export const runWorker = (parts: Parts): void => {
  let open: Open | undefined;
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= (open?.close() ?? Promise.resolve()).finally(() => parts.exit());
    return ended;
  };
  const rpc: Rpc = createRpc(parts.port, async (name, input, signal) => {
    if (name === 'open') {
      const result = openAccount(parts, rpc, input as OpenInput);
      open = result.open;
      return result.output;
    }
    if (name === 'test')
      return (await import('./tryAccount.ts')).tryAccount({ clock: parts.clock, rpc }, input as TestInput, signal);
    if (name === 'close') return end().then(() => null);
    if (!open) throw new TernError('bug', `${name} was called before the account was open`);
    return open.answer(name, input, signal);
  });
  // Without a host nobody reads or is read to: an orphan closes its database and goes.
  rpc.onClose(() => void end());
};

const openAccount = (parts: Parts, rpc: Rpc, input: OpenInput): { open: Open | undefined; output: OpenOutput } => {
  const store = Store.open(input.file, { create: input.seed !== undefined });
  const { seed } = input;
  try {
    migrate(store);
    if (seed) store.write((tx) => plant(tx, seed), { durable: true });
    const account = store.read(readAccount);
    if (!account) {
      store.close();
      return { open: undefined, output: null };
    }
    const { email, name, config, order, colour } = account;
    return {
      open: startAccount(parts, rpc, store, account, input),
      output: { email, name, protocol: config.protocol, order, colour },
    };
  } catch (error) {
    store.close();
    throw asTernError(error).kind === 'bug' ? damaged(error) : error;
  }
};

const plant = (tx: WriteDb, { settings, ...account }: AccountSeed): void => {
  writeAccount(tx, account);
  if (settings) writeAccountSettings(tx, settings);
};

/** SQLite reads it, and its tables are not those that it says it has. */
const damaged = (cause: unknown): TernError =>
  new TernError('storage', 'the mail database is damaged: it is not what Tern made of it', { cause });

const startAccount = (parts: Parts, rpc: Rpc, store: Store, account: Account, { file, seed }: OpenInput): Open => {
  const { clock, log } = parts;
  const folder = dirname(file);
  const firstList = createFirstList(clock, seed === undefined);
  const cycles = createCycleLog(store, log);
  const connections = connectionsBy(rpc);
  const signIns = createSignIns({ clock, rpc, store });
  const attention = createAttention(clock, () => engine.status().phase === 'flushing');
  const reading = startReading({
    clock,
    log,
    store,
    account: account.id,
    temp: join(folder, 'temp'),
    reader: (signal) => engine.reader(signal),
    quiet: (signal) => attention.quiet(signal),
    emit: (name, data) => rpc.emit(name, data),
  });
  const engine = createEngine({
    store,
    clock,
    log,
    cycles,
    createDriver: () => firstList.over.then(() => createDriver({ clock, connections, signIns }, store, account)),
    events: {
      phase: (status) => {
        rpc.emit('phase', phaseOf(account.id, status));
        outgoing.phase(status.phase);
      },
      progress: (done, total) => rpc.emit('progress', { account: account.id, done, total }),
      news: (news) => rpc.emit('notify', notifyOf(account.id, news)),
      rested: () => {
        outgoing.rested();
        reading.keep();
      },
    },
  });
  const outgoing = startOutgoing({ account: account.id, store, clock, log, folder, engine, reading });
  tellOfCommits(account.id, clock, store, rpc);
  const calls = byName(accountCalls({ account: account.id, store, engine, cycles, clock, reading, outgoing }));
  const updateInTurn = createQueue();
  if (!account.paused) engine.start();
  return {
    close: async () => {
      const closing = new TernError('cancelled', 'the account is being closed');
      await Promise.all([engine.stop(closing), reading.stop(), outgoing.stop()]);
      await Promise.race([signIns.settled(), sleep(clock, LAST_TOKEN_MS)]);
      store.close();
    },
    answer: (name, input, signal) => {
      if (name === 'update')
        return updateInTurn(() => updateAccount(store, engine, input as UpdateInput, () => outgoing.renewed()));
      if (name === 'vaultOpened') return updateInTurn(() => afterVaultOpened(rpc, store, engine));
      if (name === 'reseal') return updateInTurn(() => reseal(rpc, store));
      attention.called();
      firstList.answered(name);
      return calls(name, input, signal);
    },
  };
};

const tellOfCommits = (account: string, clock: Clock, store: Store, rpc: Rpc): void => {
  const emit: Rpc['emit'] = (name, data) => rpc.emit(name, data);
  store.onCommit(createChangeFeed(account, clock, emit));
  store.onCommit(createPendingFeed(account, clock, store, emit));
  store.onCommit(createOutgoingFeed(account, clock, emit));
};

const byName =
  (calls: ReturnType<typeof accountCalls>) =>
  (name: string, input: unknown, signal: AbortSignal): unknown => {
    const call = (calls as Record<string, (input: never, signal: AbortSignal) => unknown>)[name];
    if (!call) throw new TernError('bug', `the worker has no answer to ${name}`);
    return call(input as never, signal);
  };

const phaseOf = (account: string, { retryAt, ...status }: ReturnType<Engine['status']>): EventData<'phase'> => ({
  account,
  ...status,
  ...(retryAt === undefined ? {} : { retryAt: isoTime(retryAt) }),
});

const notifyOf = (account: string, news: News): EventData<'notify'> =>
  'email' in news ? { account, email: String(news.email) } : { account, ...news };

/** A driver on the configuration and credential that are stored by now. */
const createDriver = async (
  { clock, connections, signIns }: { clock: Clock; connections: Connections; signIns: SignIns },
  store: Store,
  account: Account,
): Promise<Driver> => {
  const stored = store.read(readAccount) ?? account;
  const credential = await signIns.of(stored);
  const { config } = stored;
  // Loaded when they are needed: IMAP's libraries would take 20 MB of every worker.
  if (config.protocol === 'imap')
    return (await import('../driver/imap/driver.ts')).createImapDriver({ config, credential, clock, connections });
  const { createJmapDriver } = await import('../driver/jmap/driver.ts');
  if (!config.smtp) return createJmapDriver({ config, credential, clock });
  const { createSmtpSender } = await import('../driver/smtp/sender.ts');
  return createJmapDriver({
    config,
    credential,
    clock,
    bytes: createSmtpSender({ server: config.smtp, credential, clock }),
  });
};

/** Stores what changed; what concerns the server starts the loop anew with it. */
const updateAccount = async (store: Store, engine: Engine, input: UpdateInput, renewed: () => void): Promise<null> => {
  const before = store.read(readAccount);
  if (!before) throw new TernError('storage', 'the account is missing from its database');
  const after = withUpdate(before, input);
  store.write((tx) => writeAccount(tx, after), { durable: true });
  const reconnect = input.config !== undefined || input.credential !== undefined;
  if (after.paused !== before.paused || reconnect) {
    await engine.stop(
      after.paused ? undefined : new TernError('cancelled', 'the account starts anew with its new settings'),
    );
    if (!after.paused) engine.start(JSON.stringify(after.config) !== JSON.stringify(before.config));
    renewed();
  }
  return null;
};

/** What the update does not name stays as it was. */
const withUpdate = (before: Account, input: UpdateInput): Account => ({
  ...before,
  name: input.name ?? before.name,
  config: input.config ?? before.config,
  credential: input.credential ?? before.credential,
  paused: input.paused ?? before.paused,
  order: input.order ?? before.order,
  colour: input.colour === undefined ? before.colour : input.colour,
});
