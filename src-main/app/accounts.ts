import { emailKey } from '../../src-shared/address.ts';
import type { ParsedInput } from '../../src-shared/contract.ts';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { TernError } from '../../src-shared/errors.ts';
import { createQueue, drop, withTimeout } from '../lib/async.ts';
import type { Log } from '../lib/log.ts';
import type { Platform } from '../platform.ts';
import type { Answer, Rpc } from '../rpc/rpc.ts';
import type {
  AccountSeed,
  HostCalls,
  OpenInput,
  OpenOutput,
  StoredAccount,
  UpdateInput,
} from '../rpc/workerProtocol.ts';
import { type AccountCard, type AccountFiles, openAccountFiles } from './accountFiles.ts';
import { downPhase, readRow } from './accountRows.ts';
import { type ConnectionBudget, createConnectionBudget } from './connections.ts';
import { type Credentials, credentialAnswers, refuseAnother, refuseElsewhere, withPassword } from './credentials.ts';
import type { StoredCredential } from './oauth/grant.ts';
import { type Supervisor, supervise, type WorkerState } from './supervisor.ts';

/** Every account of a data folder, each with its worker. */
export type Accounts = {
  add(input: ParsedInput<'accounts.add'>): Promise<AccountRow>;
  /** Adds an account without a credential, as it was elsewhere. */
  restore(stored: Omit<StoredAccount, 'credential'>): Promise<AccountRow>;
  list(): Promise<AccountRow[]>;
  row(id: string): Promise<AccountRow>;
  update(input: ParsedInput<'accounts.update'>): Promise<AccountRow>;
  remove(id: string): Promise<void>;
  ids(): string[];
  /** Asks an account's worker. Throws `notFound`, and `storage` where the worker is down. */
  call(id: string, name: string, input: unknown, options: CallOptions): Promise<unknown>;
  /** The machine woke, or its network is another one. */
  wake(): void;
  /** The vault was opened, or another passphrase was set. Answers whether no account's credential is sealed in an older way. */
  vaultOpened(): Promise<boolean>;
  stop(): Promise<void>;
};

type CallOptions = {
  signal: AbortSignal;
  /** A worker that is down is tried again first. */
  revive?: boolean;
  /** Gives up after so many ms, for a view that has other accounts to show. */
  patience?: number;
  /** It changes nothing, so that it may be asked twice. */
  reads?: boolean;
};

type Account = { card: AccountCard; worker: Supervisor };
type Registry = Credentials & {
  platform: Platform;
  log: Log;
  emit(name: string, data: unknown): void;
  files: AccountFiles;
  accounts: Map<string, Account>;
  connections: ConnectionBudget;
};

