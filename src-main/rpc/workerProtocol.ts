import type { AccountSettings, AccountSettingsPatch } from '../../src-shared/accountSettings.ts';
import type { CallInput, CallNameOf, CallOutput, ParsedInput } from '../../src-shared/contract.ts';
import type { Cycle } from '../../src-shared/contractRows.ts';
import type { Config, Credential, EmailHead } from '../../src-shared/model.ts';

/** What the host and a worker say to each other beside the contract's own calls. */

/** An account to be stored in a new database; `credential` is sealed, empty where nobody entered one yet. */
export type AccountSeed = StoredAccount & { id: string };
/** What is stored of an account beside its mail. */
export type StoredAccount = {
  email: string;
  name: string;
  config: Config;
  credential: string;
  paused: boolean;
  order: number;
  colour: string | null;
  settings?: AccountSettingsPatch;
};

/** Host to worker, once, before anything else: take this database. With a seed it is made, without it must exist. */
export type OpenInput = { account: string; file: string; seed?: AccountSeed };
/** Null: the database is there but holds no account, so its making was never finished. */
export type OpenOutput = {
  email: string;
  name: string;
  protocol: Config['protocol'];
  order: number;
  colour: string | null;
} | null;

/** Host to worker: what `accounts.update` changed; `credential` is sealed. */
export type UpdateInput = Omit<ParsedInput<'accounts.update'>, 'account' | 'credential' | 'password'> & {
  credential?: string | undefined;
};

/** Host to worker: what is to be tried; of an OAuth sign-in who signs in, its tokens are asked for. */
export type TestInput = Omit<ParsedInput<'accounts.test'>, 'credential'> & {
  credential: Exclude<Credential, { type: 'oauth' }> | { type: 'oauth'; username: string };
};

/** What a worker asks of its host. */
export type HostCalls = {
  /** Opens a sealed credential; of an OAuth sign-in nothing but `{type: 'oauth', username}`. */
  unseal: { input: SealedInput; output: unknown };
  /** The same sealed as it would be today; null where it is. */
  reseal: { input: SealedInput; output: string | null };
  /** A token for an OAuth sign-in. Throws `auth`, and what kept it from being renewed. */
  accessToken: { input: TokenInput; output: TokenOutput };
  /** Answers when the account may make a connection. Throws `rateLimited`. */
  takeConnection: { input: ConnectionWanted; output: null };
  /** Gives a lease back, if it was lent: the connection is closed. */
  freeConnection: { input: { lease: number }; output: null };
};
export type SealedInput = { sealed: string };
/** `sealed`: empty in a trial, which has nothing stored. `refused`: a token that the server did not take: another one is wanted. */
export type TokenInput = { sealed: string; refused: string | null };
/** `sealed`: what has to be stored before the token is used; null: nothing. `freshUntil`: in ms since the epoch. */
export type TokenOutput = { token: string; freshUntil: number | null; sealed: string | null };
/** `lease`: the worker's own number for it, so that it can be given back also where the answer came too late. */
export type ConnectionWanted = { lease: number; server: string; most: number; use: 'sync' | 'read' | 'listen' };

/** A place in a list that all workers order alike: newest first by `time`, then by `rank`, both descending. */
export type Place = { time: number; rank: number };

/** A page of a list that may have to be merged with other accounts'. */
export type Page<Row> = { rows: Row[]; places: Place[]; more: boolean };

type PagedInput<N extends CallNameOf<'account'>> = Omit<ParsedInput<N>, 'after'> & { after: Place | null };

/** The calls a worker answers: input as the router parsed it, paged lists by place instead of by cursor. */
export type WorkerCalls = {
  open: { input: OpenInput; output: OpenOutput };
  /** Instead of `open`: to a worker that is there for this alone. */
  test: { input: TestInput; output: CallOutput<'accounts.test'> };
  update: { input: UpdateInput; output: null };
  close: { input: null; output: null };
  /** The machine woke, or its network is another one. */
  wake: { input: null; output: null };
  /** Credentials can be opened now, and may have to be sealed anew. */
  vaultOpened: { input: null; output: null };
  /** The credential is sealed in a way that is no longer the present one. */
  reseal: { input: null; output: null };
  /** Another account needs a connection to the same server. */
  makeRoom: { input: null; output: null };
  stored: { input: null; output: Omit<StoredAccount, 'settings'> & { settings: AccountSettings } };
  row: { input: null; output: CallOutput<'accounts.list'>['accounts'][number] };
  'sync.now': { input: CallInput<'sync.now'>; output: CallOutput<'sync.now'> };
  'sync.log': { input: PagedInput<'sync.log'>; output: Page<Cycle> };
  'mailboxes.list': { input: CallInput<'mailboxes.list'>; output: CallOutput<'mailboxes.list'> };
  'emails.list': { input: PagedInput<'emails.list'>; output: Page<EmailHead> };
  'search.query': { input: PagedInput<'search.query'>; output: Page<EmailHead> & { partial: boolean } };
  'emails.get': { input: ParsedInput<'emails.get'>; output: CallOutput<'emails.get'> };
  'threads.get': { input: ParsedInput<'threads.get'>; output: CallOutput<'threads.get'> };
} & { [N in PlainCall]: { input: ParsedInput<N>; output: CallOutput<N> } };
/** Calls that a worker answers just as the contract has them. */
type PlainCall =
  | `changes.${'submit' | 'list' | 'retry' | 'discard' | 'undo'}`
  | `settings.${'get' | 'set'}`
  | `drafts.${'begin' | 'save' | 'get' | 'file' | 'list' | 'discard' | 'send'}`
  | `submissions.${'list' | 'cancel' | 'resolve'}`
  | 'people.suggest'
  | 'identities.list'
  | `bodies.${'get' | 'remote'}`
  | 'attachments.read'
  | 'mailingList.unsubscribe'
  | 'emails.source';
export type WorkerCallName = keyof WorkerCalls;
