import type { AppSettingsPatch } from '../../src-shared/appSettings.ts';
import type { CallSpec } from '../../src-shared/callSpec.ts';
import { type CallName, type CallOutput, calls, isCallName, type ParsedInput } from '../../src-shared/contract.ts';
import { asTernError, fromWire, TernError, toWire } from '../../src-shared/errors.ts';
import { parseInput } from '../../src-shared/issue.ts';
import { heaviest } from '../../src-shared/people.ts';
import type { Platform } from '../platform.ts';
import type { Page } from '../rpc/workerProtocol.ts';
import type { Accounts } from './accounts.ts';
import type { HostCallsOf } from './hostCalls.ts';
import { mergePages, parseCursor, placeFor } from './pages.ts';
import type { Settings } from './settings.ts';

/** A call as it came from outside: nothing of it is trusted. */
export type Request = { call: string; account?: unknown; input?: unknown };

/** Answers calls of the contract. Each input is parsed here, once; behind it everything is typed. */
export type Router = (request: Request, signal: AbortSignal) => Promise<unknown>;

type AppCalls = {
  [N in 'app.info' | 'sync.wake' | `accounts.${'add' | 'list' | 'update' | 'remove'}`]: (
    input: ParsedInput<N>,
    signal: AbortSignal,
  ) => Promise<CallOutput<N>>;
};
type Info = CallOutput<'app.info'>;
type Files = Pick<Platform, 'takesPaths' | 'takeFile'>;
/** What the host answers beside its accounts' own calls. */
type More = { setup: HostCallsOf<SetupCall>; settings: Settings };
type SetupCall =
  | `vault.${'status' | 'unlock' | 'setPassphrase'}`
  | `accounts.${'cancel' | 'discover' | 'signIn' | 'signInAgain' | 'test' | 'export' | 'import'}`;

/** A router over the accounts of one data folder. */
export const createRouter = (accounts: Accounts, info: Info, files: Files, { setup, settings }: More): Router => {
  const appCalls: AppCalls & More['setup'] = {
    ...setup,
    'app.info': async () => info,
    'sync.wake': async () => {
      accounts.wake();
      return {};
    },
    'accounts.list': async () => ({ accounts: await accounts.list() }),
    'accounts.add': async (input) => ({ account: await accounts.add(input) }),
    'accounts.update': async (input) => ({ account: await accounts.update(input) }),
    'accounts.remove': async ({ account }) => {
      await accounts.remove(account);
      return {};
    },
  };
  return async ({ call: name, account, input }, signal) => {
    if (!isCallName(name)) throw new TernError('invalid', `no such call: ${name.slice(0, 100)}`, { field: 'call' });
    const spec: CallSpec = calls[name];
    if (!spec.built) throw new TernError('unsupported', `${name} is not built yet`);
    if (spec.scope === 'app') {
      if (account != null) throw new TernError('invalid', `${name} takes no account`, { field: 'account' });
      const answer = (appCalls as Record<string, HostCall>)[name];
      if (!answer) throw new TernError('bug', `${name} has no answer`);
      return answer(parseInput(spec.input, input ?? {}), signal);
    }
    if (spec.ofApp && account === null) {
      const parsed = parseInput(spec.ofApp.input, input ?? {});
      return name === 'settings.set' ? settings.set(parsed as AppSettingsPatch) : settings.get();
    }
    const given = parseInput(spec.input, input ?? {}) as Record<string, unknown>;
    const parsed = await withFiles(files, given, (held) => heldElsewhere(accounts, held, signal));
    const asked = whichAccounts(accounts, name, spec.fanOut, account);
    if (asked.all && parsed['mailbox'] !== undefined)
      throw new TernError('invalid', 'a mailbox belongs to one account: name a role instead', { field: 'mailbox' });
    return askAccounts(accounts, name, asked, parsed, signal);
  };
};

type HostCall = (input: unknown, signal: AbortSignal) => Promise<unknown>;

type Held = { account: string; draft: string; held: string };

/** What a draft of another account holds becomes a file of this machine: no worker sees the data of another. */
const heldElsewhere = async (accounts: Accounts, { account, ...file }: Held, signal: AbortSignal): Promise<object> => {
  const answer = await accounts.call(account, 'drafts.file', file, { signal });
  const { name, type, cid, path } = answer as CallOutput<'drafts.file'>;
  return { name, type, path, ...(cid === null ? {} : { cid }) };
};

/** Throws on what was thrown of one piece of an input: a field of it is named by its place in the whole. */
const namingIt =
  (place: string) =>
  (thrown: unknown): never => {
    const error = toWire(thrown);
    throw fromWire(error.field === undefined ? error : { ...error, field: `${place}.${error.field}` });
  };

/**
 * A window that was taken over must not be able to have any file of this machine sent: where it may not name paths, it has
 * handles that its host gave out, and each of them becomes its path here.
 */
