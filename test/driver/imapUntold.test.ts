import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { Failure } from '../servers/imap/faults.ts';
import type { ImapMail } from '../servers/imap/messages.ts';
import { type ImapWorld, localIds, remoteIdOf, restingWorld } from '../support/worldImap.ts';
import { later, queue } from '../support/worldQueue.ts';

/** Mail as some devices send it: nothing in it tells it from others. */
const nameless = (count: number): ImapMail[] =>
  Array.from({ length: count }, (_, n) => ({ raw: Buffer.from(`Subject: bare ${n + 1}\r\n\r\nhello\r\n`) }));
const remote = (w: ImapWorld, ...uids: number[]): string[] =>
  uids.map((uid) => remoteIdOf(w, w.server.emailAt('INBOX', uid) ?? ''));
const move = (w: ImapWorld, ...uids: number[]): void =>
  void w.submit({ type: 'mailboxes', emails: remote(w, ...uids), patch: { Archive: true, INBOX: null } });
const untilSettled = async (w: ImapWorld): Promise<void> => {
  for (let n = 0; n < 3 && w.changes().length > 0; n++) await later(w, 31_000);
  await w.expectTrue();
};

const noUidplus = capabilitySets.full.filter((name) => name !== 'UIDPLUS');
const noMove = capabilitySets.full.filter((name) => name !== 'MOVE');

describe('I8: mail without a Message-ID', () => {
  it('moved on a server that does not say where to is the same email there', async (t) => {
    const w = await restingWorld(t, { mails: nameless(6), capabilities: noUidplus });
    const before = localIds(w);
    move(w, 2, 4, 5);
    await w.expectTrue();
    assert.deepEqual([queue(w), localIds(w)], [[], before]);
    assert.equal(w.view().mailboxes['Archive']?.totalEmails, 3);
  });

  const lost: [string, readonly string[], string, Failure][] = [
    ['MOVE was carried out and its answer lost', capabilitySets.full, 'UID MOVE', { kind: 'drop', done: true }],
    ['MOVE was not carried out', capabilitySets.full, 'UID MOVE', { kind: 'drop' }],
    ['MOVE was carried out, without UIDPLUS', noUidplus, 'UID MOVE', { kind: 'drop', done: true }],
    ['it was copied and expunged, and that answer lost', noMove, 'UID EXPUNGE', { kind: 'drop', done: true }],
  ];
  for (const [what, capabilities, verb, failure] of lost)
    for (const killed of [false, true])
      it(`${what}${killed ? ', and the program killed' : ''}: moved once, and the same email`, async (t) => {
        const w = await restingWorld(t, { mails: nameless(6), capabilities: capabilities as typeof noMove });
        const before = localIds(w);
        move(w, 2, 4);
        w.server.trouble.fail(verb, failure);
        if (killed)
          w.server.trouble.beforeAnswer((command) => {
            if (command.verb === verb) w.crashAt(1);
          });
        await w.sync();
        w.server.trouble.beforeAnswer(null);
        if (killed) await w.restart();
        if (killed) await w.sync();
        await untilSettled(w);
        assert.deepEqual([queue(w), localIds(w)], [[], before]);
        assert.equal(w.view().mailboxes['Archive']?.totalEmails, 2);
      });

  it('that was moved, and moved on by another client at once, was moved all the same', async (t) => {
    const w = await restingWorld(t, { mails: nameless(6), capabilities: noUidplus });
    const [id = ''] = [w.server.emailAt('INBOX', 2)];
    move(w, 2);
    let done = false;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      if (verb !== 'LIST' || done || w.server.countCommands('UID MOVE') === 0) return;
      done = true;
      const [archive, trash] = [w.server.mailboxId('archive'), w.server.mailboxId('trash')];
      await w.server.setMailboxes([id], { [trash]: true, [archive]: null });
    });
    await w.expectTrue();
    await w.expectTrue();
    assert.deepEqual([done, queue(w)], [true, []]);
  });

  it('of another client is never taken for what was moved: it was there before', async (t) => {
    const w = await restingWorld(t, { mails: nameless(6), capabilities: noUidplus });
    const raw = Buffer.from('Subject: bare 2\r\n\r\nhello\r\n');
    const receivedAt = new Date('2026-01-01T08:02:00Z');
    await w.server.deliver([{ raw, receivedAt, mailboxIds: [w.server.mailboxId('archive')] }]);
    const [id = ''] = [w.server.emailAt('INBOX', 2)];
    const before = localIds(w).get('bare 2');
    w.server.trouble.fail('UID MOVE', { kind: 'drop' });
    w.server.trouble.beforeCommand(async ({ verb }) => {
      if (verb === 'LIST' && w.server.countCommands('UID MOVE') === 1)
        await w.server.destroy([id]).catch(() => undefined);
    });
    move(w, 2);
    await w.sync();
    w.server.trouble.beforeCommand(null);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
    assert.notEqual(localIds(w).get('bare 2'), before);
  });

  it('can be left where it is after the server refused to move it for now', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'mailboxes', emails: remote(w, 2), patch: { Archive: true, INBOX: null } });
    w.server.trouble.fail('UID MOVE', { kind: 'no', code: 'INUSE' });
    await w.sync();
    assert.deepEqual(queue(w), ['mailboxes queued 1 server']);
    w.discard(...w.changes().map(({ id }) => id));
    await w.expectTrue();
    assert.equal(w.view().mailboxes['INBOX']?.totalEmails, 10);
  });

  it('is not taken for mail of the same size and time that came there with a Message-ID', async (t) => {
    const receivedAt = new Date('2026-01-02T03:04:05Z');
    const [plain, named] = [
      'Subject: aaaa\r\nX-Filler: 12345678\r\n\r\nhello\r\n',
      'Subject: named\r\nMessage-ID: <a@b>\r\n\r\n',
    ].map((text) => text.padEnd(80, 'x'));
    const w = await restingWorld(t, {
      mails: [{ raw: Buffer.from(plain ?? ''), receivedAt }],
      capabilities: noUidplus,
    });
    const [id = ''] = [w.server.emailAt('INBOX', 1)];
    const before = localIds(w).get('aaaa');
    w.server.trouble.fail('UID MOVE', { kind: 'drop' });
    let done = false;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      if (verb !== 'LIST' || done || w.server.countCommands('UID MOVE') === 0) return;
      done = true;
      await w.server.destroy([id]);
      const mailboxIds = [w.server.mailboxId('archive')];
      await w.server.deliver([{ raw: Buffer.from(named ?? ''), receivedAt, mailboxIds }]);
    });
    move(w, 1);
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
    assert.notEqual(localIds(w).get('named'), before);
  });
});
