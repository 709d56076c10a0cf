import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outgoing } from '../../src-main/driver/outgoing.ts';
import { ledger, once, type SendingRig, sendingRig } from '../support/sendingRig.ts';
import { tap } from '../support/worldTap.ts';

/** Not a whole second: nothing goes before its moment. */
const at = Date.UTC(2026, 0, 1, 8, 59, 59, 1);

const hold = async (rig: SendingRig, id: string): Promise<[Outgoing & { email: string }, string]> => {
  const message = await rig.ready({ id }, { holdUntil: at });
  const result = await rig.submit(message);
  assert.ok(result.result === 'accepted' && result.submission !== null);
  return [message, result.submission];
};

describe('H8: an email that was sent lies in Sent', () => {
  it('also where the server left that out, by a set of our own', async (t) => {
    const { server, ready, submit, filed, sent } = await sendingRig(t);
    server.trouble.forgetSuccess(true);
    const message = await ready({ id: 'one' });
    const result = await submit(message);
    assert.equal(result.result === 'accepted' && result.filed, false);
    assert.equal(await filed(message), true);
    const { mailboxIds, keywords } = (await server.truth()).emails[message.email] ?? {};
    assert.deepEqual([mailboxIds, keywords], [[sent], ['$seen']]);
  });

  it('in the state that it was seen in, tried again while others change mail', async (t) => {
    const { server, ready, submit, filed } = await sendingRig(t);
    server.trouble.forgetSuccess(true);
    const message = await ready({ id: 'one' });
    await submit(message);
    server.forgetRequests();
    let changes = 0;
    server.trouble.beforeReply(async () => {
      if (changes++ < 2) await server.deliver([{}]);
    });
    assert.equal(await filed(message), true);
    assert.ok(server.setCalls('Email/set').every(({ args }) => typeof args['ifInState'] === 'string'));
    assert.ok(server.setCalls('Email/set').length > 1);
  });

  it('without a set where it does already, and not where it is gone or another account is asked', async (t) => {
    const { server, ready, submit, filed, mailer, signal } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    await submit(message);
    server.forgetRequests();
    assert.equal(await filed(message), true);
    assert.equal(server.setCalls().length, 0);
    assert.equal(await mailer.isFiled(message, { account: 'elsewhere' }, signal), false);
    await server.destroy([message.email]);
    assert.equal(await filed(message), false);
  });

  it('where it left the drafts only', async (t) => {
    const { server, ready, submit, filed, sent, drafts } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.trouble.forgetSuccess(true);
    await submit(message);
    await server.setMailboxes([message.email], { [sent]: true });
    await server.setKeywords([message.email], { $draft: null });
    assert.equal(await filed(message), true);
    assert.ok(!(await server.truth()).emails[message.email]?.mailboxIds.includes(drafts));
  });
});

describe('H9: a message that the server holds back', () => {
  it('waits until its moment, told by the time itself', async (t) => {
    const rig = await sendingRig(t);
    const [message] = await hold(rig, 'one');
    const create = rig.server.setCalls('EmailSubmission/set')[0]?.args['create'] as Record<
      string,
      { envelope?: unknown }
    >;
    assert.deepEqual(create['s']?.envelope, {
      mailFrom: { email: 'alice@example.test', parameters: { HOLDUNTIL: '2026-01-01T09:00:00Z' } },
      rcptTo: message.envelope.to.map((email) => ({ email })),
    });
    assert.deepEqual(ledger(rig.server), []);
    rig.server.sendHeld();
    assert.deepEqual(ledger(rig.server), once('one'));
  });

  for (const forgets of [false, true])
    it(`is taken back, and a draft again${forgets ? ', on a server that forgets it' : ''}`, async (t) => {
      const rig = await sendingRig(t);
      rig.server.trouble.forgetSubmissions(forgets);
      const [message, submission] = await hold(rig, 'one');
      assert.equal(await rig.cancel(submission, message), true);
      const { mailboxIds, keywords } = (await rig.server.truth()).emails[message.email] ?? {};
      assert.deepEqual([mailboxIds, keywords], [[rig.drafts], ['$draft', '$seen']]);
      rig.server.sendHeld();
      assert.deepEqual(ledger(rig.server), []);
      assert.equal(await rig.cancel(submission, message), true, 'as it was, after a lost answer');
    });

  for (const forgets of [false, true])
    it(`is not taken back any more once it was sent${forgets ? ', on a server that forgets it' : ''}`, async (t) => {
      const rig = await sendingRig(t);
      const [message, submission] = await hold(rig, 'one');
      rig.server.sendHeld();
      if (forgets)
        tap(rig, ({ name, answer }) => {
          if (name === 'EmailSubmission/set')
            Object.assign(answer, { notUpdated: { [submission]: { type: 'notFound' } } });
        });
      assert.equal(await rig.cancel(submission, message), false);
      assert.deepEqual((await rig.server.truth()).emails[message.email]?.mailboxIds, [rig.sent]);
    });

  it('is a draft again also where the server left that out', async (t) => {
    const rig = await sendingRig(t);
    const [message, submission] = await hold(rig, 'one');
    rig.server.trouble.forgetSuccess(true);
    assert.equal(await rig.cancel(submission, message), true);
    assert.deepEqual((await rig.server.truth()).emails[message.email]?.mailboxIds, [rig.drafts]);
  });

  it('for longer than the server does, is refused', async (t) => {
    const rig = await sendingRig(t);
    const result = await rig.submit(await rig.ready({ id: 'one' }, { holdUntil: at + 90_000_000 }));
    assert.equal(result.result, 'refused');
  });

  it('is not taken back in another account, or where bytes were handed over', async (t) => {
    const rig = await sendingRig(t);
    const [message, submission] = await hold(rig, 'one');
    assert.equal(await rig.mailer.cancel(submission, message, { account: 'elsewhere' }, rig.signal), false);
    assert.equal(await rig.cancel(submission, { ...message, email: null }), false);
  });
});
