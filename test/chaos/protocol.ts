import type { Driver } from '../../src-main/driver/driver.ts';
import type { Clock } from '../../src-main/lib/clock.ts';
import type { Act, Server } from './actor.ts';
import type { Cast } from './cast.ts';
import type { Eyes } from './eyes.ts';
import type { Rig } from './rig.ts';
import type { Step } from './steps.ts';

/** A server in this process, started for one history, with a few emails on it. */
export type Site<S extends Server> = {
  readonly server: S;
  readonly eyes: Eyes;
  createDriver(clock: Clock): Driver;
  /** Ends all misbehaviour. From now on what waits in `meanwhile` happens while the server is at work. */
  calm(rig: Pick<Rig, 'meanwhile' | 'wrong' | 'ledger'>): void;
  /** What else it takes to be true again, after what happened in the history. */
  makeGood?(rig: Rig): void;
  /** What was put to the server, in order. */
  sent(): unknown[];
  /** Answers, when it is called, what the requests since then were too many, or must never be sent. */
  watchCycle(): () => string[];
  stop(): Promise<void>;
};

/** What histories know of a protocol. */
export type Protocol<S extends Server> = {
  readonly name: string;
  /** Who takes part. */
  readonly cast: Cast;
  /** What goes wrong between Tern and the server; `lostSet` and `refusedSet` among it. */
  readonly troubles: Record<string, Act<Rig<S>>>;
  /** How many moments from now something may happen meanwhile, and the program may be stopped. */
  readonly moments: { meanwhile: readonly number[]; stop: readonly number[] };
  /** Steps that come before all others, if it has any. */
  prelude?(random: () => number): Step[];
  open(history: readonly Step[], subject: () => string): Promise<Site<S>>;
};
