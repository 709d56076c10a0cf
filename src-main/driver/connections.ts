/**
 * What a connection is for. Who pulls or reads waits for it where its server has as many as it is given; who listens does
 * without.
 */
export type ConnectionUse = 'sync' | 'read' | 'listen';

/** A connection that is wanted: to which server, and how many that one is given by all accounts together. */
export type ConnectionWanted = { server: string; most: number; use: ConnectionUse };

/** The connections of all accounts, as one of them may make them (docs/sync.md I7). */
export type Connections = {
  /** Resolves when one may be made, with what gives it back; throws `rateLimited` where it may not. */
  take(wanted: ConnectionWanted, signal: AbortSignal): Promise<() => void>;
};

/** As many as are wanted: for an account that is alone. */
export const unlimited: Connections = { take: async () => () => undefined };
