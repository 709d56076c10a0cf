import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { type Desk, desk } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const EVE = { name: null, email: 'eve@example.test' };

/** A message to Bob and Eve, which only Bob's server takes at first. */
const sendToBoth = async (d: Desk): Promise<string> => {
  d.mailer.script.submits.unshift(toBobAlone);
  const submission = d.send(await d.save({ to: [BOB], cc: [EVE], subject: 'Lunch', text: 'At noon?' }));
  await d.rest();
  return submission;
};
const stateOf = (d: Desk, submission: string): string | undefined => d.submission(submission)?.state;
const inMailbox = (d: Desk): unknown[] => d.mailer.filed.map(({ mailbox, keywords }) => [mailbox, keywords]);
const said = (state: 'accepted' | 'refused' | 'failed', email: string, reply: string) => ({ email, state, reply });

const toBobAlone = {
  result: 'accepted' as const,
  recipients: [said('accepted', BOB.email, '250 ok'), said('failed', EVE.email, '451 later')],
  filed: false,
  submission: null,
};
const later = {
  result: 'failed' as const,
  error: new TernError('server', 'greylisted'),
  recipients: [said('failed', EVE.email, '451 later')],
};
const full = { result: 'refused' as const, error: new TernError('quota', 'the mailbox is full') };

describe('S5: a message that only some have got so far', () => {
  it('goes to the others later, and to nobody twice', async (t) => {
    const d = await desk(t);
    const submission = await sendToBoth(d);
    assert.equal(stateOf(d, submission), 'queued');
    d.mailer.ledger.length = 0;
    await d.clock.advance(60_000);
    await d.rest();
    assert.deepEqual(
      d.mailer.ledger.map((line) => line.split(' ')[1]),
      [EVE.email],
    );
    assert.deepEqual([stateOf(d, submission), inMailbox(d).length], ['done', 1]);
  });

  it('goes to the others though there is no room for the copy, which is filed as soon as there is', async (t) => {
    const d = await desk(t);
    d.mailer.script.files = [full, full];
    const submission = await sendToBoth(d);
    d.mailer.ledger.length = 0;
    await d.pass(120_000);
    assert.deepEqual([d.mailer.ledger.length, stateOf(d, submission), inMailbox(d)], [1, 'done', []]);
    await d.pass(3_600_000);
    assert.deepEqual([d.mailer.ledger.length, stateOf(d, submission), inMailbox(d).length], [1, 'done', 1]);
  });

  it('is filed, and it is told who got nothing, where the others are given up in the end', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = [later, later, later, later, later, later];
    d.mailer.script.files = [full];
    const submission = await sendToBoth(d);
    for (let minutes = 0; minutes < 300; minutes += 10) await d.pass(600_000, 5);
    const { state, error } = d.submission(submission) ?? {};
    assert.deepEqual(
      [state, error?.message, inMailbox(d).length, d.drafts()],
      ['failed', 'sent, but not to eve@example.test (451 later)', 1, []],
    );
  });

  it('is not done by a copy in Sent, where nobody heard whether the others got it', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lostUnsent'];
    d.mailer.script.files = [full];
    const submission = await sendToBoth(d);
    const messageId = d.mailer.ledger[0]?.split(' ')[0] ?? '';
    d.mailer.filed.push({ remoteId: 'late', messageId, mailbox: 'sent', keywords: [], source: '' });
    await d.pass(180_000);
    assert.equal(stateOf(d, submission), 'uncertain');
  });
});

describe('S5: a message that only some have got so far, and the person stops', () => {
  const outcome = (d: Desk, submission: string): unknown => {
    const { state, recipients = [], error } = d.submission(submission) ?? {};
    return [state, recipients.map((each) => [each.email, each.state]), error?.message];
  };
  const stopped = [
    'done',
    [
      [BOB.email, 'accepted'],
      [EVE.email, 'cancelled'],
    ],
    undefined,
  ];

  it('goes to nobody else, and is told as done for those who have it', async (t) => {
    const d = await desk(t);
    const submission = await sendToBoth(d);
    d.mailer.ledger.length = 0;
    assert.equal(await d.cancel(submission), 'stopped');
    await d.pass(4 * 3_600_000);
    assert.deepEqual(outcome(d, submission), stopped);
    assert.deepEqual([d.mailer.ledger, d.drafts(), d.changes(), inMailbox(d).length], [[], [], [], 1]);
  });

  it('can go to those who are left by a new draft', async (t) => {
    const d = await desk(t);
    const submission = await sendToBoth(d);
    await d.cancel(submission);
    await d.rest();
    const another = d.send(await d.save({ to: [EVE], subject: 'Lunch', text: 'At noon?' }));
    await d.rest();
    assert.deepEqual([stateOf(d, another), outcome(d, submission)], ['done', stopped]);
  });

  it('loses no copy that still waits to be filed', async (t) => {
    const d = await desk(t);
    d.mailer.script.files = [full, full];
    const submission = await sendToBoth(d);
    await d.giveUp(`s${submission}`);
    await d.pass(4 * 3_600_000);
    assert.deepEqual([outcome(d, submission), inMailbox(d).length], [stopped, 1]);
  });

  it("takes a copy whose filing had no answer for no copy of the server's own", async (t) => {
    const d = await desk(t);
    d.mailer.script.losesAnswers = 1;
    const submission = await sendToBoth(d);
    assert.equal(stateOf(d, submission), 'sending');
    await d.cancel(submission);
    await d.pass(4 * 3_600_000);
    assert.deepEqual([outcome(d, submission), inMailbox(d).length], [stopped, 1]);
    // A server that files copies would be waited for.
    d.send(await d.save({ to: [EVE], subject: 'Lunch', text: 'At noon?' }));
    await d.rest();
    assert.equal(inMailbox(d).length, 2);
  });

  it('is filed also where nobody knows whether the others got it, which is told', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lostUnsent'];
    d.mailer.script.files = [full];
    const submission = await sendToBoth(d);
    await d.pass(70_000);
    assert.deepEqual([stateOf(d, submission), inMailbox(d).length], ['uncertain', 0]);
    assert.equal(await d.resolve(submission, 'discard'), 'discarded');
    await d.pass(4 * 3_600_000);
    assert.deepEqual([outcome(d, submission), inMailbox(d).length], [stopped, 1]);
    assert.match(d.submission(submission)?.recipients[1]?.reply ?? '', /may have been sent/);
  });

  it('cannot be stopped once nobody is left', async (t) => {
    const d = await desk(t);
    const submission = await sendToBoth(d);
    await d.pass(70_000);
    assert.equal(stateOf(d, submission), 'done');
    await assert.rejects(d.cancel(submission), { kind: 'conflict' });
  });
});
