/** What goes wrong with one command. `done`: it is carried out first. */
export type Failure =
  /** Answered NO or BAD, with a response code as `UNAVAILABLE` (RFC 5530). */
  | { kind: 'no' | 'bad'; code?: string; text?: string; done?: boolean }
  /** The connection ends instead of an answer. */
  | { kind: 'drop'; done?: boolean }
  /** Carried out; after so many bytes of the answer the connection ends, or says no more where it `stays`. */
  | { kind: 'cut'; bytes: number; stays?: boolean }
  | { kind: 'bye'; text?: string; done?: boolean }
  /** Never answered. */
  | { kind: 'hang'; done?: boolean };

/** A command as failures see it: `UID FETCH`, and the whole line with `{n}` for each literal. */
export type Seen = { verb: string; line: string };

/** Called with a command; the server waits for what it does. */
export type CommandHook = (command: Seen) => void | Promise<void>;

/** Which commands a failure waits for. */
export type CommandTest = (command: Seen) => boolean;

type Waiting = { failure: Failure; test: CommandTest; left: number };

/** What STARTTLS does: `injected` follows its OK by responses that were never encrypted. */
export type StartTls = 'offered' | 'stripped' | 'injected';

/** Every misbehaviour that is switched on. Emails are named by id. */
export type Faults = {
  waiting: Waiting[];
  slowMs: number;
  hung: { promise: Promise<void>; release: () => void } | null;
  /** How many connections there may be, and how the next is refused. */
  connections: { limit: number; how: 'bye' | 'no' } | null;
  greeting: { kind: 'bye' | 'preauth'; left: number };
  startTls: StartTls;
  deafIdle: boolean;
  alerts: string[];
  /** The words of every tagged response. */
  words: string | null;
  noChangedSinceZero: boolean;
  /** How much longer than it is a literal is said to be. */
  wrongLiterals: Map<string, number>;
  /** Answered for an item of FETCH, by id and item. */
  answers: Map<string, Map<string, string>>;
  /** Octets of a header that is made up while it is sent. */
  hugeHeaders: Map<string, number>;
  /** Mailboxes that LIST leaves out. */
  unlisted: Set<string>;
  neverFetched: Set<string>;
  missingFetches: number;
  shuffled: boolean;
  /** Called after each FETCH response of a FETCH with its number; what it does is told at once, expunges too. */
  between: ((responses: number) => void) | null;
  before: CommandHook | null;
  after: CommandHook | null;
};

/** No misbehaviour at all. */
export const createFaults = (): Faults => ({
  waiting: [],
  slowMs: 0,
  hung: null,
  connections: null,
  greeting: { kind: 'bye', left: 0 },
  startTls: 'offered',
  deafIdle: false,
  alerts: [],
  words: null,
  noChangedSinceZero: false,
  wrongLiterals: new Map(),
  answers: new Map(),
  hugeHeaders: new Map(),
  unlisted: new Set(),
  neverFetched: new Set(),
  missingFetches: 0,
  shuffled: false,
  between: null,
  before: null,
  after: null,
});

/** The failure that waits for this command; its count goes down. */
export const takeFailure = (faults: Faults, command: Seen): Failure | null => {
  const index = faults.waiting.findIndex(({ test }) => test(command));
  const waiting = faults.waiting[index];
  if (!waiting) return null;
  waiting.left--;
  if (waiting.left <= 0) faults.waiting.splice(index, 1);
  return waiting.failure;
};
