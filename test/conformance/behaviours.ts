import { after, describe, it, type TestContext } from 'node:test';
import type { MailServer } from '../servers/mailServer.ts';
import { type Host, startHost } from '../support/host.ts';
import { awayBehaviours } from './behavioursAway.ts';
import { changeBehaviours } from './behavioursChanges.ts';
import { fillBehaviours } from './behavioursFill.ts';
import { mailboxBehaviours } from './behavioursMailboxes.ts';
import { type Home, openWorld, ownHome, type World } from './world.ts';

/** What a suite has to know of the protocol: how many round trips a cycle without news costs. */
export type SuiteOptions = { idleRoundTrips: number };

/**
 * A title and what it promises, shown on a server and an account of its own; `own home`: in a Tern of its own, too,
 * because it ends Tern.
 */
export type Behaviour = [
  title: string,
  run: (world: World, t: TestContext, options: SuiteOptions) => Promise<void>,
  home?: 'own home',
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

/**
 * Everything a person may count on, whatever the server speaks. Each behaviour drives Tern through the headless host
 * alone, acts on the server as another client, and ends with a replica that equals what the server holds.
 */
export const conformanceSuite = (
  name: string,
  startServer: () => Promise<MailServer>,
  { skip, ...options }: SuiteOptions & { skip?: string | false },
): void => {
  describe(`conformance: ${name}`, { skip: skip ?? false, concurrency: 3 }, () => {
    const shared = shareHome();
    after(() => shared.close());
    for (const [title, run, home] of all) {
      it(title, { timeout: 60_000 }, async (t) => {
        const world = await openWorld(t, startServer, home ? ownHome(t) : shared);
        await run(world, t, options);
        await world.agree();
        if (!home) await world.host().call('accounts.remove', null, { account: world.account() });
      });
    }
  });
};

// The longest first, so that none of them is left over at the end.
const all = [...awayBehaviours, ...fillBehaviours, ...changeBehaviours, ...mailboxBehaviours];
