import type { EventTrouble } from './eventSource.ts';
import {
  createFaults,
  type Endpoint,
  type FailureKind,
  type Faults,
  type ItemTest,
  type ReplyHook,
  type RequestTest,
  type SetError,
} from './faults.ts';
import type { ChangeType, Fields } from './model.ts';
import type { Limits, SessionFacts } from './site.ts';

/**
 * What may come with a failure: where it happens, seconds for Retry-After, the name of the limit, and which API requests
 * it waits for while others pass, as `hasSet`.
 */
type FailureOptions = { on?: Endpoint; retryAfter?: number; limit?: string; when?: RequestTest };

/** What a new session may bring besides its state. */
type SessionChange = { accountId?: string; apiPath?: string; limits?: Partial<Limits> };

/** The knobs that make a server misbehave; each stays as it is set until it is set again or `reset`. */
export type Trouble = {
  /** The next n requests (to the API, unless `on` says otherwise) fail like this; calls queue up. */
  failNext(kind: FailureKind, n?: number, options?: FailureOptions): void;
  /** The next n calls of one method answer this error (RFC 8620 section 3.6.2). */
  failMethod(method: string, type: string, n?: number, extras?: Fields): void;
  /** Delays every reply, in milliseconds; 0 ends it. */
  slow(ms: number): void;
  /** Requests are taken and not answered until `resume`. */
  hang(): void;
  resume(): void;
  /** The next n changes calls of the type (null: of any) answer cannotCalculateChanges (RFC 8620 section 5.2). */
  cannotCalculateChanges(type: ChangeType | null, n?: number): void;
  /** Changes calls that name a smaller maxChanges answer cannotCalculateChanges; null ends it. */
  cannotCalculateUnless(maxChangesAtLeast: number | null): void;
  /** The server's own cap on a page of changes; null ends it. */
  maxChanges(n: number | null): void;
  /** Lists a new object in changes only where it last changed, like Cyrus: after a page as updated, never created. */
  lateChanges(on: boolean): void;
  /** The next n changes calls promise more and stay at the old state. */
  stuckChanges(n?: number, type?: ChangeType): void;
  /** The next n changes calls answer an empty page that promises more, at another state, like Cyrus. */
  emptyChangesPage(n?: number, type?: ChangeType): void;
  /** Email/query answers at most n ids and says so in `limit`; null ends it. */
  capQuery(n: number | null): void;
  /** Email/query knows only the first n results; null ends it. */
  totalCap(n: number | null): void;
  /** The next n calls of Email/query find nothing. */
  emptyQuery(n?: number): void;
  /** Email/query refuses anchors as invalidArguments. */
  noAnchors(on: boolean): void;
  /** The next n calls of Email/query with an anchor answer anchorNotFound. */
  anchorNotFound(n?: number): void;
  /** A get that lists something answers a state ahead of all changes, which skips those that follow. */
  stateAhead(on: boolean): void;
  shuffleGets(on: boolean): void;
  /** Each Email/query orders equal dates in another way. */
  unstableOrder(on: boolean): void;
  /** Moves the session's state, and what is named with it. */
  changeSession(change?: SessionChange): void;
  /** Methods answer accountNotFound and the session has `accountCapabilities: null`. */
  accountMissing(on: boolean): void;
  /** Laid over the session object; `{}` ends it. */
  sessionOverride(patch: Fields): void;
  /** The session is to be found there; null ends it. */
  redirectSession(url: string | null, status?: number): void;
  /** Called with each API request and the response about to be sent, which it may change; null ends it. */
  beforeReply(hook: ReplyHook | null): void;
  /** Answers this error for an item of a set, and leaves the item alone; null ends it. */
  refuseItems(test: ItemTest | null): void;
  /** Does an item of a set, and yet answers this error for it, as `serverPartialFail` or `serverFail`; null ends it. */
  partial(test: ItemTest | null): void;
  /** Sets are carried out whatever their ifInState. */
  ignoreIfInState(on: boolean): void;
  /** Email/changes never lists what Email/set does while this is on; the state moves still. */
  hideOwnChanges(on: boolean): void;
  /** EmailSubmission/set is carried out whatever its ifInState, like James. */
  ignoreSubmissionState(on: boolean): void;
  /** Submissions are gone as soon as they are final, like on Cyrus. */
  forgetSubmissions(on: boolean): void;
  /** onSuccessUpdateEmail is not done. */
  forgetSuccess(on: boolean): void;
  /** Messages are handed on, and their submissions answered with this error and not kept; null ends it. */
  sentAndFailed(error: SetError | null): void;
  /** What new submissions tell of their recipients (RFC 8621 section 7, deliveryStatus); null: nothing. */
  deliveryStatus(status: Fields | null): void;
  /** Email/import makes another email of the same bytes. */
  doubleImports(on: boolean): void;
  /** Back-references of `ids` alone are known: other arguments with `#` are passed over, or spoil the whole request. */
  onlyIdReferences(how: Faults['onlyIdReferences']): void;
  /** Email/query refuses `header` as unsupportedFilter. */
  noHeaderFilter(on: boolean): void;
  /** How event sources misbehave from their next word on; null ends it. */
  events(trouble: EventTrouble | null): void;
  /** Ends all misbehaviour; the session keeps what `changeSession` named. */
  reset(): void;
};

