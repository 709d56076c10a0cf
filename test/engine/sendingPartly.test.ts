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
