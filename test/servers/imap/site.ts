import type { SecureContext } from 'node:tls';
import type { Door } from '../oauth/tokenCheck.ts';
import type { Capability } from './capabilities.ts';
import type { Faults } from './faults.ts';
import type { Maker } from './messages.ts';
import type { Account } from './model.ts';
import type { Session } from './session.ts';
import type { Traffic } from './traffic.ts';

/** One running server: its mail, who may read it, what it can do and what is wrong with it. */
export type Site = {
  readonly account: Account;
  readonly make: Maker;
  readonly capabilities: ReadonlySet<Capability>;
  readonly security: 'none' | 'starttls' | 'tls';
  /** The certificate, where there is any encryption. */
  readonly secure: SecureContext | null;
  /** Who may sign in; without a token and a check every bearer is refused. */
  readonly signIn: Door;
  /** By which bearers are let in. */
  readonly tokenMechanisms: readonly string[];
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** Those that are open, in the order they came. */
  readonly sessions: Set<Session>;
};