const withFiles = async (
  host: Files,
  input: Record<string, unknown>,
  elsewhere: (held: Held) => Promise<object>,
): Promise<Record<string, unknown>> => {
  const { attachments } = input;
  if (!Array.isArray(attachments)) return input;
  const index = host.takesPaths ? -1 : attachments.findIndex((each: object) => 'path' in each);
  if (index >= 0)
    throw new TernError('forbidden', 'only scripts may name files by their paths', {
      field: `attachments.${index}.path`,
    });
  const had: object[] = await Promise.all(
    attachments.map(async (each: object, nth) =>
      'account' in each ? elsewhere(each as Held).catch(namingIt(`attachments.${nth}`)) : each,
    ),
  );
  const { takeFile } = host;
  const taken = had.map((each) => {
    const { file, ...rest } = each as { file?: string };
    return file === undefined || !takeFile ? each : { ...rest, path: takeFile(file) };
  });
  return { ...input, attachments: taken };
};

type Asked = { ids: string[]; all: boolean };

const whichAccounts = (accounts: Accounts, name: string, fanOut: boolean, account: unknown): Asked => {
  if (typeof account === 'string') return { ids: [account], all: false };
  if (account === null && fanOut) return { ids: accounts.ids(), all: true };
  throw new TernError('invalid', `${name} needs the account it is for`, { field: 'account' });
};

/** A view of all accounts waits so long, in ms, for each of them: one that hangs takes nothing from the others. */
const PATIENCE = 2_000;
/** Longer than a worker waits for its server, where that is to be asked, too. */
const SERVER_PATIENCE = 12_000;

/** How the names of calls end that change nothing. */
const READS = /\.(?:get|list|log|query|read|source)$/;

/** What each answer is merged by, for calls that also go to all accounts. */
const rowsKey = { 'emails.list': 'emails', 'sync.log': 'cycles', 'search.query': 'emails' } as const;

/** How the answers of accounts become one, for calls that have no pages. */
const merges: { [N in Merged]: (answers: CallOutput<N>[], limit: number) => CallOutput<N> } = {
  'mailboxes.list': (answers) => ({ mailboxes: answers.flatMap(({ mailboxes }) => mailboxes) }),
  'changes.list': (answers) => ({
    changes: answers.flatMap(({ changes }) => changes).toSorted((a, b) => madeAt(a) - madeAt(b)),
  }),
  'submissions.list': (answers) => ({
    submissions: answers.flatMap(({ submissions }) => submissions).toSorted((a, b) => madeAt(b) - madeAt(a)),
  }),
  'people.suggest': (answers, limit) => ({
    people: heaviest(
      answers.flatMap(({ people }) => people),
      limit,
    ),
  }),
};
type Merged = 'mailboxes.list' | 'changes.list' | 'submissions.list' | 'people.suggest';
const isMerged = (name: string): name is Merged => Object.hasOwn(merges, name);
const madeAt = ({ createdAt }: { createdAt: string }): number => Date.parse(createdAt);

const askAccounts = async (
  accounts: Accounts,
  name: CallName,
  { ids, all }: Asked,
  input: Record<string, unknown>,
  signal: AbortSignal,
): Promise<unknown> => {
  if (name === 'sync.status')
    return { accounts: all ? await accounts.list() : await Promise.all(ids.map((id) => accounts.row(id))) };
  if (name === 'sync.now') return syncNow(accounts, ids, signal);
  const ask = async <T>(inputFor: (id: string) => unknown): Promise<{ account: string; answer: T }[]> => {
    const patience = input['server'] === true ? SERVER_PATIENCE : PATIENCE;
    const how = { signal, reads: READS.test(name), ...(all ? { patience } : {}) };
    const settled = await Promise.allSettled(ids.map((id) => accounts.call(id, name, inputFor(id), how)));
    return settled.flatMap((result, index) => {
      if (result.status === 'fulfilled') return { account: ids[index] ?? '', answer: result.value as T };
      // Of all accounts, one that cannot answer takes nothing from the others.
      if (all && asTernError(result.reason).kind !== 'invalid') return [];
      throw result.reason;
    });
  };
  if (name === 'emails.list' || name === 'sync.log' || name === 'search.query') {
    const after = typeof input['after'] === 'string' ? parseCursor(input['after']) : null;
    const pages = await ask<Page<unknown> & { partial?: boolean }>((id) => ({
      ...input,
      after: after && placeFor(id, after),
    }));
    const merged = mergePages(
      pages.map(({ account, answer }) => ({ account, page: answer })),
      Number(input['limit']),
    );
    const page = { [rowsKey[name]]: merged.rows, next: merged.next };
    if (name !== 'search.query') return page;
    return { ...page, partial: pages.length < ids.length || pages.some(({ answer }) => answer.partial) };
  }
  if (isMerged(name)) {
    const answers = (await ask<never>(() => input)).map(({ answer }) => answer);
    return merges[name](answers, Number(input['limit']));
  }
  const [only] = await ask<unknown>(() => input);
  return only?.answer;
};

/** One cycle of each account; with several, the first error tells. An account that is down is tried again. */
const syncNow = async (accounts: Accounts, ids: string[], signal: AbortSignal): Promise<CallOutput<'sync.now'>> => {
  const results = await Promise.all(
    ids.map(async (id): Promise<CallOutput<'sync.now'>> => {
      try {
        return (await accounts.call(id, 'sync.now', {}, { signal, revive: true })) as CallOutput<'sync.now'>;
      } catch (error) {
        if (asTernError(error).kind === 'notFound' || signal.aborted) throw error;
        return { result: 'error', error: toWire(error) };
      }
    }),
  );
  return results.find(({ result }) => result === 'error') ?? { result: 'ok' };
};
