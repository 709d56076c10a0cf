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

/** A network of a test's own in place of the internet. */
export type TestNetwork = {
  /** Whom names are asked of, `address:port`. */
  nameServer: string;
  /** Where a connection to an address of the internet leads instead. */
  route: (address: string, port: number) => { address: string; port: number };
};

/** What differs between the hosts of Tern's backend: plain Node, Electron, tests. */
export type Platform = {
  /** Where everything lives that Tern keeps. It exists. */
  dataDir: string;
  /** Electron's version, null elsewhere. */
  electron: string | null;
  /** Whether whoever calls may name files of this machine by their paths: scripts may, a window may not. */
  takesPaths: boolean;
  /** The path that a handle stands for, which the host's own picker or drop gave out: once. Throws `forbidden`. */
  takeFile?: (handle: string) => string;
  clock: Clock;
  /** Where accounts are discovered, under test. Only plain Node can have it: nothing switches it on in the app. */
  testNetwork?: TestNetwork | undefined;
  /** Calls the handler whenever the machine woke from sleep or its network is another one; answers what ends that. */
  onWake(handler: () => void): () => void;
  /** Starts a worker process, of an account where one is named; it waits to be opened over its port. */
  spawnWorker(account?: string): WorkerProcess;
  /** Opens a page in the system browser; where a host cannot, whoever drives it is told of the page (event `browse`). */
  openExternal?(url: string): Promise<void>;
  /** Encrypts a secret, bound to `context`: it opens only under the same one. Throws `storage`. */
  seal(secret: string, context: string): Promise<string>;
  /** Opens what `seal` made. Throws `auth` when it cannot: the person has to sign in again. */
  unseal(sealed: string, context: string): Promise<string>;
  secrets: SealKeeping;
};

/** What keeps a host's seals; a passphrase, which takes their place where a person wants one, is no host's own. */
type SealKeeping = {
  /**
   * The system's own store, or a key in a file of Tern's. `basicText`: the system has no store, and its key is one that
   * anybody can look up.
   */
  kind(): Promise<'system' | 'keyFile' | 'basicText'>;
  /** Whether a secret would be sealed in just that way today; where it is missing, all are. */
  isCurrent?(sealed: string): boolean;
  /** Takes away what seals are opened by, where that is a file of Tern's. */
  retire?(): void;
};
