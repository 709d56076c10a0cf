import { after, describe, it, type TestContext } from 'node:test';
import { type Host, startHost } from '../support/host.ts';
import { awayBehaviours } from './behavioursAway.ts';
import { changeBehaviours } from './behavioursChanges.ts';
import { fillBehaviours } from './behavioursFill.ts';
import { mailboxBehaviours } from './behavioursMailboxes.ts';
import { readingBehaviours } from './behavioursReading.ts';
import type { Servers } from './servers.ts';
import { type Home, openWorld, ownHome, type World } from './world.ts';

/** What a suite has to know of the protocol. */
export type SuiteOptions = {
  /** What a cycle without news may cost, in round trips and bytes. */
  idle: { roundTrips: number; bytes: number };
  /** An email in two mailboxes is one email (JMAP), or a copy is an email of its own (IMAP). */
  copies: 'same email' | 'own emails';
  /** The server tells how an email's text begins (JMAP), or it is read with the text (IMAP). */
  previews: boolean;
};

/** JMAP, on whatever server. */
export const overJmap: SuiteOptions = { idle: { roundTrips: 1, bytes: 5000 }, copies: 'same email', previews: true };
/** IMAP, on a server that tells by itself which flags changed (CONDSTORE). */
export const overImap: SuiteOptions = { idle: { roundTrips: 5, bytes: 5000 }, copies: 'own emails', previews: false };

/**
 * A title and what it promises, shown on an account of its own. `own home`: in a Tern of its own, too, because it ends Tern;
 * `own server`: because it ends the server.
 */
export type Behaviour = [
  title: string,
  run: (world: World, t: TestContext, options: SuiteOptions) => Promise<void>,
  needs?: 'own home' | 'own server',
];

/** One Tern for many tests: starting one takes longer than most of them. */
const shareHome = (): Home & { close(): Promise<void> } => {
  let host: Host | undefined;
  const never = (): never => {
    throw new Error('this behaviour needs a Tern of its own');
  };
  return {
    host: () => {
      host ??= startHost();
      return host;
    },
    leave: async () => never(),
    comeBack: never,
    close: async () => void (await host?.end()),
  };
};

/** `skip`: why none can be shown; `takes`: those to be shown, by number, all unless told. */
type Selection = { skip?: string | false; takes?: (index: number) => boolean };

/**
 * Everything a person may count on, whatever the server speaks. Each behaviour drives Tern through the headless host
 * alone, acts on the server as another client, and ends with a replica that equals what the server holds.
 */
export const conformanceSuite = (
  name: string,
  servers: Servers,
  { skip, takes = () => true, ...options }: SuiteOptions & Selection,
): void => {
  describe(`conformance: ${name}`, { skip: skip ?? false, concurrency: 3 }, () => {
    const shared = shareHome();
    after(() => shared.close());
    after(() => servers.stop());
    for (const [index, [title, run, needs]] of all.entries()) {
      if (!takes(index)) continue;
      it(title, { timeout: 180_000 }, async (t) => {
        const start = needs === 'own server' ? servers.alone : servers.account;
        const world = await openWorld(t, start, needs === 'own home' ? ownHome(t) : shared);
        await run(world, t, options);
        await world.agree();
        if (needs !== 'own home') await world.host().call('accounts.remove', null, { account: world.account() });
      });
    }
  });
};

// The longest first, so that none of them is left over at the end.
const all = [...awayBehaviours, ...fillBehaviours, ...changeBehaviours, ...mailboxBehaviours, ...readingBehaviours];
