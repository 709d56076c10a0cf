import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openWorld, type World } from '../support/world.ts';
import { idsOf, onServer, queue, resting, rowFaults } from '../support/worldQueue.ts';

/** One change of each kind, some waiting for others. */
const submitAll = (w: World): void => {
  const [one = '', two = '', three = '', four = ''] = idsOf(w);
  const inbox = w.server.mailboxId('inbox');
  w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
  const work = w.localMailbox('Work');
  w.submit(
    { type: 'keywords', emails: [one, two], patch: { $seen: true } },
    { type: 'keywords', emails: [one], patch: { $seen: null, $flagged: true } },
    { type: 'mailboxes', emails: [two], patch: { [work]: true, [inbox]: null } },
    { type: 'destroy', emails: [three] },
    { type: 'delete', emails: [four] },
    { type: 'mailbox', op: 'rename', mailbox: work, name: 'Play' },
    { type: 'mailbox', op: 'delete', mailbox: w.server.mailboxId('Old'), onDestroyRemoveEmails: true },
  );
};

const assertDone = async (w: World): Promise<void> => {
  const [one, two, three, four] = ['M00000001', 'M00000002', 'M00000003', 'M00000004'] as const;
  const [inbox, trash, play] = ['inbox', 'trash', 'Play'].map((name) => w.server.mailboxId(name));
  assert.deepEqual(await onServer(w, one), { keywords: ['$flagged'], mailboxIds: [inbox] });
  assert.deepEqual(await onServer(w, two), { keywords: ['$seen'], mailboxIds: [play] });
  assert.equal(await onServer(w, three), undefined);
  assert.deepEqual(await onServer(w, four), { keywords: [], mailboxIds: [trash] });
  const names = Object.values((await w.server.truth()).mailboxes).map(({ name }) => name);
  assert.deepEqual([names.filter((name) => ['Work', 'Play', 'Old'].includes(name)), queue(w)], [['Play'], []]);
};

/** How often the server carried out the creation of a mailbox, and the destruction of an email. */
const doneOnce = (w: World): void => {
  const creations = w.server.setCalls('Mailbox/set').filter(({ args, carriedOut }) => carriedOut && args['create']);
  assert.equal(creations.length, 1, 'made once');
};

describe('P5: a program that dies at any commit of a flush', () => {
  /** Lives through it with a death at the n-th commit; false where there were not so many. */
  const liveWithDeathAt = async (n: number): Promise<boolean> => {
    const w = await openWorld({ mails: 4 });
    try {
      await w.server.createMailbox('Old');
      await resting(w);
      submitAll(w);
      w.crashAt(n);
      await w.sync();
      const crashed = w.crashed();
      await w.restart();
      await w.expectTrue();
      await assertDone(w);
      doneOnce(w);
      assert.deepEqual(rowFaults(w), []);
      return crashed;
    } finally {
      await w.end();
    }
  };

  it('does everything once in the end', async () => {
    let commits = 1;
    while (await liveWithDeathAt(commits)) commits += 1;
    assert.ok(commits > 8, `it died at ${commits - 1} commits`);
  });
});
