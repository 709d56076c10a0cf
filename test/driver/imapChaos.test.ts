import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { remoteIdOf, restingWorld } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

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

  it('I4: what is pending on mail of a mailbox that Tern deleted is told', async (t) => {
    const w = await restingWorld(t, { mails: 1 });
    const [one = ''] = Object.keys((await w.server.truth()).emails);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    await w.server.setMailboxes([one], { [archive ?? '']: true, [inbox ?? '']: null });
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, one)], patch: { $flagged: true } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Archive', onDestroyRemoveEmails: true });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
  });
});
