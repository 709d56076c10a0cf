import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { portPair } from '../../src-main/rpc/port.ts';
import { createRpc } from '../../src-main/rpc/rpc.ts';
import type { AccountSeed, OpenInput } from '../../src-main/rpc/workerProtocol.ts';
import { createFirstList } from '../../src-main/worker/firstList.ts';
import { runWorker } from '../../src-main/worker/run.ts';
import { TernError } from '../../src-shared/errors.ts';
import { fakeClock, settle } from '../support/clock.ts';
import { temporaryFolder } from '../support/storeProcess.ts';

/** A first list, and whether it is over yet. */
const watch = (isWanted: boolean) => {
  const clock = fakeClock();
  const list = createFirstList(clock, isWanted);
  let isOver = false;
  void list.over.then(() => {
    isOver = true;
  });
  return { clock, list, isOver: () => isOver };
};

test('the first list is over when it was answered, and no other call is it', async () => {
  const { clock, list, isOver } = watch(true);
  list.answered('row');
  await clock.advance(100);
  assert.equal(isOver(), false);
  list.answered('emails.list');
  await settle();
  assert.equal(isOver(), false, 'the answer goes first');
  await clock.advance(0);
  assert.equal(isOver(), true);
});

test('where nobody wants a list, or there is none yet, nothing waits for it', async () => {
  const asked = watch(true);
  await asked.clock.advance(249);
  assert.equal(asked.isOver(), false);
  await asked.clock.advance(1);
  assert.equal(asked.isOver(), true);
  const made = watch(false);
  await settle();
  assert.equal(made.isOver(), true);
});

const seed: AccountSeed = {
  id: 'acc-1',
  email: 'alice@example.test',
  name: 'Alice',
  config: { protocol: 'jmap', sessionUrl: 'https://example.test' },
  credential: 'sealed',
  paused: false,
  order: 0,
  colour: null,
};

/** A worker in this process; `asked`: what it asked its host for, which opens no credential. */
const opened = async (t: TestContext, input: Omit<OpenInput, 'account'>) => {
  const clock = fakeClock();
  const [mine, theirs] = portPair();
  const asked: string[] = [];
  const ended = Promise.withResolvers<void>();
  runWorker({ port: theirs, clock, log: pino({ level: 'silent' }), exit: ended.resolve });
  const host = createRpc(mine, async (name) => {
    asked.push(name);
    throw new TernError('auth', 'it cannot be opened');
  });
  await host.call('open', { account: seed.id, ...input } satisfies OpenInput);
  const close = async (): Promise<void> => {
    await Promise.all([host.call('close', null), clock.advance(10_000)]);
    await ended.promise;
  };
  t.after(close);
  return { clock, host, asked, close };
};

test('a worker makes its driver when the first list is answered, or when nobody wanted one; of a new account at once', async (t) => {
  const file = join(temporaryFolder(t), 'mail.sqlite');
  const made = await opened(t, { file, seed });
  await made.clock.advance(0);
  assert.deepEqual(made.asked, ['unseal']);
  await made.close();

  const again = await opened(t, { file });
  await again.clock.advance(200);
  assert.deepEqual(again.asked, []);
  const page = await again.host.call('emails.list', { collapseThreads: false, limit: 10 });
  assert.deepEqual(page, { rows: [], places: [], more: false });
  await again.clock.advance(0);
  assert.deepEqual(again.asked, ['unseal']);
  await again.close();

  const alone = await opened(t, { file });
  await alone.clock.advance(249);
  assert.deepEqual(alone.asked, []);
  await alone.clock.advance(1);
  assert.deepEqual(alone.asked, ['unseal']);
});
