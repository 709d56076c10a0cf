import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import type { FailureKind } from '../servers/jmap/faults.ts';
import { lettersTo, send, servers, submits } from '../support/lostAnswers.ts';
import { assertAtMostOnce, ledger, once, sendingRig } from '../support/sendingRig.ts';

const troubles: FailureKind[] = [
  'dropBefore',
  'dropAfter',
  'truncated',
  'malformed',
  'cutShort',
  'html',
  'http401',
  'http404',
  'http429',
  'http500',
  'http502',
  'http503',
  'http504',
  'serverFail',
  'serverUnavailable',
  'limit',
];

describe('H6: an answer that is lost', () => {
  for (const [name, set] of servers)
    for (const kind of troubles)
      it(`sends to nobody twice, and tells the truth: ${kind}, on ${name}`, async (t) => {
        const [rig, message] = await lettersTo(t, set);
        rig.server.trouble.failNext(kind, 1, { when: submits });
        const told = await send(rig, message);
        assertAtMostOnce(rig.server);
        const [last] = told.slice(-1);
        if (last === 'accepted') assert.deepEqual(ledger(rig.server), once('one'), String(told));
        else assert.equal(last, 'unknown', String(told));
      });

  it('before the server did anything, is certainly nothing sent, and the next try is the only one', async (t) => {
    for (const [, set] of servers.slice(0, 3)) {
      const [rig, message] = await lettersTo(t, set);
      rig.server.trouble.failNext('dropBefore', 1, { when: submits });
      assert.deepEqual(await send(rig, message), ['unknown', 'refused', 'accepted']);
      assert.deepEqual(ledger(rig.server), once('one'));
    }
  });

  it('that is found out to be of nothing sent, is so each time it is looked for, until the next try', async (t) => {
    const [rig, message] = await lettersTo(t, () => {});
    rig.server.trouble.failNext('dropBefore', 2, { when: submits });
    await rig.submit(message);
    assert.deepEqual([await rig.fate(message), await rig.fate(message)], ['refused', 'refused']);
    assert.equal((await rig.submit(message)).result, 'unknown');
    rig.server.trouble.failNext('dropBefore', 1);
    await assert.rejects(rig.fate(message), { kind: 'network' });
    assert.deepEqual([await rig.fate(message), await rig.fate(message)], ['refused', 'refused']);
    assert.equal((await rig.submit(message)).result, 'accepted');
    assert.deepEqual(ledger(rig.server), once('one'));
    const { emails } = await rig.server.truth();
    assert.deepEqual(emails[message.email]?.keywords, ['$seen']);
  });

  it('of the next try is unknown where that one had its ticket, whatever became of the one before', async (t) => {
    const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.forgetSubmissions(true));
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    await rig.submit(message);
    assert.equal(await rig.fate(message), 'refused');
    rig.server.trouble.sentAndFailed({ type: 'serverFail' });
    assert.deepEqual(await send(rig, message), ['unknown', 'unknown']);
    assert.deepEqual(ledger(rig.server), once('one'));
  });

  it('after it was sent, is found by the email that is no draft any more', async (t) => {
    for (const [, set] of servers.slice(0, 5)) {
      const [rig, message] = await lettersTo(t, set);
      rig.server.trouble.failNext('dropAfter', 1, { when: submits });
      assert.deepEqual(await send(rig, message), ['unknown', 'accepted']);
    }
  });

  it('after it was sent, is found by its submission where the email tells nothing', async (t) => {
    const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.forgetSuccess(true));
    rig.server.trouble.failNext('dropAfter', 1, { when: submits });
    assert.deepEqual(await send(rig, message), ['unknown', 'accepted']);
  });

  it('is told of each recipient by what its submission says of them', async (t) => {
    const to = ['bob@bücher.test', 'carol@elsewhere.test'];
    const rig = await sendingRig(t);
    const message = await rig.ready({ id: 'one' }, { envelope: { from: 'alice@example.test', to } });
    rig.server.trouble.deliveryStatus({
      'bob@xn--bcher-kva.test': { smtpReply: '550 5.1.1 No such user', delivered: 'no' },
    });
    rig.server.trouble.failNext('dropAfter', 1, { when: submits });
    assert.equal((await rig.submit(message)).result, 'unknown');
    assert.deepEqual(await rig.fate(message), [
      { email: 'bob@bücher.test', state: 'refused', reply: '550 5.1.1 No such user' },
      { email: 'carol@elsewhere.test', state: 'accepted', reply: null },
    ]);
  });

  it('is told as accepted by a later submission to the same recipients, whatever an earlier one was told', async (t) => {
    const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.forgetSuccess(true));
    const no = { smtpReply: '550 no', delivered: 'no' };
    rig.server.trouble.deliveryStatus(Object.fromEntries(message.envelope.to.map((email) => [email, no])));
    assert.equal((await rig.submit(message)).result, 'refused');
    rig.server.trouble.deliveryStatus(null);
    rig.server.trouble.failNext('dropAfter', 1, { when: submits });
    assert.equal((await rig.submit(message)).result, 'unknown');
    assert.equal(await rig.fate(message), 'accepted');
  });

  it('of a server that lost whom it handed the message to, is never settled by a state that did not move', async (t) => {
    for (const type of ['serverFail', 'smtpProtocolError'])
      for (const lost of [false, true]) {
        const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.sentAndFailed({ type }));
        if (lost) rig.server.trouble.failNext('dropAfter', 1, { when: submits });
        assert.deepEqual(await send(rig, message), ['unknown', 'unknown']);
        assert.deepEqual(ledger(rig.server), once('one'));
      }
  });

  it('is unknown for ever on a server that takes any state, as nothing there can be withdrawn', async (t) => {
    const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.ignoreIfInState(true));
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    assert.deepEqual(await send(rig, message), ['unknown', 'unknown']);
    assert.deepEqual(JSON.parse(rig.commits.at(-1) ?? ''), { ticket: false });
  });

  for (const how of ['passed over', 'refused'] as const)
    it(`is unknown, too, on a server where nothing can hang on an answer: it is ${how}`, async (t) => {
      const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.onlyIdReferences(how));
      assert.equal((await rig.submit(message)).result, 'accepted');
      assert.deepEqual(ledger(rig.server), once('one'));
      const next = await rig.ready({ id: 'two' });
      rig.server.trouble.failNext('dropBefore', 1, { when: submits });
      assert.deepEqual(await send(rig, next), ['unknown', 'unknown']);
      assert.deepEqual(JSON.parse(rig.commits.at(-1) ?? ''), { ticket: false });
    });

  it('of an email that is gone from the server, is told by Sent alone', async (t) => {
    const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.forgetSubmissions(true));
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    assert.equal((await rig.submit(message)).result, 'unknown');
    await rig.server.destroy([message.email]);
    assert.equal(await rig.fate(message), 'unknown');
    await rig.server.deliver([{ messageId: 'one@tern.test', mailboxIds: [rig.sent] }]);
    assert.equal(await rig.fate(message), 'accepted');
  });

  it('is not told by a submission to others, from when those got it', async (t) => {
    const [rig, message] = await lettersTo(t, ({ trouble }) => trouble.forgetSuccess(true));
    rig.server.trouble.onlyIdReferences('passed over');
    assert.equal((await rig.submit(message)).result, 'accepted');
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    const left = { ...message, envelope: { ...message.envelope, to: ['carol@elsewhere.test'] } };
    assert.equal((await rig.submit(left)).result, 'unknown');
    assert.deepEqual([await rig.fate(left), await rig.fate(message)], ['unknown', 'accepted']);
  });

  it('is not told by a submission that was taken back, nor of another email', async (t) => {
    const rig = await sendingRig(t);
    const message = await rig.ready({ id: 'one' }, { holdUntil: Date.UTC(2026, 0, 1, 9) });
    const held = await rig.submit(message);
    assert.ok(held.result === 'accepted' && held.submission !== null);
    assert.equal(await rig.cancel(held.submission, message), true);
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    assert.equal((await rig.submit(message)).result, 'unknown');
    assert.equal(await rig.fate(message), 'refused');
    rig.server.trouble.onlyIdReferences('passed over');
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    assert.equal((await rig.submit(message)).result, 'unknown');
    assert.equal(await rig.fate(message), 'unknown');
  });

  it('is looked for again where others change mail at that moment', async (t) => {
    const [rig, message] = await lettersTo(t, () => {});
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    await rig.submit(message);
    let changes = 0;
    rig.server.trouble.beforeReply(async () => {
      if (changes++ < 2) await rig.server.deliver([{}]);
    });
    assert.equal(await rig.fate(message), 'refused');
  });

  it('is unknown where nothing was kept, or what was kept cannot be read', async (t) => {
    const [rig, message] = await lettersTo(t, () => {});
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    await rig.submit(message);
    for (const journal of ['', 'nonsense', '{}', '{"ticket":"yes"}'])
      assert.equal(await rig.mailer.fate(message, journal, rig.cursors, rig.signal), 'unknown');
    assert.equal(
      await rig.mailer.fate(message, rig.commits.at(-1) ?? '', { account: 'elsewhere' }, rig.signal),
      'unknown',
    );
    assert.equal(await rig.fate(message), 'refused');
  });

  it('is unknown where the server does not want to tell', async (t) => {
    const [rig, message] = await lettersTo(t, () => {});
    rig.server.trouble.failNext('dropBefore', 1, { when: submits });
    await rig.submit(message);
    rig.server.trouble.failMethod('Email/get', 'serverFail', 2);
    assert.deepEqual([await rig.fate(message), await rig.filed(message)], ['unknown', false]);
    assert.equal(await rig.fate(message), 'refused');
  });

  it('where the server was never reached, throws: nothing was done', async (t) => {
    const rig = await sendingRig(t, { committing: () => rig.server.stop() });
    const message = await rig.ready({ id: 'one' });
    await assert.rejects(rig.submit(message), (error) => error instanceof TernError && error.kind === 'network');
  });
});
