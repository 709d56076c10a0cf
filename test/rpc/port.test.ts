import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { portOfMessagePort } from '../../src-main/rpc/port.ts';
import { createRpc } from '../../src-main/rpc/rpc.ts';

test('calls, failures and the end travel over a MessagePort', async () => {
  const { port1, port2 } = new MessageChannel();
  const asking = createRpc(portOfMessagePort(port1), async () => null);
  createRpc(portOfMessagePort(port2), async (name, input) => ({ name, input }));
  assert.deepEqual(await asking.call('echo', { when: new Date(0) }), { name: 'echo', input: { when: new Date(0) } });
  const closed = new Promise<void>((resolve) => asking.onClose(resolve));
  port2.close();
  await closed;
  await assert.rejects(asking.call('echo', null), { kind: 'cancelled' });
});

test('a port whose messages come wrapped, as those of Electron do, is read through', async () => {
  const { port1, port2 } = new MessageChannel();
  const received = new Promise((resolve) =>
    portOfMessagePort(port2, (message) => (message as { data: unknown }).data).onMessage(resolve),
  );
  portOfMessagePort(port1).post({ data: 'inside' });
  assert.equal(await received, 'inside');
  port1.close();
});