/** Finds the accounts in the data folder and starts a worker for each. Throws `storage`. */
export const openAccounts = (
  platform: Platform,
  credentials: Credentials,
  log: Log,
  emit: (name: string, data: unknown) => void,
): Accounts => {
  const files = openAccountFiles(platform.dataDir);
  const accounts: Registry['accounts'] = new Map();
  /** Tells a worker as soon as it is ready; one that is down has nothing to do. */
  const tell = (id: string, name: 'wake' | 'makeRoom'): void => {
    accounts
      .get(id)
      ?.worker.call(name, null)
      .catch(() => undefined);
  };
  const connections = createConnectionBudget((id) => tell(id, 'makeRoom'));
  const registry: Registry = { platform, log, emit, files, ...credentials, accounts, connections };
  // One at a time, so that the same address twice in a hurry is still a conflict.
  const addInTurn = createQueue();
  const row = (id: string): Promise<AccountRow> => {
    const { card, worker } = need(registry, id);
    return readRow(card, worker, platform.clock);
  };
  // Without a card nothing but the id is known until the database was opened.
  for (const { id, card } of files.list())
    start(registry, card ?? { id, email: '', name: '', protocol: 'jmap', order: 0, colour: null });
  return {
    row,
    list: async () => {
      const rows = await Promise.all([...accounts.keys()].map(row));
      return rows.toSorted((a, b) => a.order - b.order || a.email.localeCompare(b.email) || a.id.localeCompare(b.id));
    },
    add: (input) => addInTurn(() => add(registry, input)),
    restore: (stored) => addInTurn(() => plant(registry, stored, async () => '')),
    update: async (input) => {
      await update(registry, input);
      return row(input.account);
    },
    remove: (id) => remove(registry, id),
    ids: () => [...accounts.keys()].toSorted(),
    call: async (id, name, input, { signal, revive, patience, reads }) => {
      const { worker } = need(registry, id);
      if (revive) await worker.revive();
      const answer = worker.call(name, input, signal, reads);
      return patience === undefined ? answer : withTimeout(platform.clock, patience, answer, busy());
    },
    wake: () => [...accounts.keys()].forEach((id) => tell(id, 'wake')),
    vaultOpened: async () => {
      const all = await Promise.allSettled(
        [...accounts.values()].map(({ worker }) => worker.call('vaultOpened', null)),
      );
      return all.every(({ status }) => status === 'fulfilled');
    },
    stop: async () => {
      await Promise.all([...accounts.values()].map(({ worker }) => worker.stop()));
      files.clearTemp();
    },
  };
};

const busy = (): TernError => new TernError('cancelled', 'the worker is busy');

const need = ({ accounts }: Registry, id: string): Account => {
  const account = accounts.get(id);
  if (!account) throw new TernError('notFound', 'no such account', { field: 'account' });
  return account;
};

/** Starts an account's worker; a seed is what a new account stores in its database, once. */
const start = (registry: Registry, card: AccountCard, seed?: AccountSeed): Account => {
  const { id } = card;
  let unstored = seed;
  const open = async (rpc: Rpc): Promise<void> => {
    const input: OpenInput = {
      account: id,
      file: registry.files.database(id),
      ...(unstored ? { seed: unstored } : {}),
    };
    const stored = (await rpc.call('open', input)) as OpenOutput;
    if (unstored) registry.files.finish(id);
    unstored = undefined;
    if (stored) keepCard(registry, { id, ...stored });
    else if (registry.files.isUnfinished(id)) throw new TernError('notFound', 'the account was never stored');
    else throw new TernError('storage', 'the account is missing from its database');
  };
  const worker = supervise({
    account: id,
    platform: registry.platform,
    log: registry.log,
    open,
    answer: answerWorker(registry, id),
    onEvent: (name, data) => registry.emit(name, data),
    onState: (state) => onState(registry, id, state),
  });
  const account = { card, worker };
  registry.accounts.set(id, account);
  return account;
};

/** What a worker asks of its host. */
const answerWorker = (registry: Registry, id: string): Answer => {
  const answers: { [N in keyof HostCalls]: (input: HostCalls[N]['input'], signal: AbortSignal) => unknown } = {
    ...credentialAnswers({ ...registry, sealAnew: () => sealAnew(registry, id) }, id),
    takeConnection: (wanted, signal) => registry.connections.take(id, wanted, signal).then(() => null),
    freeConnection: ({ lease }) => {
      registry.connections.free(id, lease);
      return null;
    },
  };
  return async (name, input, signal) => {
    if (!Object.hasOwn(answers, name)) throw new TernError('bug', `the host has no answer to ${name}`);
    return answers[name as keyof HostCalls](input as never, signal);
  };
};

/** The system's own store has another key from time to time. */
const sealAnew = ({ accounts, log }: Registry, id: string): void => {
  const done = accounts.get(id)?.worker.call('reseal', null);
  // While the vault is locked it cannot be; unlocking does it, too.
  done?.catch((error: unknown) => log.info({ err: error }, 'a credential cannot be sealed anew yet'));
};

