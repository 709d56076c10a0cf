import type { Driver } from '../../src-main/driver/driver.ts';
import type { Store } from '../../src-main/store/db.ts';
import type { Config, Credential } from '../../src-shared/model.ts';
import type { FakeClock } from './clock.ts';

/** One run of the program, as far as the server sees it. `store`: the replica, which does not die. */
export type SiteRun = {
  /** The driver, connected. */
  driver(signal: AbortSignal): Promise<Driver>;
  /** Brings what lies on the server, as a pull does; what the person removed goes there, too. */
  pull(): Promise<void>;
  stop(): Promise<void>;
};

/** What a desk sends by: a server, or something that behaves like one. */
export type Site = {
  config: Config;
  credential: Credential;
  start(store: Store, clock: FakeClock): SiteRun;
  stop(): Promise<void>;
};
