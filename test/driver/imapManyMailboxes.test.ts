import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { syncedWorld, verbs } from '../support/worldImap.ts';

const MANY = 10_000;

describe('I1: 10,000 mailboxes', () => {
  it('are all held, looked at in one round trip, and opened only where something is new', async (t) => {
    const w = await syncedWorld(t, { mails: 3 });
    const boxes: string[] = [];
    for (let n = 0; n < MANY; n++) boxes.push(await w.server.createMailbox(`Box ${n}`));
    await w.server.deliver([{ subject: 'in the last', mailboxIds: [boxes.at(-1) ?? ''] }]);
    await w.expectTrue();
    assert.ok(Object.keys(w.view().mailboxes).length >= MANY);
    w.forget();
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.deepEqual(verbs(w), ['LIST']);
    await w.server.deliver([{ subject: 'in the first', mailboxIds: [boxes[0] ?? ''] }]);
    w.forget();
    await w.expectTrue();
    assert.equal(w.server.countCommands('EXAMINE'), 1);
  });
});
