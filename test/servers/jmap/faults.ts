import type { EventTrouble } from './eventSource.ts';
import type { ChangeType, Fields } from './model.ts';

/** Ways in which one request can go wrong. */
const failureKinds = [
  'http500',
  'http502',
  'http503',
  'http504',
  'http429',
  'http401',
  'http404',
  'html',
  'malformed',
  'truncated',
  'cutShort',
  'stall',
  'dropBefore',
  'dropAfter',
  'serverFail',
  'serverUnavailable',
  'limit',
] as const;
/** One of them. */
export type FailureKind = (typeof failureKinds)[number];

/** What a request asks for, as far as failures tell them apart. */
export type Endpoint = 'api' | 'session' | 'download' | 'upload';

/** A parsed API request (RFC 8620 section 3.3). */
export type ApiRequest = {
  using: string[];
  methodCalls: [string, Fields, string][];
  createdIds?: Record<string, string> | undefined;
};

/** Which API requests a failure waits for. */
export type RequestTest = (request: ApiRequest) => boolean;

/** A failure that waits for its request; `retryAfter` in seconds. */
export type Failure = {
  kind: FailureKind;
  on: Endpoint;
  retryAfter: number | null;
  limit: string;
  when: RequestTest | null;
};

/** A request that calls some Foo/set. */
export const hasSet: RequestTest = ({ methodCalls }) => methodCalls.some(([name]) => name.endsWith('/set'));

/** Why one item of a set was not done (RFC 8620 section 5.3). */
export type SetError = { type: string; properties?: string[]; description?: string; [more: string]: unknown };

/** Asked for each item of a set, by its id or creation id; the patch or new object is null for one to destroy. */
export type ItemTest = (method: string, id: string, patch: Fields | null) => SetError | null;

/** An API response (RFC 8620 section 3.4). */
export type ApiResponse = { methodResponses: [string, Fields, string][]; sessionState: string; createdIds?: Fields };

/** Called between the work and the reply; may change the response. */
export type ReplyHook = (request: ApiRequest, response: ApiResponse) => void | Promise<void>;

/** Every misbehaviour that is switched on; `createFaults` says what none looks like. */
export type Faults = {
  failures: Failure[];
  methodFailures: { method: string; error: Fields; left: number }[];
  slowMs: number;
  /** Resolves when the server answers again. */
  hung: { promise: Promise<void>; release: () => void } | null;
  hook: ReplyHook | null;
  cannotCalculate: { type: ChangeType | null; left: number };
  cannotCalculateBelow: number | null;
  maxChanges: number | null;
  lateOnly: boolean;
  stuckChanges: { type: ChangeType; left: number };
  emptyChanges: { type: ChangeType; left: number };
  capQuery: number | null;
  totalCap: number | null;
  emptyQueries: number;
  noAnchors: boolean;
  anchorsNotFound: number;
  stateAhead: boolean;
  shuffleGets: boolean;
  unstableOrder: boolean;
  refuseItems: ItemTest | null;
  partial: ItemTest | null;
  ignoreIfInState: boolean;
  hideOwnChanges: boolean;
  /** EmailSubmission/set alone is carried out whatever its ifInState. */
  ignoreSubmissionState: boolean;
  /** A submission is gone as soon as it is final. */
  forgetSubmissions: boolean;
  /** Nothing follows from a submission: onSuccessUpdateEmail is not done. */
  forgetSuccess: boolean;
  /** A message is handed on, and yet its submission fails like this. */
  sentAndFailed: SetError | null;
  /** What a new submission tells of its recipients. */
  deliveryStatus: Fields | null;
  doubleImports: boolean;
  noHeaderFilter: boolean;
  /** Back-references of `ids` alone are known; other arguments with `#` are passed over, or the request is refused. */
  onlyIdReferences: 'passed over' | 'refused' | null;
  events: EventTrouble | null;
};

/** No misbehaviour at all. */
export const createFaults = (): Faults => ({
  failures: [],
  methodFailures: [],
  slowMs: 0,
  hung: null,
  hook: null,
  cannotCalculate: { type: null, left: 0 },
  cannotCalculateBelow: null,
  maxChanges: null,
  lateOnly: false,
  stuckChanges: { type: 'Email', left: 0 },
  emptyChanges: { type: 'Email', left: 0 },
  capQuery: null,
  totalCap: null,
  emptyQueries: 0,
  noAnchors: false,
  anchorsNotFound: 0,
  stateAhead: false,
  shuffleGets: false,
  unstableOrder: false,
  refuseItems: null,
  partial: null,
  ignoreIfInState: false,
  hideOwnChanges: false,
  ignoreSubmissionState: false,
  forgetSubmissions: false,
  forgetSuccess: false,
  sentAndFailed: null,
  deliveryStatus: null,
  doubleImports: false,
  noHeaderFilter: false,
  onlyIdReferences: null,
  events: null,
});

/** Takes one from a count of failures to come; true while there was one. */
export const spend = (counter: { left: number }): boolean => {
  if (counter.left <= 0) return false;
  counter.left--;
  return true;
};

/** The failure that waits for this request, taken from the queue; `request` is null where there is none to look into. */
export const takeFailure = (faults: Faults, endpoint: Endpoint, request: ApiRequest | null): Failure | null => {
  const index = faults.failures.findIndex(
    ({ on, when }) => on === endpoint && (when === null || (request !== null && when(request))),
  );
  return index < 0 ? null : (faults.failures.splice(index, 1)[0] ?? null);
};
