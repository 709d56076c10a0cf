import assert from 'node:assert/strict';
import { it } from 'node:test';
import { start } from '../servers/jmap/testClient.ts';
import { addSynced, hostFor } from '../support/host.ts';

it('a draft takes over what a draft of another account holds, and nothing that is not there', async (t) => {
  const host = hostFor(t);
  const [one, other] = [await start(t), await start(t)];
  const from = await addSynced(host, one, 'alice@example.test');
  const to = await addSynced(host, other, 'alice2@example.test');
  const attachments = [
    { name: 'plan.txt', type: 'text/plain', cid: 'x@y', bytes: Buffer.from('The plan').toString('base64') },
  ];
  const { draft } = await host.call('drafts.save', from, { attachments });
  const [held] = (await host.call('drafts.get', from, { draft })).attachments;
  const named = { account: from, draft, held: held?.id ?? '' };
  const moved = await host.call('drafts.save', to, { attachments: [named] });
  await host.call('drafts.discard', from, { draft });
  const kept = await host.call('drafts.get', to, { draft: moved.draft });
  assert.deepEqual(
    kept.attachments.map(({ name, type, size, cid }) => [name, type, size, cid]),
    [['plan.txt', 'text/plain', 8, 'x@y']],
  );
  const save = (some: typeof named) => host.call('drafts.save', to, { draft: moved.draft, attachments: [some] });
  await assert.rejects(save(named), { kind: 'notFound', field: 'attachments.0.held' });
  await assert.rejects(save({ ...named, account: 'x' }), { kind: 'notFound', field: 'attachments.0.account' });
});
