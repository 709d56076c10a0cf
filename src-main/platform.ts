import type { Clock } from './lib/clock.ts';
import type { Port } from './rpc/port.ts';

/** How a worker process ended. `clean`: it went by itself, as asked. */
export type WorkerEnd = { clean: boolean; reason: string };

/** A worker process under way. */
export type WorkerProcess = {
  port: Port;
  ended: Promise<WorkerEnd>;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
};

/** What differs between the hosts of Tern's backend: plain Node, Electron, tests. */
export type Platform = {
  /** Where everything lives that Tern keeps. It exists. */
  dataDir: string;
  /** Electron's version, null elsewhere. */
  electron: string | null;
  /** Whether whoever calls may name files of this machine by their paths: scripts may, a window may not. */
  takesPaths: boolean;
  clock: Clock;
  /** Calls the handler whenever the machine woke from sleep or its network is another one; answers what ends that. */
  onWake(handler: () => void): () => void;
  /** Starts a worker process; it waits to be opened over its port. */
  spawnWorker(): WorkerProcess;
  /** Opens a page in the system browser; where a host cannot, whoever drives it is told of the page (event `browse`). */
  openExternal?(url: string): Promise<void>;
  /** Encrypts a secret, bound to `context`: it opens only under the same one. Throws `storage`. */
  seal(secret: string, context: string): Promise<string>;
  /** Opens what `seal` made. Throws `auth` when it cannot: the person has to sign in again. */
  unseal(sealed: string, context: string): Promise<string>;
};
