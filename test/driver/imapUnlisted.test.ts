import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Change } from '../../src-shared/change.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { Failure } from '../servers/imap/faults.ts';
import { type ImapWorld, letters, localIds, remoteIdOf, restingWorld } from '../support/worldImap.ts';
import { later, queue, refusal } from '../support/worldQueue.ts';

const NAMING = new Set(['STATUS', 'SELECT', 'EXAMINE', 'DELETE', 'RENAME']);

/** A world at rest with a mailbox that the server keeps elsewhere, with mail. */
const withShared = async (t: TestContext, set: keyof typeof capabilitySets = 'full'): Promise<ImapWorld> => {
  const w = await restingWorld(t, { capabilities: capabilitySets[set] });
  const shared = await w.server.createMailbox('Shared');
  await w.server.deliver(letters(3, (n) => ({ subject: `shared ${n}`, mailboxIds: [shared] })));
  await w.expectTrue();
  await w.engine.stop();
  return w;
};

/** Where that is cannot be reached: the list lacks the mailbox, and whatever names it is refused. */
const goAway = ({ server }: ImapWorld, failure: Failure): void => {
  server.trouble.unlisted(server.mailboxId('Shared'), true);
  server.trouble.fail(({ verb, line }) => NAMING.has(verb) && /"?Shared"?/.test(line), failure, 1000);
};
const flagShared = (w: ImapWorld): void => {
  const id = w.server.emailAt('Shared', 2) ?? '';
  w.submit({ type: 'keywords', emails: [remoteIdOf(w, id)], patch: { $flagged: true } });
};
const flagInbox = (w: ImapWorld): void => {
  const id = w.server.emailAt('INBOX', 2) ?? '';
  w.submit({ type: 'keywords', emails: [remoteIdOf(w, id)], patch: { $flagged: true } });
};

const PASSING: [string, Failure][] = [
  ['UNAVAILABLE', { kind: 'no', code: 'UNAVAILABLE' }],
  ['INUSE', { kind: 'no', code: 'INUSE' }],
  ['a code that nobody knows', { kind: 'no', code: 'XDOWN' }],
  ['no code, where the server knows them', { kind: 'no' }],
];

describe('I8: a mailbox that is not listed, and of which the server cannot tell', () => {
  for (const [what, failure] of PASSING)
    for (const set of ['full', 'bare'] as const)
      it(`stays with its mail, what waits in it waits, and all else goes on: ${what}, on ${set}`, async (t) => {
        const w = await withShared(t, set);
        const before = localIds(w);
        flagShared(w);
        flagInbox(w);
        goAway(w, failure);
        await w.sync();
        assert.deepEqual(queue(w), ['keywords queued 1 server']);
        assert.deepEqual(localIds(w), before);
        w.server.trouble.reset();
        await later(w, 6_000);
        await w.expectTrue();
        assert.deepEqual([queue(w), localIds(w)], [[], before]);
      });

  it('is neither deleted nor renamed as if it were not there', async (t) => {
    const w = await withShared(t);
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Shared', name: 'Ours' });
    goAway(w, { kind: 'no', code: 'UNAVAILABLE' });
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 server']);
    w.discard(...w.changes().map(({ id }) => id));
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Shared', onDestroyRemoveEmails: true });
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 server']);
    w.server.trouble.reset();
    await later(w, 6_000);
    await w.expectTrue();
    assert.deepEqual([queue(w), w.view().mailboxes['Shared']], [[], undefined]);
  });

  it('goes where the server says that there is none', async (t) => {
    const w = await withShared(t);
    flagShared(w);
    goAway(w, { kind: 'no', code: 'NONEXISTENT' });
    await w.sync();
    assert.deepEqual([queue(w), w.view().mailboxes['Shared']], [['keywords failed 0 notFound'], undefined]);
  });

  it('goes where the server says NO without a code of whatever is not there', async (t) => {
    const w = await withShared(t);
    await w.server.deleteMailbox(w.server.mailboxId('Shared'));
    w.server.trouble.fail('STATUS', { kind: 'no' }, 1000);
    await w.sync();
    assert.equal(w.view().mailboxes['Shared'], undefined);
  });

  it('is looked for under another name before anything is given up, on such a server, too', async (t) => {
    const w = await withShared(t);
    await w.expectTrue();
    const isPlain = ({ verb, line }: { verb: string; line: string }): boolean =>
      verb === 'STATUS' && (line.includes('Shared') || line.includes('no mailbox'));
    w.server.trouble.fail(isPlain, { kind: 'no' }, 1000);
    await w.server.renameMailbox(w.server.mailboxId('Shared'), 'Ours');
    const id = w.server.emailAt('INBOX', 1) ?? '';
    w.submit({ type: 'mailboxes', emails: [remoteIdOf(w, id)], patch: { Shared: true, INBOX: null } });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Shared', name: 'Theirs' });
    await w.expectTrue();
    assert.deepEqual([queue(w), w.view().mailboxes['Shared']?.totalEmails], [[], 4]);
  });

  it('that answers all the same takes what is changed in it', async (t) => {
    const w = await withShared(t);
    w.server.trouble.unlisted(w.server.mailboxId('Shared'), true);
    flagShared(w);
    await w.sync();
    assert.deepEqual(queue(w), []);
    assert.deepEqual((await w.server.truth()).emails[w.server.emailAt('Shared', 2) ?? '']?.keywords, ['$flagged']);
  });

  it('holds no mail of its own: nothing can be put into it, and is not where that was not known', async (t) => {
    const w = await restingWorld(t);
    await w.server.createMailbox('Below', await w.server.createMailbox('Above'));
    await w.server.deleteMailbox(w.server.mailboxId('Above'));
    await w.expectTrue();
    const id = remoteIdOf(w, w.server.emailAt('INBOX', 1) ?? '');
    const above = w.store.read((db) => db.get<{ id: number }>("SELECT id FROM mailboxes WHERE name = 'Above'"))?.id;
    const move: Change = { type: 'mailboxes', emails: [id], patch: { [String(above)]: true, INBOX: null } };
    assert.deepEqual(
      refusal(() => w.submit(move)),
      ['forbidden', `changes.0.patch.${above}`],
    );
    w.store.write((tx) => tx.run(`UPDATE mailboxes SET rights = '{"mayAddItems":true}' WHERE id = ?`, above ?? 0));
    w.submit(move);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 unsupported']);
  });
});
