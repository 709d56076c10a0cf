import type { SecureContext } from 'node:tls';
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
  /** Who may sign in; a null token refuses every bearer. */
  readonly signIn: { username: string; password: string; token: string | null };
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** Those that are open, in the order they came. */
  readonly sessions: Set<Session>;
};
