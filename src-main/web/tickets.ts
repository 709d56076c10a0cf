import { newSecret } from '../lib/secret.ts';

/** What is handed out once under an address that nobody can guess. */
export type Ticketed = { kind: 'mail'; html: string } | { kind: 'file'; path: string; name: string; size: number };

/** Addresses that can be read once. */
export type Tickets = {
  /** The path under which it can be fetched, once. */
  issue(what: Ticketed): string;
  /** What the path stands for; undefined for one that was fetched already, or never given out. */
  redeem(path: string): Ticketed | undefined;
};

/** A page that opens message after message without fetching any leaves only so many behind. */
const MOST_WAITING = 50;

/** An empty book of tickets. */
export const createTickets = (): Tickets => {
  const waiting = new Map<string, Ticketed>();
  return {
    issue: (what) => {
      const path = `/once/${newSecret()}`;
      waiting.set(path, what);
      const [oldest] = waiting.keys();
      if (waiting.size > MOST_WAITING && oldest !== undefined) waiting.delete(oldest);
      return path;
    },
    redeem: (path) => {
      const what = waiting.get(path);
      waiting.delete(path);
      return what;
    },
  };
};