const failureKnobs = (faults: Faults) => ({
  failNext(kind: FailureKind, n = 1, options: FailureOptions = {}) {
    const { on = 'api', retryAfter = null, limit = 'maxConcurrentRequests', when = null } = options;
    for (let i = 0; i < n; i++) faults.failures.push({ kind, on, retryAfter, limit, when });
  },
  failMethod(method: string, type: string, n = 1, extras: Fields = {}) {
    faults.methodFailures.push({ method, error: { type, ...extras }, left: n });
  },
  slow(ms: number) {
    faults.slowMs = ms;
  },
  hang() {
    if (faults.hung) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    faults.hung = { promise, release: resolve };
  },
  resume() {
    faults.hung?.release();
    faults.hung = null;
  },
  beforeReply(hook: ReplyHook | null) {
    faults.hook = hook;
  },
});

const changesKnobs = (faults: Faults) => ({
  cannotCalculateChanges(type: ChangeType | null, n = 1) {
    faults.cannotCalculate = { type, left: n };
  },
  cannotCalculateUnless(maxChangesAtLeast: number | null) {
    faults.cannotCalculateBelow = maxChangesAtLeast;
  },
  lateChanges(on: boolean) {
    faults.lateOnly = on;
  },
  stuckChanges(n = 1, type: ChangeType = 'Email') {
    faults.stuckChanges = { type, left: n };
  },
  emptyChangesPage(n = 1, type: ChangeType = 'Email') {
    faults.emptyChanges = { type, left: n };
  },
});

const readKnobs = (faults: Faults) => ({
  emptyQuery(n = 1) {
    faults.emptyQueries = n;
  },
  anchorNotFound(n = 1) {
    faults.anchorsNotFound = n;
  },
});

/** Faults that stay as they are set, each by a knob of its own name. */
const SWITCHES = [
  'maxChanges',
  'capQuery',
  'totalCap',
  'noAnchors',
  'stateAhead',
  'shuffleGets',
  'unstableOrder',
  'refuseItems',
  'partial',
  'ignoreIfInState',
  'hideOwnChanges',
  'ignoreSubmissionState',
  'forgetSubmissions',
  'forgetSuccess',
  'sentAndFailed',
  'deliveryStatus',
  'doubleImports',
  'onlyIdReferences',
  'noHeaderFilter',
  'events',
] as const;
type Switch = (typeof SWITCHES)[number];

const switches = (faults: Faults) =>
  Object.fromEntries(SWITCHES.map((name) => [name, (value: never) => void (faults[name] = value)])) as Pick<
    Trouble,
    Switch
  >;

const sessionKnobs = (session: SessionFacts, limits: Limits) => ({
  changeSession({ accountId, apiPath, limits: changed = {} }: SessionChange = {}) {
    session.version++;
    session.accountId = accountId ?? session.accountId;
    session.apiPath = apiPath ?? session.apiPath;
    Object.assign(limits, changed);
  },
  accountMissing(on: boolean) {
    session.missing = on;
  },
  sessionOverride(patch: Fields) {
    session.override = patch;
  },
  redirectSession(url: string | null, status = 301) {
    session.redirect = url === null ? null : { url, status };
  },
});

/** The knobs of one server. */
export const createTrouble = (faults: Faults, session: SessionFacts, limits: Limits): Trouble => {
  const failures = failureKnobs(faults);
  return {
    ...failures,
    ...changesKnobs(faults),
    ...readKnobs(faults),
    ...switches(faults),
    ...sessionKnobs(session, limits),
    reset() {
      failures.resume();
      Object.assign(faults, createFaults());
      Object.assign(session, { missing: false, override: {}, redirect: null });
    },
  };
};
