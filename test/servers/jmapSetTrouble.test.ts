import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSet } from './jmap/faults.ts';
import { changes, post, refused, requestOf, setEmail, setMailbox, startWithThree, state } from './jmap/testClient.ts';

describe('trouble with sets', () => {
  it('refuses items, and does items that it says it did not', async (t) => {
    const { server, a, b, email } = await startWithThree(t);
    server.trouble.refuseItems((method, id, patch) =>
      method === 'Email/set' && id === a && patch ? { type: 'rateLimit' } : null,
    );
    server.trouble.partial((_method, id) => (id === b ? { type: 'serverPartialFail' } : null));
    const update = { [a]: { 'keywords/x': true }, [b]: { 'keywords/x': true } };
    assert.deepEqual((await setEmail(server, { update })).notUpdated, {
      [a]: { type: 'rateLimit' },
      [b]: { type: 'serverPartialFail' },
    });
    assert.deepEqual([(await email(a))?.keywords, (await email(b))?.keywords], [[], ['x']]);
    server.trouble.partial(() => ({ type: 'serverFail' }));
    const { created, notCreated } = await setMailbox(server, { create: { k: { name: 'New' } } });
    assert.deepEqual([created, notCreated], [null, { k: { type: 'serverFail' } }]);
    assert.notEqual(server.mailboxId('New'), '');
    server.trouble.reset();
    assert.equal((await setEmail(server, { update })).notUpdated, null);
  });

  it('ignores ifInState, and fails one method', async (t) => {
    const { server, a, email } = await startWithThree(t);
    server.trouble.ignoreIfInState(true);
    await setEmail(server, { ifInState: 'e1', update: { [a]: { 'keywords/x': true } } });
    assert.deepEqual((await email(a))?.keywords, ['x']);
    server.trouble.failMethod('Email/set', 'accountReadOnly', 2);
    const destroy = { destroy: [a] };
    assert.equal(await refused(server, 'Email/set', destroy), 'accountReadOnly');
    await setMailbox(server, {});
    assert.equal(await refused(server, 'Email/set', destroy), 'accountReadOnly');
    assert.notEqual(await email(a), undefined);
    assert.deepEqual((await setEmail(server, destroy)).destroyed, [a]);
  });

  it('hides what a set did', async (t) => {
    const { server, a, b, c } = await startWithThree(t);
    const before = await state(server);
    await server.setKeywords([a], { y: true });
    server.trouble.hideOwnChanges(true);
    const { newState } = await setEmail(server, { update: { [a]: { 'keywords/x': true } }, destroy: [c] });
    const told = await changes(server, before);
    assert.deepEqual([told.updated, told.destroyed, told.newState], [[a], [], newState]);
    await server.setKeywords([b], { y: true });
    assert.deepEqual((await changes(server, newState)).updated, [b]);
    server.trouble.hideOwnChanges(false);
    await setEmail(server, { update: { [a]: { 'keywords/x': null } } });
    assert.deepEqual((await changes(server, newState)).updated, [b, a]);
  });

  it('drops requests with a set before or after the work', async (t) => {
    const { server, a, email } = await startWithThree(t);
    const send = (keyword: string) =>
      post(server, requestOf([['Email/set', { update: { [a]: { [`keywords/${keyword}`]: true } } }]]));
    server.trouble.failNext('dropBefore', 1, { when: hasSet });
    server.trouble.failNext('dropAfter', 1, { when: hasSet });
    assert.equal((await post(server, requestOf([['Core/echo', {}]]))).status, 200);
    await assert.rejects(send('before'), TypeError);
    assert.deepEqual((await email(a))?.keywords, []);
    await assert.rejects(send('after'), TypeError);
    assert.deepEqual((await email(a))?.keywords, ['after']);
    assert.equal((await send('last')).status, 200);
    assert.deepEqual(
      server.setCalls().map(({ method, args, carriedOut }) => [method, args['update'], carriedOut]),
      [
        ['Email/set', { [a]: { 'keywords/before': true } }, false],
        ['Email/set', { [a]: { 'keywords/after': true } }, true],
        ['Email/set', { [a]: { 'keywords/last': true } }, true],
      ],
    );
  });
});
