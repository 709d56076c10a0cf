import type { ChangeType, Fields } from './model.ts';

/** Ways in which one request can go wrong. */
const failureKinds = [
  'http500',
  'http503',
  'http429',
  'http401',
  'http404',
  'html',
  'malformed',
  'truncated',
  'cutShort',
  'dropBefore',
  'dropAfter',
  'serverFail',
  'serverUnavailable',
  'limit',
] as const;
/** One of them. */
export type FailureKind = (typeof failureKinds)[number];

/** What a request asks for, as far as failures tell them apart. */
export type Endpoint = 'api' | 'session' | 'download';

/** A failure that waits for its request; `retryAfter` in seconds. */
export type Failure = { kind: FailureKind; on: Endpoint; retryAfter: number | null; limit: string };

/** A parsed API request (RFC 8620 section 3.3). */
export type ApiRequest = { using: string[]; methodCalls: [string, Fields, string][]; createdIds?: Fields | undefined };

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
});

/** Takes one from a count of failures to come; true while there was one. */
export const spend = (counter: { left: number }): boolean => {
  if (counter.left <= 0) return false;
  counter.left--;
  return true;
};

/** The failure that waits for this request, taken from the queue. */
export const takeFailure = (faults: Faults, endpoint: Endpoint): Failure | null => {
  const index = faults.failures.findIndex((failure) => failure.on === endpoint);
  return index < 0 ? null : (faults.failures.splice(index, 1)[0] ?? null);
};
