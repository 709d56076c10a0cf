import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src-main/driver/driver.ts';
import type { JmapServer, JmapServerOptions } from '../servers/jmapServer.ts';
import { rig } from '../support/pushRig.ts';
import { tap } from '../support/worldTap.ts';

const results = (outcomes: Outcome[]): string[] => outcomes.map(({ result }) => result);

/** The patch that the first set had for an email. */
const sentFor = (server: JmapServer, id: string): object | undefined => {
  const { update = {} } = (server.setCalls()[0]?.args ?? {}) as { update?: Record<string, object> };
  return update[id];
};

describe('J6: a push of emails', () => {
  it('is one Email/set of patch paths and of destroys, answered in the order of the emails', async (t) => {
    const { server, emails } = await rig(t);
    const [one = '', two = '', three = ''] = await server.deliver([{}, {}, {}]);
    const [inbox, archive] = [server.mailboxId('inbox'), server.mailboxId('archive')];
    server.forgetRequests();
    const outcomes = await emails([
      { remoteId: two, destroy: true },
      { remoteId: 'nobody', keywords: { $seen: true } },
      { remoteId: one, keywords: { $seen: true, work: false }, mailboxes: { [archive]: true, [inbox]: false } },
      { remoteId: three, keywords: { $flagged: true } },
    ]);
    assert.deepEqual(results(outcomes), ['done', 'refused', 'done', 'done']);
    const [set] = server.setCalls();
    assert.deepEqual(set?.args['update'], {
      nobody: { 'keywords/$seen': true },
      [one]: {
        'keywords/$seen': true,
        'keywords/work': null,
        [`mailboxIds/${archive}`]: true,
        [`mailboxIds/${inbox}`]: null,
      },
      [three]: { 'keywords/$flagged': true },
    });
    assert.deepEqual(set?.args['destroy'], [two]);
  });

  it('escapes ids as a JSON pointer does', async (t) => {
    const { server, emails } = await rig(t);
    const [one = ''] = await server.deliver([{}]);
    server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    await emails([{ remoteId: one, mailboxes: { 'a/b~c': true } }]);
    assert.deepEqual(Object.keys(sentFor(server, one) ?? {}), ['mailboxIds/a~1b~0c']);
  });

  it('gives keywords that servers read differently as a whole', async (t) => {
    const { server, emails } = await rig(t);
    const [one = ''] = await server.deliver([{ keywords: ['$seen'] }]);
    const push = { remoteId: one, keywords: { 'a/b~c': true }, wholeKeywords: ['$seen', 'a/b~c'] };
    assert.deepEqual(results(await emails([push])), ['done']);
    assert.deepEqual(sentFor(server, one), {
      keywords: { $seen: true, 'a/b~c': true },
    });
    assert.deepEqual((await server.truth()).emails[one]?.keywords, ['$seen', 'a/b~c']);
  });

  it('that an answer does not mention, has no known outcome', async (t) => {
    const { server, emails } = await rig(t);
    const [one = '', two = ''] = await server.deliver([{}, {}]);
    tap({ server }, ({ name, answer }) => {
      if (name === 'Email/set') Object.assign(answer, { updated: { [two]: null }, notUpdated: null });
    });
    const outcomes = await emails([one, two].map((remoteId) => ({ remoteId, keywords: { $seen: true } })));
    assert.deepEqual(results(outcomes), ['unknown', 'done']);
  });

  it('reads empty lists and missing ones alike', async (t) => {
    const { server, emails } = await rig(t);
    const [one = ''] = await server.deliver([{}]);
    tap({ server }, ({ name, answer }) => {
      if (name !== 'Email/set') return;
      Object.assign(answer, { notUpdated: {}, notDestroyed: {}, created: {} });
      delete answer['destroyed'];
      delete answer['notCreated'];
    });
    assert.deepEqual(results(await emails([{ remoteId: one, keywords: { $seen: true } }])), ['done']);
  });

  it('whose answer is nonsense has no known outcome', async (t) => {
    const { server, emails } = await rig(t);
    const [one = ''] = await server.deliver([{}]);
    tap({ server }, ({ name, answer }) => {
      if (name === 'Email/set') answer['updated'] = 'yes';
    });
    const [outcome] = await emails([{ remoteId: one, keywords: { $seen: true } }]);
    assert.deepEqual(outcome?.result === 'unknown' && outcome.counts, true);
  });

  it('takes its guard from the cursors, then from its own last answer; a pull puts it back', async (t) => {
    const { server, emails, driver } = await rig(t);
    const [one = ''] = await server.deliver([{}]);
    await emails([{ remoteId: one, keywords: { $seen: true } }]);
    // Without the answer's state as guard, this one would be sent with what the server has by now, and pass.
    await server.deliver([{}]);
    assert.deepEqual(results(await emails([{ remoteId: one, keywords: { $seen: false } }])), ['stale']);
    const known = {
      emails: () => new Set<string>(),
      identities: () => new Map(),
      notes: () => new Map(),
      emailsAfter: () => [],
      emailCount: () => 0,
      countBetween: () => 0,
      emailsExpected: () => 0,
      mailboxes: () => [],
      madeMailboxes: () => [],
      unansweredDeletions: () => [],
    };
    await driver.pull({}, known, new AbortController().signal, { thorough: false }).next();
    assert.deepEqual(results(await emails([{ remoteId: one, keywords: { $seen: false } }])), ['done']);
  });

  it('relaxed, takes the guard within the request', async (t) => {
    const { server, emails } = await rig(t);
    const [one = ''] = await server.deliver([{}]);
    server.forgetRequests();
    assert.deepEqual(results(await emails([{ remoteId: one, keywords: { $seen: true } }], true)), ['done']);
    assert.deepEqual(server.requests.at(-1)?.methods, ['Email/changes', 'Email/set']);
    assert.deepEqual(server.setCalls()[0]?.args['#ifInState'], {
      resultOf: '0',
      name: 'Email/changes',
      path: '/newState',
    });
  });
});

