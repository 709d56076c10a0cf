import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { CallOutput } from '../../src-shared/contract.ts';
import type { AccountRow, Cycle } from '../../src-shared/contractRows.ts';
import type { EventData } from '../../src-shared/events.ts';
import type { Credential } from '../../src-shared/model.ts';
import type { MailServer, TestMail, Truth } from '../servers/mailServer.ts';
import { dataFolder, type Host, type HostEvent, hostFor } from '../support/host.ts';
import { type Gate, openGate } from './gate.ts';
import { assertSame, expectedOf, type Replica, replicaOf } from './replica.ts';

/** Where Tern runs: a host that other tests use as well, or one of its own. */
export type Home = {
  /** The host of the moment. */
  host: () => Host;
  /** Ends Tern: as a person would, or by kill -9. */
  leave: (how?: 'kill') => Promise<void>;
  /** Starts Tern again on the same data folder. */
  comeBack: () => void;
};

/** A mail server, Tern, and the network between them. */
export type World = Home & {
  server: MailServer;
  gate: Gate;
  account: () => string;
  /** Adds the account; waits for nothing. */
  add: () => Promise<void>;
  /** One cycle that begins now. */
  sync: () => Promise<CallOutput<'sync.now'>>;
  /** Syncs, and fails unless Tern then holds what the server holds. */
  agree: () => Promise<Replica>;
};

/** A host of its own for a test, with more of an environment if told. */
export const ownHome = (t: TestContext, env: Record<string, string> = {}): Home => {
  const dataDir = dataFolder(t);
  let host = hostFor(t, { dataDir, env });
  return {
    host: () => host,
    leave: async (how) => {
      if (how === 'kill') await host.kill();
      else assert.equal(await host.end(), 0, 'Tern ends well');
    },
    comeBack: () => {
      host = hostFor(t, { dataDir, env });
    },
  };
};

let added = 0;

/** Starts the server for this test alone, and a gate before it. The account is not added yet. */
export const openWorld = async (
  t: TestContext,
  startServer: () => Promise<MailServer>,
  home = ownHome(t),
): Promise<World> => {
  const server = await startServer();
  t.after(() => server.stop());
  const gate = await openGate(server.config);
  t.after(() => gate.end());
  let account = '';
  const sync = (): ReturnType<World['sync']> => home.host().call('sync.now', account, {});
  return {
    server,
    gate,
    ...home,
    account: () => account,
    add: async () => {
      added += 1;
      const email = `alice${added}@example.test`;
      const input = { email, config: gate.config, credential: server.credential };
      account = (await home.host().call('accounts.add', null, input)).account.id;
    },
    sync,
    agree: async () => {
      assert.deepEqual(await sync(), { result: 'ok' });
      const held = await replicaOf(home.host(), account);
      assertSame(held, expectedOf(await server.truth()));
      return held;
    },
  };
};

let written = 0;

/** Mails whose subjects name them: `name 1`, `name 2`...; a minute between one and the next. */
export const letters = (name: string, count: number, more: (n: number) => TestMail = () => ({})): TestMail[] =>
  Array.from({ length: count }, (_, index) => {
    written += 1;
    const n = index + 1;
    return {
      subject: `${name} ${n}`,
      messageId: `${name.replaceAll(/\W/g, '-')}-${n}@conformance.test`,
      receivedAt: new Date(Date.UTC(2026, 0, 5) + written * 60_000),
      ...more(n),
    };
  });

/** The remote id of the mailbox with a role. */
export const roleOf = (truth: Truth, role: string): string => {
  const found = Object.entries(truth.mailboxes).find(([, mailbox]) => mailbox.role === role);
  assert.ok(found, `the server has no mailbox with the role ${role}`);
  return found[0];
};

/** The account as `accounts.list` shows it. */
export const rowOf = async (world: World): Promise<AccountRow> => {
  const { accounts } = await world.host().call('accounts.list', null, {});
  const row = accounts.find(({ id }) => id === world.account());
  assert.ok(row, 'the account is listed');
  return row;
};

const nextEvent = (host: Host, matches: (event: HostEvent) => boolean): Promise<HostEvent> => {
  const before = new Set(host.events);
  return host.event((event) => !before.has(event) && matches(event));
};

/** Resolves with the next `changed` event of the account. */
export const changed = async (
  world: World,
  matches: (data: EventData<'changed'>) => boolean = () => true,
): Promise<EventData<'changed'>> => {
  const found = await nextEvent(
    world.host(),
    ({ event, account, data }) => event === 'changed' && account === world.account() && matches(data),
  );
  assert.ok(found.event === 'changed');
  return found.data;
};

/** The latest cycle of the sync log. */
export const lastCycle = async (world: World): Promise<Cycle> => {
  const { cycles } = await world.host().call('sync.log', world.account(), { limit: 1 });
  const [cycle] = cycles;
  assert.ok(cycle, 'the cycle is logged');
  return cycle;
};

/** Resolves when the account next enters a phase. */
export const entered = (world: World, phase: AccountRow['phase']): Promise<HostEvent> =>
  nextEvent(
    world.host(),
    ({ event, account, data }) => event === 'phase' && account === world.account() && data.phase === phase,
  );

/** The credential with another password. */
export const withPassword = (credential: Credential, password: string): Credential => {
  assert.equal(credential.type, 'password');
  return credential.type === 'password' ? { ...credential, password } : credential;
};
