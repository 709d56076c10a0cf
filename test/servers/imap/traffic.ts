/** A command that a client sent: its line with `{n}` for each literal, and what became of it. */
export type LoggedCommand = {
  /** Number of the connection, from 1. */
  connection: number;
  tag: string;
  /** In capitals, with UID: `UID FETCH`. */
  verb: string;
  line: string;
  /** Octets of its literals. */
  literals: number[];
  /** Null while it is not answered. */
  status: 'OK' | 'NO' | 'BAD' | null;
  /** Of its answer, untagged responses too. */
  bytes: number;
};

/** What the server saw so far. */
export type Traffic = {
  commands: LoggedCommand[];
  /** How often a client spoke after the server had: what it sends without waiting for an answer counts once. */
  roundTrips: number;
  connections: { made: number; open: number; most: number };
};

/** Nothing seen yet. */
export const createTraffic = (): Traffic => ({
  commands: [],
  roundTrips: 0,
  connections: { made: 0, open: 0, most: 0 },
});
