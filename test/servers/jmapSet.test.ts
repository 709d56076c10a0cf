import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import {
  type Args,
  changes,
  fields,
  one,
  refused,
  request,
  setEmail,
  setMailbox,
  startWithThree,
  state,
} from './jmap/testClient.ts';

describe('Email/set', () => {
  it('flags, moves and destroys, and tells it in changes', async (t) => {
    const { server, a, b, c, inbox, archive, email } = await startWithThree(t);
    const [before, mailboxesBefore] = [await state(server), await state(server, 'Mailbox')];
    const answer = await setEmail(server, {
      ifInState: before,
      update: {
        [a]: { 'keywords/$Seen': true, 'keywords/$flagged': null, 'keywords/a~1b': true },
        [b]: { [`mailboxIds/${archive}`]: true, [`mailboxIds/${inbox}`]: null, keywords: { X: true } },
      },
      destroy: [c],
    });
    assert.deepEqual(answer, {
      accountId: 'alice',
      oldState: before,
      newState: await state(server),
      created: null,
      updated: { [a]: null, [b]: null },
      destroyed: [c],
      notCreated: null,
      notUpdated: null,
      notDestroyed: null,
    });
    assert.partialDeepStrictEqual(await email(a), { keywords: ['$seen', 'a/b'], mailboxIds: [inbox] });
    assert.partialDeepStrictEqual(await email(b), { keywords: ['x'], mailboxIds: [archive] });
    const told = await changes(server, before);
    assert.deepEqual([told.updated.toSorted(), told.destroyed, told.newState], [[a, b], [c], answer.newState]);
    const boxes = await changes(server, mailboxesBefore, {}, 'Mailbox');
    assert.deepEqual(boxes.updated.toSorted(), [inbox, archive].toSorted());
    await setEmail(server, { update: { [a]: { mailboxIds: { [archive]: true }, keywords: null } } });
    assert.partialDeepStrictEqual(await email(a), { keywords: [], mailboxIds: [archive] });
  });

  it('leaves the state where nothing changes', async (t) => {
    const { server, a, c, inbox } = await startWithThree(t);
    const [before, mailboxes] = [await state(server), await state(server, 'Mailbox')];
    const update = { [a]: { [`mailboxIds/${inbox}`]: true, 'keywords/x': null }, [c]: { 'keywords/$flagged': true } };
    const answer = await setEmail(server, { update });
    assert.deepEqual(answer.updated, { [a]: null, [c]: null });
    assert.deepEqual([answer.oldState, answer.newState], [before, before]);
    assert.deepEqual([await state(server), await state(server, 'Mailbox')], [before, mailboxes]);
  });

  it('tells what is wrong with an item, and does the others', async (t) => {
    const { server, a, b, inbox, email } = await startWithThree(t);
    const before = await email(a);
    const bad: [Args, Args][] = [
      [{ [`mailboxIds/${inbox}`]: null }, { type: 'invalidProperties', properties: ['mailboxIds'] }],
      [{ 'mailboxIds/nope': true }, { type: 'invalidProperties', properties: ['mailboxIds'] }],
      [{ mailboxIds: {} }, { type: 'invalidProperties', properties: ['mailboxIds'] }],
      [{ 'keywords/x': false }, { type: 'invalidProperties', properties: ['keywords'] }],
      [{ 'keywords/a b': true }, { type: 'invalidProperties', properties: ['keywords'] }],
      [{ keywords: [] }, { type: 'invalidProperties', properties: ['keywords'] }],
      [{ subject: 'other' }, { type: 'invalidProperties', properties: ['subject'] }],
      [{ 'keywords/x/y': true }, { type: 'invalidPatch' }],
      [{ keywords: {}, 'keywords/x': true }, { type: 'invalidPatch' }],
    ];
    for (const [patch, error] of bad) {
      const answer = await setEmail(server, { update: { [a]: patch, [b]: { 'keywords/y': true } } });
      assert.deepEqual([answer.notUpdated, answer.updated], [{ [a]: error }, { [b]: null }], JSON.stringify(patch));
    }
    assert.deepEqual(await email(a), before);
    const mixed = await setEmail(server, {
      create: { k: {} },
      update: { other: {}, [a]: { 'keywords/x': true } },
      destroy: ['gone', a],
    });
    assert.deepEqual(mixed.notCreated, { k: { type: 'forbidden' } });
    assert.deepEqual(mixed.notUpdated, { other: { type: 'notFound' }, [a]: { type: 'willDestroy' } });
    assert.deepEqual([mixed.notDestroyed, mixed.destroyed], [{ gone: { type: 'notFound' } }, [a]]);
  });

  it('obeys rights', async (t) => {
    const { server, a, inbox, archive } = await startWithThree(t);
    const update = async (patch: Args) => (await setEmail(server, { update: { [a]: patch } })).notUpdated?.[a]?.type;
    await server.override(inbox, { myRights: { maySetSeen: false, mayRemoveItems: false } });
    assert.equal(await update({ 'keywords/$seen': true }), 'forbidden');
    assert.equal(await update({ 'keywords/$flagged': true }), undefined);
    assert.equal(await update({ mailboxIds: { [archive]: true } }), 'forbidden');
    assert.deepEqual((await setEmail(server, { destroy: [a] })).notDestroyed, { [a]: { type: 'forbidden' } });
    await server.override(archive, { myRights: { mayAddItems: false } });
    assert.equal(await update({ [`mailboxIds/${archive}`]: true }), 'forbidden');
  });

  it('refuses a whole set that is too large, or not in the state named', async (t) => {
    const { server, a, b, c, email } = await startWithThree(t, { limits: { maxObjectsInSet: 2 } });
    const patch = { 'keywords/x': true };
    const args = { update: { [a]: patch, [b]: patch }, destroy: [c] };
    assert.equal(await refused(server, 'Email/set', args), 'requestTooLarge');
    assert.equal(await refused(server, 'Email/set', { surprise: 1 }), 'invalidArguments');
    const before = await state(server);
    await server.setKeywords([b], { y: true });
    assert.equal(await refused(server, 'Email/set', { ifInState: before, update: { [a]: patch } }), 'stateMismatch');
    assert.deepEqual((await email(a))?.keywords, []);
    const ifInState = { resultOf: 'c', name: 'Email/changes', path: '/newState' };
    const { methodResponses } = await request(
      server,
      ['Email/changes', { sinceState: before }, 'c'],
      ['Email/set', { '#ifInState': ifInState, update: { [a]: patch } }, 's'],
    );
    const newState = methodResponses[1]?.[1]['newState'];
    await setEmail(server, { ifInState: newState, update: { [a]: { 'keywords/z': true } } });
    assert.deepEqual((await email(a))?.keywords, ['x', 'z']);
    const done = server.setCalls('Email/set').map(({ carriedOut, call }) => [carriedOut, call]);
    assert.deepEqual(done, [
      [false, 0],
      [false, 0],
      [false, 0],
      [true, 1],
      [true, 0],
    ]);
  });
});

