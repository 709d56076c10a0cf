import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type ImapWorld, restingWorld } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

/**
 * A mailbox is made, the line is lost before a pull has read it, the person deletes it, and another client calls it 'Theirs'
 * meanwhile; then all comes to rest. `made`: its id on the server. `asMade`: what else goes wrong as it is made.
 */
const deletedAndRenamed = async (
  t: TestContext,
  asMade: (server: ImapWorld['server']) => void = () => undefined,
): Promise<{ w: ImapWorld; made: string }> => {
  const w = await restingWorld(t);
  await w.engine.stop();
  w.submit({ type: 'mailbox', op: 'create', name: 'Brief' });
  w.server.trouble.beforeAnswer(({ verb }) => {
    if (verb !== 'CREATE') return;
    w.server.trouble.beforeAnswer(null);
    asMade(w.server);
    w.server.trouble.fail('LIST', { kind: 'drop' }, 2);
  });
  assert.equal((await w.sync()).result, 'error');
  const { mailboxes } = await w.server.truth();
  const made = Object.keys(mailboxes).find((id) => mailboxes[id]?.name === 'Brief') ?? '';
  w.submit({ type: 'mailbox', op: 'delete', mailbox: w.localMailbox('Brief') });
  await w.server.renameMailbox(made, 'Theirs');
  await w.restart();
  await w.expectTrue();
  await w.expectTrue();
  return { w, made };
};

describe('a mailbox that is deleted here while another client is at work on it', () => {
  it('I8: mail that comes into a mailbox as it is deleted holds that up', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const [inbox = '', archive = ''] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Archive', onDestroyRemoveEmails: true });
    w.server.trouble.beforeCommand(async ({ verb, line }) => {
      if (verb !== 'STATUS' || !line.includes('Archive')) return;
      w.server.trouble.beforeCommand(null);
      await w.server.setMailboxes([one], { [archive]: true, [inbox]: null });
    });
    await w.expectTrue();
    assert.deepEqual((await w.server.truth()).emails[one]?.mailboxIds, [archive]);
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
  });

  it('I8: a mailbox that was made, or renamed elsewhere, just now is deleted where it is', async (t) => {
    const w = await restingWorld(t);
    const box = await w.server.createMailbox('Old');
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'mailbox', op: 'create', name: 'Brief' });
    w.server.trouble.beforeAnswer(({ verb }) => {
      if (verb !== 'CREATE') return;
      w.server.trouble.beforeAnswer(null);
      w.submit({ type: 'mailbox', op: 'delete', mailbox: w.localMailbox('Brief') });
    });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Old' });
    await w.server.renameMailbox(box, 'New');
    await w.expectTrue();
    await w.expectTrue();
    const names = Object.values((await w.server.truth()).mailboxes).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => ['Brief', 'Old', 'New'].includes(name)),
      [],
    );
    assert.deepEqual(w.changes(), []);
  });

  it('I8: a mailbox that was made here, and renamed elsewhere before it was read, is deleted where it is', async (t) => {
    const { w, made } = await deletedAndRenamed(t);
    assert.deepEqual([queue(w), (await w.server.truth()).mailboxes[made]], [[], undefined]);
  });

  it('I8: a mailbox whose numbers were not heard after it was made, and that has another name by now, is not called deleted', async (t) => {
    const { w, made } = await deletedAndRenamed(t, (server) =>
      server.trouble.fail(({ verb, line }) => verb === 'STATUS' && line.includes('Brief'), { kind: 'drop' }),
    );
    assert.equal((await w.server.truth()).mailboxes[made]?.name, 'Theirs');
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
  });

  it('I8: a mailbox that another client renames again and again as it is deleted is deleted where it is', async (t) => {
    const w = await restingWorld(t);
    const box = await w.server.createMailbox('First');
    await w.expectTrue();
    const names = ['Second', 'Third'];
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'First' });
    w.server.trouble.beforeCommand(async ({ verb }) => {
      const name = verb === 'DELETE' ? names.shift() : undefined;
      if (name !== undefined) await w.server.renameMailbox(box, name);
    });
    await w.expectTrue();
    assert.deepEqual([queue(w), names, (await w.server.truth()).mailboxes[box]], [[], [], undefined]);
  });

  for (const end of ['lost', 'not heard as the program died'] as const)
    it(`I5: one that another client makes under its name, after an answer that was ${end}, is another one, and stays`, async (t) => {
      const w = await restingWorld(t);
      await w.server.createMailbox('Twin');
      await w.expectTrue();
      await w.engine.stop();
      w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Twin' });
      w.server.trouble.fail('DELETE', { kind: 'drop', done: true });
      w.server.trouble.beforeCommand(({ verb }) => {
        if (verb !== 'DELETE') return;
        w.server.trouble.beforeCommand(null);
        w.server.trouble.fail('LIST', { kind: 'drop' }, 2);
      });
      assert.equal((await w.sync()).result, 'error');
      const theirs = await w.server.createMailbox('Twin');
      if (end !== 'lost') await w.restart();
      await w.expectTrue();
      await w.expectTrue();
      assert.equal((await w.server.truth()).mailboxes[theirs]?.name, 'Twin');
      assert.deepEqual(queue(w), []);
    });
});
