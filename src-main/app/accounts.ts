import type { AccountRow, ParsedInput } from '../../src-shared/contract.ts';
import { TernError, toWire } from '../../src-shared/errors.ts';
import { withTimeout } from '../lib/async.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Platform } from '../platform.ts';
import type { AccountSeed, OpenOutput, UnsealInput, UpdateInput } from '../rpc/workerProtocol.ts';
import { type AccountCard, openAccountFiles } from './accountFiles.ts';
import { type Supervisor, supervise, type WorkerState } from './supervisor.ts';
import { createVault } from './vault.ts';

/** Every account of a data folder, each with its worker. */
export type Accounts = {
  add(input: ParsedInput<'accounts.add'>): Promise<AccountRow>;
  list(): Promise<AccountRow[]>;
  row(id: string): Promise<AccountRow>;
  update(input: ParsedInput<'accounts.update'>): Promise<AccountRow>;
  remove(id: string): Promise<void>;
  ids(): string[];
  /** Asks an account's worker. `revive`: one that is down is tried again first. Throws `notFound`, `storage`. */
  call(id: string, name: string, input: unknown, options: { signal?: AbortSignal; revive?: boolean }): Promise<unknown>;
  stop(): Promise<void>;
};

type Account = { card: AccountCard; worker: Supervisor };
type Emit = (name: string, data: unknown) => void;

/** A worker busy for longer than this is shown by what is known without it. */
const ROW_MS = 2_000;

/** Finds the accounts in the data folder and starts a worker for each. Throws `storage`. */
export const openAccounts = (platform: Platform, log: Log, emit: Emit): Accounts => {
  const files = openAccountFiles(platform.dataDir);
  const vault = createVault(platform);
  const accounts = new Map<string, Account>();
  let adding: Promise<unknown> = Promise.resolve();

  const start = (card: AccountCard, seed: AccountSeed | undefined): Account => {
    const { id } = card;
    let unstored = seed;
    const worker = supervise({
      platform,
      log,
      open: async (rpc) => {
        const input = { account: id, file: files.database(id), ...(unstored ? { seed: unstored } : {}) };
        const stored = (await rpc.call('open', input)) as OpenOutput;
        if (!stored) throw new TernError('notFound', 'the account was never stored');
        unstored = undefined;
        keepCard({ id, ...stored });
      },
      answer: async (name, input) => {
        if (name === 'unseal') return vault.unseal(id, (input as UnsealInput).sealed);
        throw new TernError('bug', `the host has no answer to ${name}`);
      },
      onEvent: emit,
      onState: (state) => onState(id, state),
    });
    const account = { card, worker };
    accounts.set(id, account);
    return account;
  };
  /** The database is the truth; the card repeats it for the day the database will not open. */
  const keepCard = (card: AccountCard): void => {
    const account = accounts.get(card.id);
    if (account) account.card = card;
    files.writeCard(card);
  };
  const onState = (id: string, state: WorkerState): void => {
    if (state.name !== 'down') return;
    // A folder whose account was never stored is what is left of an `accounts.add` that was cut off.
    if (state.error.kind === 'notFound') void remove(id);
    else emit('phase', { account: id, ...downPhase(state) });
  };
  const remove = async (id: string): Promise<void> => {
    const { worker } = need(id);
    accounts.delete(id);
    await worker.stop();
    files.remove(id);
  };
  const need = (id: string): Account => {
    const account = accounts.get(id);
    if (!account) throw new TernError('notFound', 'no such account', { field: 'account' });
    return account;
  };
  const row = async (id: string): Promise<AccountRow> => {
    const { card, worker } = need(id);
    const slow = new TernError('cancelled', 'the worker is busy');
    try {
      return (await withTimeout(platform.clock, ROW_MS, worker.call('row', null), slow)) as AccountRow;
    } catch (error) {
      return rowWithoutWorker(card, worker.state(), error);
    }
  };
  const addNew = async ({ email, name, config, credential }: ParsedInput<'accounts.add'>): Promise<AccountRow> => {
    if (config.protocol === 'imap') throw new TernError('unsupported', 'IMAP accounts are not built yet');
    const { protocol } = config;
    const taken = [...accounts.values()].some(
      ({ card }) => card.protocol === protocol && card.email.toLowerCase() === email.toLowerCase(),
    );
    if (taken) throw new TernError('conflict', 'this account is there already', { field: 'email' });
    const id = platform.clock.uuid();
    const sealed = await vault.seal(id, credential);
    files.create(id);
    const seed = { id, email, name: name ?? email, config, credential: sealed };
    const { worker } = start({ id, email, name: seed.name, protocol }, seed);
    try {
      return (await worker.call('row', null)) as AccountRow;
    } catch (error) {
      if (accounts.has(id)) await remove(id);
      throw error;
    }
  };

  // Without a card nothing but the id is known until the database was opened.
  for (const { id, card } of files.list()) start(card ?? { id, email: '', name: '', protocol: 'jmap' }, undefined);

  return {
    row,
    list: async () => {
      const rows = await Promise.all([...accounts.keys()].map(row));
      return rows.toSorted((a, b) => a.order - b.order || a.email.localeCompare(b.email) || a.id.localeCompare(b.id));
    },
    add: (input) => {
      // One at a time, so that the same address twice in a hurry is still a conflict.
      const added = adding.then(() => addNew(input));
      adding = added.catch(() => undefined);
      return added;
    },
    update: async ({ account: id, credential, ...rest }) => {
      const { worker, card } = need(id);
      if (rest.config && rest.config.protocol !== card.protocol)
        throw new TernError('invalid', 'an account keeps its protocol', { field: 'config.protocol' });
      await worker.revive();
      const sealed = credential && (await vault.seal(id, credential));
      await worker.call('update', { ...rest, ...(sealed ? { credential: sealed } : {}) } as UpdateInput);
      if (rest.name !== undefined) keepCard({ ...card, name: rest.name });
      return row(id);
    },
    remove,
    ids: () => [...accounts.keys()],
    call: async (id, name, input, { signal, revive }) => {
      const { worker } = need(id);
      if (revive) await worker.revive();
      return worker.call(name, input, signal);
    },
    stop: async () => {
      await Promise.all([...accounts.values()].map(({ worker }) => worker.stop()));
    },
  };
};

const downPhase = (state: Extract<WorkerState, { name: 'down' }>) => ({
  phase: 'blocked' as const,
  error: toWire(state.error),
  ...(state.retryAt === null ? {} : { retryAt: isoTime(state.retryAt) }),
});

const rowWithoutWorker = (card: AccountCard, state: WorkerState, error: unknown): AccountRow => ({
  ...card,
  ...(state.name === 'down'
    ? downPhase(state)
    : state.name === 'ready' && (error as TernError).kind === 'storage'
      ? { phase: 'blocked' as const, error: toWire(error) }
      : { phase: 'connecting' as const }),
  lastSyncedAt: null,
  pending: 0,
  unread: 0,
  order: 0,
  colour: null,
});