describe('Mailbox/set', () => {
  it('creates a tree, renames, moves and destroys it', async (t) => {
    const { server, a, inbox } = await startWithThree(t);
    const [before, emailsBefore] = [await state(server, 'Mailbox'), await state(server)];
    const made = await setMailbox(server, {
      ifInState: before,
      create: { leaf: { name: 'Leaf', parentId: '#trunk' }, trunk: { name: 'Trunk', sortOrder: 7 } },
    });
    const [trunk = '', leaf = ''] = [made.created?.['trunk']?.id, made.created?.['leaf']?.id];
    assert.partialDeepStrictEqual(made.created?.['trunk'], { parentId: null, totalEmails: 0, role: null });
    assert.ok(!('name' in (made.created?.['leaf'] ?? {})));
    assert.equal(server.mailboxId('Trunk/Leaf'), leaf);
    assert.equal(await state(server), emailsBefore);
    const change = { name: 'Twig', parentId: inbox, sortOrder: 3, isSubscribed: false };
    assert.deepEqual((await setMailbox(server, { update: { [leaf]: change } })).updated, { [leaf]: null });
    const { list } = await one(server, z.object({ list: z.array(fields) }), 'Mailbox/get', { ids: [leaf] });
    assert.partialDeepStrictEqual(list[0], change);
    const still = await setMailbox(server, { update: { [leaf]: change } });
    assert.equal(still.newState, still.oldState);
    await setMailbox(server, { update: { [leaf]: { parentId: trunk } } });
    await server.setMailboxes([a], { [leaf]: true, [inbox]: null });
    const refusal = await setMailbox(server, { destroy: [leaf] });
    assert.deepEqual(refusal.notDestroyed, { [leaf]: { type: 'mailboxHasEmail' } });
    assert.deepEqual((await setMailbox(server, { destroy: [trunk] })).notDestroyed, {
      [trunk]: { type: 'mailboxHasChild' },
    });
    const gone = await setMailbox(server, { destroy: [trunk, leaf], onDestroyRemoveEmails: true });
    assert.deepEqual(new Set(gone.destroyed), new Set([trunk, leaf]));
    assert.deepEqual((await changes(server, emailsBefore)).destroyed, [a]);
  });

  it('keeps an email that is elsewhere, too', async (t) => {
    const { server, a, inbox, archive, email } = await startWithThree(t);
    await server.setMailboxes([a], { [archive]: true });
    await setMailbox(server, { destroy: [archive], onDestroyRemoveEmails: true });
    assert.deepEqual((await email(a))?.mailboxIds, [inbox]);
  });

  it('files mail in a mailbox made in the same request', async (t) => {
    const { server, a, email } = await startWithThree(t);
    await request(
      server,
      ['Mailbox/set', { create: { new: { name: 'New' } } }],
      [
        'Email/set',
        { update: { [a]: { 'mailboxIds/#new': true, [`mailboxIds/${server.mailboxId('inbox')}`]: null } } },
      ],
    );
    assert.deepEqual((await email(a))?.mailboxIds, [server.mailboxId('New')]);
  });

  it('tells what is wrong with an item', async (t) => {
    const { server, inbox, archive } = await startWithThree(t);
    const child = await server.createMailbox('Child', archive);
    const refusal = async (patch: Args, id = archive) => {
      const error = (await setMailbox(server, { update: { [id]: patch } })).notUpdated?.[id];
      return [error?.type, error?.['properties']];
    };
    assert.deepEqual(await refusal({ name: 'Sent' }), ['invalidProperties', ['name']]);
    assert.deepEqual(await refusal({ name: '' }), ['invalidProperties', ['name']]);
    assert.deepEqual(await refusal({ parentId: 'nope' }), ['invalidProperties', ['parentId']]);
    assert.deepEqual(await refusal({ parentId: child }), ['invalidProperties', ['parentId']]);
    assert.deepEqual(await refusal({ totalEmails: 3 }), ['invalidProperties', ['totalEmails']]);
    assert.deepEqual(await refusal({ name: 'x' }, 'gone'), ['notFound', undefined]);
    assert.deepEqual(await refusal({ name: 'x' }, inbox), ['forbidden', undefined]);
    await server.override(archive, { myRights: { mayCreateChild: false, mayDelete: false } });
    const { notCreated, notDestroyed } = await setMailbox(server, {
      create: {
        a: { name: 'Below', parentId: archive },
        b: { name: 'Archive' },
        c: { name: 'C', parentId: '#d' },
        d: { name: 'D', parentId: '#c' },
        e: { name: 'E', role: 'trash' },
      },
      destroy: ['gone', inbox, child],
    });
    assert.deepEqual(notCreated, {
      a: { type: 'forbidden' },
      b: { type: 'invalidProperties', properties: ['name'] },
      c: { type: 'invalidProperties', properties: ['parentId'] },
      d: { type: 'invalidProperties', properties: ['parentId'] },
      e: { type: 'invalidProperties', properties: ['role'] },
    });
    assert.deepEqual(notDestroyed, { gone: { type: 'notFound' }, [inbox]: { type: 'forbidden' } });
    assert.equal(await refused(server, 'Mailbox/set', { ifInState: 'm0', destroy: [archive] }), 'stateMismatch');
  });
});
