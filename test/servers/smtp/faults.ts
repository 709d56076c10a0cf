/**
 * Where something can go wrong: as the client connects; at a command; when the body begins, is half there, or is whole and
 * not accepted yet; when it was accepted and the client is not told yet; right after it was told.
 */
export type Moment =
  | 'connect'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'body'
  | 'half'
  | 'dot'
  | 'accepted'
  | 'told'
  | 'QUIT';

/** What goes wrong. */
export type Failure =
  /** Answered by these lines instead, without their line ends. At `accepted` the message was accepted all the same. */
  | { kind: 'say'; lines: string[] }
  /** The same bytes as they are, whatever they do to a client. `bytewise`: one by one, each in a packet of its own. */
  | { kind: 'raw'; bytes: string; bytewise?: boolean }
  /** The connection ends without a word, or after those bytes. */
  | { kind: 'drop'; after?: string }
  /** Nothing is said or read until then; after that all is well. */
  | { kind: 'wait'; until: Promise<void> }
  /** Nothing more is said, and nothing read. */
  | { kind: 'hang' }
  /** Lines of a reply that never ends. */
  | { kind: 'endless'; line: string };

type Waiting = { at: Moment; failure: Failure; left: number; of: string | null };

/** Every failure that is still to come. */
export type Faults = {
  /** The next n times, or only for a command that has `of` in it. */
  fail(at: Moment, failure: Failure, n?: number, of?: string): void;
  /** The failure that waits for this moment. */
  take(at: Moment, line: string): Failure | null;
  /** How many are still to come. */
  pending(): number;
  reset(): void;
};

/** No misbehaviour at all. */
export const createFaults = (): Faults => {
  let waiting: Waiting[] = [];
  return {
    fail: (at, failure, n = 1, of) => {
      waiting.push({ at, failure, left: n, of: of ?? null });
    },
    take: (at, line) => {
      const found = waiting.find((each) => each.at === at && (each.of === null || line.includes(each.of)));
      if (!found) return null;
      found.left -= 1;
      if (found.left === 0) waiting = waiting.filter((each) => each !== found);
      return found.failure;
    },
    pending: () => waiting.length,
    reset: () => {
      waiting = [];
    },
  };
};
