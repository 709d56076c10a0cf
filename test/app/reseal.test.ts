import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createBackend } from '../../src-main/backend.ts';
import type { Platform } from '../../src-main/platform.ts';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import { start } from '../servers/jmap/testClient.ts';
import { cleanUp, dataFolder } from '../support/host.ts';
import { until } from '../support/processes.ts';

/** A host whose system seals under another key in each age, and still opens the seals of those before. */
const systemOf = (dataDir: string) => {
  const own = createNodePlatform(dataDir);
  const system = { age: 1, opened: [] as string[] };
  const platform: Platform = {
    ...own,
    seal: async (secret, context) => `age${system.age}|${await own.seal(secret, context)}`,
    unseal: (sealed, context) => {
      system.opened.push(sealed.split('|')[0] ?? '');
      return own.unseal(sealed.replace(/^age\d+\|/, ''), context);
    },
    secrets: { kind: async () => 'system', isCurrent: (sealed) => sealed.startsWith(`age${system.age}|`) },
  };
  return { system, platform };
};

const { signal } = new AbortController();
const running = (t: TestContext, platform: Platform) => {
  const backend = createBackend(platform, () => undefined);
  cleanUp(t, () => backend.close());
  return backend;
};

describe("a seal of the system's store", () => {
  it('is made anew when the system has another key, and not before', async (t) => {
    const server = await start(t);
    const { system, platform } = systemOf(dataFolder(t));
    const first = running(t, platform);
    const { config, credential } = server;
    const input = { email: 'alice@example.test', config, credential };
    await first.call({ call: 'accounts.add', account: null, input }, signal);
    await until('it signed in', () => system.opened.length > 0);
    await first.close();
    system.age = 2;
    for (const expected of [['age1', 'age1'], ['age2']]) {
      system.opened = [];
      const next = running(t, platform);
      assert.deepEqual(await next.call({ call: 'vault.status', account: null }, signal), {
        kind: 'system',
        locked: false,
      });
      await until('it signed in, and what is old was sealed anew', () => system.opened.length >= expected.length);
      await next.call({ call: 'sync.now', account: null }, signal);
      await next.close();
      assert.deepEqual(system.opened, expected);
    }
  });
});