/** The database is the truth; the card repeats it for the day the database will not open. */
const keepCard = ({ accounts, files, log }: Registry, card: AccountCard): void => {
  const account = accounts.get(card.id);
  if (account) account.card = card;
  try {
    files.writeCard(card);
  } catch (error) {
    log.warn({ err: error }, 'the account card cannot be written; it will be at the next start');
  }
};

const onState = (registry: Registry, id: string, state: WorkerState): void => {
  if (state.name !== 'ready') registry.connections.gone(id);
  // Its worker ended: what the next one finds out, that one tells.
  if (state.name === 'starting') registry.emit('phase', { account: id, phase: 'connecting' });
  if (state.name !== 'down') return;
  // A folder whose account was never stored is what is left of an `accounts.add` that was cut off.
  if (state.error.kind === 'notFound') drop(remove(registry, id), registry.log, 'an unfinished account stays');
  else registry.emit('phase', { account: id, ...downPhase(state) });
};

const add = (registry: Registry, { credential, name, ...input }: ParsedInput<'accounts.add'>): Promise<AccountRow> => {
  const asNew = { name: name ?? input.email, paused: false, order: 0, colour: null };
  return registry.oauth.withStored(credential, (stored) =>
    plant(registry, { ...input, ...asNew }, (id) => registry.vault.seal(id, stored)),
  );
};

/** Stores an account, unless the same address and protocol is there, and starts it. */
const plant = async (
  registry: Registry,
  account: Omit<StoredAccount, 'credential'>,
  seal: (id: string) => Promise<string>,
): Promise<AccountRow> => {
  const { email, name, order, colour } = account;
  const { protocol } = account.config;
  const key = emailKey(email);
  const taken = [...registry.accounts.values()].some(
    ({ card }) => card.protocol === protocol && emailKey(card.email) === key,
  );
  if (taken) throw new TernError('conflict', 'this account is there already', { field: 'email' });
  const id = registry.platform.clock.uuid();
  const credential = await seal(id);
  registry.files.create(id);
  const { worker } = start(registry, { id, email, name, protocol, order, colour }, { ...account, id, credential });
  try {
    return (await worker.call('row', null)) as AccountRow;
  } catch (error) {
    if (registry.accounts.has(id)) await remove(registry, id);
    throw error;
  }
};

const update = async (registry: Registry, { credential, ...rest }: ParsedInput<'accounts.update'>): Promise<void> =>
  credential
    ? registry.oauth.withStored(credential, (stored) => change(registry, rest, stored))
    : change(registry, rest, undefined);

const change = async (
  registry: Registry,
  { account: id, password, ...rest }: Omit<ParsedInput<'accounts.update'>, 'credential'>,
  given: StoredCredential | undefined,
): Promise<void> => {
  const { worker, card } = need(registry, id);
  if (rest.config && rest.config.protocol !== card.protocol)
    throw new TernError('invalid', 'an account keeps its protocol', { field: 'config.protocol' });
  if (given && password !== undefined)
    throw new TernError('invalid', 'a password comes in place of a credential', { field: 'password' });
  await worker.revive();
  const credential = password === undefined ? given : await withPassword(registry, id, password, worker);
  if (rest.config && !given) await refuseElsewhere(rest.config, worker);
  if (credential?.type === 'oauth') await refuseAnother(registry, id, credential, worker);
  const sealed = credential && (await registry.vault.seal(id, credential));
  await worker.call('update', { ...rest, credential: sealed } satisfies UpdateInput);
  // The card as it is by now: another update may have changed it meanwhile.
  const { card: present } = need(registry, id);
  const { name = present.name, order = present.order, colour = present.colour } = rest;
  keepCard(registry, { ...present, name, order, colour });
};

const remove = async (registry: Registry, id: string): Promise<void> => {
  const { worker, card } = need(registry, id);
  registry.accounts.delete(id);
  await worker.stop();
  try {
    registry.files.remove(id);
  } catch (error) {
    start(registry, card);
    throw error;
  }
};