describe('J6: how many emails one push may hold', () => {
  const sizes: [what: string, limits: JmapServerOptions['limits'], size: number][] = [
    ['4,096 where the server allows more', { maxObjectsInSet: 10_000 }, 4096],
    ['what the server allows', { maxObjectsInSet: 7 }, 7],
    ['fewer where a request may not be large', { maxSizeRequest: 50_000 }, 45],
    ['one at least', { maxSizeRequest: 4_000 }, 1],
  ];
  for (const [what, limits, size] of sizes)
    it(what, async (t) => {
      const { driver } = await rig(t, { limits: { ...limits } });
      assert.equal(driver.pushLimit(), size);
    });
});

describe('J6: a push of a mailbox', () => {
  it('that is made answers its id', async (t) => {
    const { server, mailbox } = await rig(t);
    const outcome = await mailbox({ op: 'create', name: 'Work', parentRemoteId: null });
    assert.deepEqual(outcome, { result: 'done', remoteId: server.mailboxId('Work') });
    assert.deepEqual((await mailbox({ op: 'create', name: 'Work', parentRemoteId: null }))?.result, 'refused');
  });

  it('names only what changes', async (t) => {
    const { server, mailbox } = await rig(t);
    const [parent, box] = [await server.createMailbox('Parent'), await server.createMailbox('Box')];
    await mailbox({ op: 'rename', remoteId: box, name: 'New' });
    await mailbox({ op: 'rename', remoteId: box, parentRemoteId: parent });
    await mailbox({ op: 'rename', remoteId: box, parentRemoteId: null });
    assert.deepEqual(
      server.setCalls().map(({ args }) => args['update']),
      [{ [box]: { name: 'New' } }, { [box]: { parentId: parent } }, { [box]: { parentId: null } }],
    );
  });

  const tree = async (server: JmapServer): Promise<string[]> => {
    const top = await server.createMailbox('Top');
    const below = await Promise.all(['A', 'B', 'C', 'D'].map((name) => server.createMailbox(name, top)));
    return [...below, top];
  };

  for (const maxCallsInRequest of [50, 2])
    it(`deletes a tree child by child, each guarded by what came before, ${maxCallsInRequest} calls a request`, async (t) => {
      const { server, mailbox } = await rig(t, { limits: { maxCallsInRequest } });
      const ids = await tree(server);
      assert.deepEqual(await mailbox({ op: 'delete', remoteIds: ids, removeEmails: true }), { result: 'done' });
      const sets = server.setCalls();
      assert.deepEqual(
        sets.map(({ args }) => args['destroy']),
        ids.map((id) => [id]),
      );
      assert.ok(sets.every(({ args }) => 'ifInState' in args || '#ifInState' in args));
      assert.ok(ids.every((id) => sets.every(({ args }) => args['onDestroyRemoveEmails'] === true) && id));
    });

  for (const maxCallsInRequest of [50, 2])
    it(`deletes none of a tree once the state was not the one known, ${maxCallsInRequest} calls a request`, async (t) => {
      const { server, mailbox } = await rig(t, { limits: { maxCallsInRequest } });
      const ids = await tree(server);
      server.trouble.failMethod('Mailbox/set', 'stateMismatch');
      assert.deepEqual(await mailbox({ op: 'delete', remoteIds: ids, removeEmails: true }), { result: 'stale' });
      const { mailboxes } = await server.truth();
      assert.ok(ids.every((id) => mailboxes[id]));
    });
});
