import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change } from '../../src-shared/change.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, localIds, remoteIdOf, restingWorld } from '../support/worldImap.ts';
import { later, queue, refusal } from '../support/worldQueue.ts';

/** Names of the mailboxes that messages are in. */
const placesOf = async (w: ImapWorld): Promise<string[]> => {
  const { emails, mailboxes } = await w.server.truth();
  return Object.values(emails)
    .flatMap(({ mailboxIds }) => mailboxIds.map((id) => mailboxes[id]?.name ?? id))
    .toSorted();
};

describe('what random histories found over IMAP', () => {
  it('I8: what another client moved is not taken for destroyed', async (t) => {
    const w = await restingWorld(t, { mails: 2 });
    const [one = '', two = ''] = Object.keys((await w.server.truth()).emails);
    w.submit({ type: 'destroy', emails: [remoteIdOf(w, one), remoteIdOf(w, two)] });
    await w.server.setMailboxes([one], { [w.server.mailboxId('archive')]: true, [w.server.mailboxId('inbox')]: null });
    await w.expectTrue();
    assert.deepEqual(Object.keys((await w.server.truth()).emails), [one]);
    assert.deepEqual(queue(w), ['destroy failed 0 conflict']);
  });

  it('I8: what another client moved is changed where it is now', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, one)], patch: { $flagged: true } });
    await w.server.setMailboxes([one], { [w.server.mailboxId('archive')]: true, [w.server.mailboxId('inbox')]: null });
    await w.expectTrue();
    assert.deepEqual((await w.server.truth()).emails[one]?.keywords, ['$flagged']);
    assert.deepEqual(queue(w), []);
  });

  it('I8: what was destroyed elsewhere is destroyed, and any other change of it fails', async (t) => {
    const w = await restingWorld(t, { mails: 2 });
    const [one = '', two = ''] = Object.keys((await w.server.truth()).emails);
    w.submit({ type: 'destroy', emails: [remoteIdOf(w, one)] });
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, two)], patch: { $flagged: true } });
    await w.server.destroy([one, two]);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
  });

  it('I4: what was pending on mail that the person deleted with its mailbox is no failure', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    await w.server.setMailboxes([one], { [archive ?? '']: true, [inbox ?? '']: null });
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, one)], patch: { $flagged: true } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Archive', onDestroyRemoveEmails: true });
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
  });

  it('I6: an email is copied to a mailbox once, however often it is put there while it shows there already', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const copy = (...keys: string[]): Change => {
      const patch = Object.fromEntries(keys.map((key) => [key, true as const]));
      return { type: 'mailboxes', emails: [remoteIdOf(w, one)], patch };
    };
    w.submit(copy('Archive'));
    w.server.trouble.fail('UID COPY', { kind: 'no', code: 'UNAVAILABLE' });
    await w.sync();
    w.submit(copy('Archive', 'Drafts'));
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual(w.changes(), []);
    assert.deepEqual(await placesOf(w), ['Archive', 'Drafts', 'INBOX']);
  });

  it('I6: what was copied is another email: taken from there again, that fails visibly; nor can it be undone', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const emails = [remoteIdOf(w, one)];
    const [copied = ''] = w.submit({ type: 'mailboxes', emails, patch: { Archive: true } });
    w.server.trouble.fail('UID COPY', { kind: 'no', code: 'UNAVAILABLE' });
    await w.sync();
    w.submit({ type: 'mailboxes', emails, patch: { Archive: null } });
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 conflict']);
    assert.deepEqual(await placesOf(w), ['Archive', 'INBOX']);
    assert.deepEqual(
      w.undo(copied).failed.map(({ error }) => error.kind),
      ['unsupported'],
    );
  });

  it('I6: nor is it copied once more by a move on from where it was to go', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const emails = [remoteIdOf(w, one)];
    w.submit({ type: 'mailboxes', emails, patch: { Archive: true } });
    w.server.trouble.fail('UID COPY', { kind: 'no', code: 'UNAVAILABLE' });
    await w.sync();
    w.submit({ type: 'mailboxes', emails, patch: { Archive: null, Drafts: true } });
    w.submit({ type: 'mailboxes', emails, patch: { Drafts: null, Junk: true } });
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 conflict', 'mailboxes failed 0 conflict']);
    assert.deepEqual(await placesOf(w), ['Archive', 'INBOX']);
  });

  it('I5: mail that another client moves to a mailbox it has just made stays the same email', async (t) => {
    const w = await restingWorld(t, { mails: 2 });
    const [one = '', two = ''] = Object.keys((await w.server.truth()).emails);
    const before = localIds(w);
    w.submit({ type: 'destroy', emails: [remoteIdOf(w, one)] });
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, two)], patch: { $flagged: true } });
    const box = await w.server.createMailbox('Made');
    await w.server.setMailboxes([one, two], { [box]: true, [w.server.mailboxId('inbox')]: null });
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
    assert.deepEqual(queue(w), ['destroy failed 0 conflict']);
    assert.deepEqual((await w.server.truth()).emails[two]?.keywords, ['$flagged']);
  });

  it('I8: a copy that is found again does not take over that the message it was made of was marked since', async (t) => {
    const w = await restingWorld(t, { mails: 1, capabilities: capabilitySets.noMove });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    w.submit({ type: 'move', emails: [remoteIdOf(w, one)], role: 'archive' });
    w.server.trouble.fail('UID STORE', { kind: 'drop', done: true });
    await w.sync();
    await later(w, 30_000);
    await w.expectTrue();
    assert.deepEqual(await placesOf(w), ['Archive']);
    assert.deepEqual(w.changes(), []);
  });

  it('I8: changes that are refused together do not copy again what they copied together', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const emails = [remoteIdOf(w, one)];
    w.submit({ type: 'mailboxes', emails, patch: { Archive: true, Drafts: true } });
    w.submit({ type: 'keywords', emails, patch: { $flagged: true } });
    w.server.trouble.fail(({ verb, line }) => verb === 'UID COPY' && line.includes('Drafts'), {
      kind: 'no',
      code: 'NOPERM',
    });
    await w.expectTrue();
    assert.deepEqual(w.changes(), []);
    assert.deepEqual(await placesOf(w), ['Archive', 'Drafts', 'INBOX']);
  });

  it('I4: a mailbox of which only the name is left, for those below it, has no mail any more', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const archive = w.server.mailboxId('archive');
    await w.server.deliver([{ mailboxIds: [archive] }]);
    await w.server.createMailbox('Below', archive);
    await w.expectTrue();
    await w.server.deleteMailbox(archive);
    await w.expectTrue();
    assert.deepEqual(await placesOf(w), ['INBOX']);
  });

  it('I8: a mailbox is renamed where it is, also where it seems to have its new name already', async (t) => {
    const w = await restingWorld(t);
    const [archive, trash] = ['archive', 'trash'].map((role) => w.server.mailboxId(role));
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Archive', parent: null });
    await w.server.moveMailbox(archive ?? '', trash ?? null);
    await w.expectTrue();
    assert.equal((await w.server.truth()).mailboxes[archive ?? '']?.parentId, null);
    assert.deepEqual(w.changes(), []);
  });

  it('I8: nothing counts as destroyed because the server left it out of an answer', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    w.submit({ type: 'destroy', emails: [remoteIdOf(w, one)] });
    w.server.trouble.missFetches(2);
    await w.sync();
    assert.deepEqual(queue(w), ['destroy queued 1 server']);
    await later(w, 5_000);
    await later(w, 30_000);
    await w.expectTrue();
    assert.deepEqual([w.changes(), await placesOf(w)], [[], []]);
  });

  it('P2: a mailbox that is made, renamed and filled before the next pull stays the same', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    w.submit({ type: 'mailbox', op: 'create', name: 'Brief' });
    const mailbox = w.localMailbox('Brief');
    w.submit({ type: 'mailbox', op: 'rename', mailbox, name: 'Longer', parent: 'Archive' });
    w.submit({ type: 'mailboxes', emails: [remoteIdOf(w, one)], patch: { [mailbox]: true, INBOX: null } });
    await w.expectTrue();
    assert.deepEqual(w.changes(), []);
    assert.deepEqual(await placesOf(w), ['Longer']);
    assert.equal(w.localMailbox('Longer'), mailbox);
  });

  it('P5: a move of which half is done is finished before it can be dismissed', async (t) => {
    const w = await restingWorld(t, { mails: 1, capabilities: capabilitySets.noMove });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const [move = ''] = w.submit({ type: 'move', emails: [remoteIdOf(w, one)], role: 'archive' });
    w.server.trouble.fail('UID COPY', { kind: 'drop', done: true });
    await w.sync();
    assert.deepEqual(
      refusal(() => w.discard(move)),
      ['conflict', 'ids'],
    );
    await later(w, 30_000);
    await w.expectTrue();
    assert.deepEqual([w.changes(), await placesOf(w)], [[], ['Archive']]);
  });

  it('P2: and so it does where the connection is lost before that pull', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'mailbox', op: 'create', name: 'Brief' });
    const mailbox = w.localMailbox('Brief');
    w.submit({ type: 'mailbox', op: 'rename', mailbox, name: 'Longer' });
    w.server.trouble.beforeCommand(({ verb }) => {
      if (verb === 'RENAME') w.server.trouble.fail('LIST', { kind: 'drop' }, 2);
    });
    await w.sync();
    w.server.trouble.reset();
    await w.restart();
    await w.expectTrue();
    assert.equal(w.localMailbox('Longer'), mailbox);
  });
});
