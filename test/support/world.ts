import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createJmapDriver } from '../../src-main/driver/jmap/driver.ts';
import type { JmapConfig } from '../../src-shared/model.ts';
import type { ServerMail } from '../servers/jmap/model.ts';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../servers/jmapServer.ts';
import { type EngineWorld, makeWorld, type Protocol, sockets } from './worldEngine.ts';
import { differences, holdable, viewOf } from './worldView.ts';

/** What a world is made with, besides what its server takes. */
export type WorldOptions = JmapServerOptions & {
  /** Mails in the inbox to begin with: how many, or which. */
  mails?: number | ServerMail[];
  /** A file for the replica instead of memory. */
  file?: string;
  seed?: number;
};

/** A JMAP server, a replica, and the engine between them over real HTTP. */
export type World = EngineWorld<JmapServer, JmapConfig>;

/** Numbered mails, a minute apart unless they say otherwise. */
export const mails = (count: number, more: (n: number) => ServerMail = () => ({})): ServerMail[] =>
  Array.from({ length: count }, (_, index) => ({ subject: `mail ${index + 1}`, ...more(index + 1) }));

const jmap: Protocol<JmapServer, JmapConfig> = {
  createDriver: (account, clock) => createJmapDriver({ ...account, clock }),
  compare: async (store, server) => differences(viewOf(store), holdable(await server.truth())),
  forget: (server) => server.forgetRequests(),
};

/** A world that somebody has to end. Nothing runs before the first `sync`. */
export const openWorld = async (options: WorldOptions = {}): Promise<World> => {
  const socketsBefore = sockets();
  const server = await startJmapServer(options);
  const { mails: wanted = 0, file, seed } = options;
  await server.deliver(typeof wanted === 'number' ? mails(wanted) : wanted);
  assert.equal(server.config.protocol, 'jmap');
  return makeWorld({ server, config: server.config, protocol: jmap, file, seed, socketsBefore });
};

/** A world that ends with its test. */
export const world = async (t: TestContext, options: WorldOptions = {}): Promise<World> => {
  const made = await openWorld(options);
  t.after(() => made.end());
  return made;
};
