import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start } from '../servers/jmap/testClient.ts';
import { addSynced, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

describe('push, as who drives the host sees it', () => {
  it('new mail is announced, and told of once, without anybody asking; its cycle has its lag in the log', async (t) => {
    const server = await start(t, { push: true });
    const host = hostFor(t);
    const account = await addSynced(host, server);
    await until('an event source', () => server.events.log.length > 0);
    const before = host.events.length;
    await server.deliver([{ subject: 'now', receivedAt: new Date() }]);
    const created = await until(
      'the email',
      () =>
        host.events
          .slice(before)
          .flatMap(({ event, data }) => (event === 'changed' ? (data.emails?.created ?? []) : []))[0],
    );
    const notified = await until('notify', () => host.events.find(({ event }) => event === 'notify'));
    assert.deepEqual(notified.data, { account, email: created });
    const { cycles } = await host.call('sync.log', account, { limit: 1 });
    assert.equal(cycles[0]?.trigger, 'push');
    assert.ok((cycles[0]?.lagMs ?? -1) >= 0);
  });

  it('sync.wake begins a cycle of every account at once', async (t) => {
    const server = await start(t);
    const host = hostFor(t);
    const account = await addSynced(host, server);
    assert.deepEqual(await host.call('sync.wake', null, {}), {});
    await until('a cycle by wake', async () => {
      const { cycles } = await host.call('sync.log', account, {});
      return cycles.some(({ trigger }) => trigger === 'wake') || undefined;
    });
  });
});
