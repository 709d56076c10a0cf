import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { ALICE, type Desk, desk } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const EVE = { name: null, email: 'eve@example.test' };
const note = { to: [BOB], subject: 'Lunch', text: 'At noon?' };

const sendNote = async (d: Desk, more: object = {}): Promise<string> => {
  const submission = d.send(await d.save({ ...note, ...more }));
  await d.rest();
  return submission;
};
const stateOf = (d: Desk, submission: string): string | undefined => d.submission(submission)?.state;
const inMailbox = (d: Desk): unknown[] => d.mailer.filed.map(({ mailbox, keywords }) => [mailbox, keywords]);
const said = (state: 'accepted' | 'refused' | 'failed', email: string, reply: string) => ({ email, state, reply });

describe('S1: sending a draft over SMTP', () => {
  it('hands the message over once, files one copy, and forgets the draft', async (t) => {
    const d = await desk(t);
    const submission = await sendNote(d);
    assert.equal(stateOf(d, submission), 'done');
    assert.equal(d.mailer.ledger.length, 1);
    assert.match(d.mailer.sent[0] ?? '', new RegExp(`From: Alice <${ALICE}>`));
    assert.deepEqual(inMailbox(d), [['sent', ['$seen']]]);
    assert.deepEqual([d.drafts(), d.files()], [[], []]);
  });

  it('waits for a connection and then goes out', async (t) => {
    const d = await desk(t);
    d.online = false;
    const submission = await sendNote(d);
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger], ['queued', []]);
    await d.connect();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });

  it('answers the same submission however often the same draft is sent', async (t) => {
    const d = await desk(t);
    d.online = false;
    const draft = await d.save(note);
    const submission = d.send(draft);
    assert.equal(d.send(draft), submission);
    await d.connect();
    assert.deepEqual([stateOf(d, submission), d.send(draft)], ['done', submission], 'also when it was sent');
    await d.rest();
    assert.equal(d.mailer.ledger.length, 1);
  });

  it('does not send what has no recipients', async (t) => {
    const d = await desk(t);
    const draft = await d.save({ ...note, to: [] });
    assert.throws(() => d.send(draft), { kind: 'invalid', field: 'to' });
  });

  it('does not change a draft that is being sent', async (t) => {
    const d = await desk(t);
    d.online = false;
    const draft = await d.save(note);
    d.send(draft);
    await assert.rejects(d.save({ ...note, draft }), { kind: 'conflict' });
    await assert.rejects(d.discard(draft), { kind: 'conflict' });
  });

  it('tells blind recipients to nobody, and keeps them in the copy of the person', async (t) => {
    const d = await desk(t);
    await sendNote(d, { bcc: [EVE] });
    assert.deepEqual(
      d.mailer.ledger.map((line) => line.split(' ')[1]),
      [BOB.email, EVE.email],
    );
    assert.doesNotMatch(d.mailer.sent[0] ?? '', /eve@|Bcc/);
    assert.match(d.mailer.filed[0]?.source ?? '', /^Bcc: eve@example\.test/m);
  });

  it('does not file a second copy where the server files one itself', async (t) => {
    const d = await desk(t);
    d.mailer.script.filesSent = true;
    await sendNote(d);
    assert.deepEqual(inMailbox(d), [['sent', []]]);
  });
});

describe('S3: a message that may have been accepted', () => {
  it('is uncertain, and never sent again by itself', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lost'];
    const submission = await sendNote(d);
    assert.equal(stateOf(d, submission), 'uncertain');
    await d.clock.advance(86_400_000);
    await d.restart();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['uncertain', 1]);
  });

  it('is done as soon as it is seen in Sent', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lost'];
    d.mailer.script.fates = ['unknown', 'accepted'];
    const submission = await sendNote(d);
    assert.equal(stateOf(d, submission), 'uncertain');
    await d.clock.advance(1_000);
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length, d.drafts()], ['done', 1, []]);
  });

  it('is tried again less and less often where it certainly was not sent, and is given up in the end', async (t) => {
    const d = await desk(t);
    let tries = 0;
    d.mailer.script.submits = Array.from({ length: 20 }, () => 'lostUnsent' as const);
    d.mailer.script.fates = Array.from({ length: 20 }, () => 'refused' as const);
    d.mailer.script.thinking = async () => void (tries += 1);
    const submission = await sendNote(d);
    await d.pass(40_000);
    assert.deepEqual([stateOf(d, submission), tries], ['queued', 3]);
    await d.pass(2 * 3_600_000, 60);
    assert.deepEqual([stateOf(d, submission), tries, d.drafts().length], ['failed', 6, 1]);
    await d.pass(2 * 3_600_000, 10);
    assert.equal(tries, 6);
  });

  it('goes out again, the same message, when the person says so', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lostUnsent'];
    const submission = await sendNote(d);
    assert.equal(await d.resolve(submission, 'resend'), 'queued');
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });

  it('is a draft again when the person gives it up', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lostUnsent'];
    const submission = await sendNote(d);
    await d.resolve(submission, 'discard');
    assert.deepEqual(
      [d.submissions(), d.drafts().map(({ subject, state }) => [subject, state])],
      [[], [['Lunch', 'queued']]],
    );
  });

  it('cannot be cancelled', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['lost'];
    const submission = await sendNote(d);
    await assert.rejects(d.cancel(submission), { kind: 'conflict' });
  });
});

describe('S5: a server that refuses', () => {
  it('tells who was refused, and the message is a draft again', async (t) => {
    const d = await desk(t);
    const error = new TernError('server', 'bob@example.test: no such user');
    d.mailer.script.submits = [
      { result: 'refused', error, recipients: [said('refused', BOB.email, '550 no such user')] },
    ];
    const submission = await sendNote(d);
    const { state, recipients, error: told } = d.submission(submission) ?? {};
    assert.deepEqual(
      [state, recipients, told?.message],
      ['failed', [said('refused', BOB.email, '550 no such user')], error.message],
    );
    await assert.rejects(d.cancel(submission), { kind: 'conflict', message: /it has failed/ });
    assert.deepEqual(
      d.drafts().map((each) => each.state),
      ['saved'],
    );
  });

  it('is asked again after a while where it said later, five times at most', async (t) => {
    const d = await desk(t);
    const error = new TernError('server', 'greylisted');
    const later = { result: 'failed' as const, error, recipients: [said('failed', BOB.email, '451 later')] };
    d.mailer.script.submits = [later, later, later, later, later, later];
    const submission = await sendNote(d);
    for (const minutes of [1, 5, 15, 30, 60]) {
      assert.equal(stateOf(d, submission), 'queued');
      await d.clock.advance(minutes * 60_000);
      await d.rest();
    }
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger], ['failed', []]);
  });

  it('is not reached: nothing counts, and it is tried again', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['away', 'dropped', 'away'];
    const submission = await sendNote(d);
    assert.equal(d.submission(submission)?.error?.kind, 'network');
    await d.pass(60_000);
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });

  it('takes less than the message has: told before anything is sent', async (t) => {
    const d = await desk(t);
    d.mailer.script.outlet = { way: 'bytes', holdSeconds: 0, largest: 100 };
    const submission = await sendNote(d);
    assert.deepEqual([d.submission(submission)?.error?.kind, d.drafts().length], ['tooLarge', 1]);
  });
});

describe('S6: time to think', () => {
  it('keeps a message back until its seconds are over', async (t) => {
    const d = await desk(t);
    const submission = d.send(await d.save(note), { undoSeconds: 10 });
    await d.clock.advance(9_000);
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger], ['held', []]);
    await d.clock.advance(1_000);
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });

  it('makes it a draft again when it is cancelled, as it was', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    const submission = d.send(draft, { undoSeconds: 10 });
    await d.rest();
    await d.cancel(submission);
    await d.clock.advance(60_000);
    await d.rest();
    assert.deepEqual([d.mailer.ledger, d.submissions(), d.draft(draft).text], [[], [], 'At noon?']);
  });

  it('outlasts the end of the program', async (t) => {
    const d = await desk(t);
    const sendAt = new Date(d.clock.now() + 3_600_000).toISOString();
    const submission = d.send(await d.save(note), { sendAt });
    await d.restart();
    const { state, sendAt: at, heldBy } = d.submission(submission) ?? {};
    assert.deepEqual([state, at, heldBy], ['held', sendAt, 'here']);
    await d.clock.advance(3_600_000);
    await d.rest();
    assert.equal(stateOf(d, submission), 'done');
  });
});

describe('S4: a server that sends what it holds', () => {
  it('is given the email first, once, as a draft, and then told to send it', async (t) => {
    const d = await desk(t, 'held');
    const submission = await sendNote(d);
    assert.deepEqual(
      [stateOf(d, submission), d.mailer.ledger.length, inMailbox(d)],
      ['done', 1, [['sent', ['$seen']]]],
    );
    assert.deepEqual(d.drafts(), []);
  });

  it('keeps the email as the draft where it refuses to send it', async (t) => {
    const d = await desk(t, 'held');
    const error = new TernError('server', 'you may not send');
    d.mailer.script.submits = [{ result: 'refused', error, recipients: [] }];
    const submission = await sendNote(d);
    assert.deepEqual([stateOf(d, submission), inMailbox(d)], ['failed', [['drafts', ['$draft', '$seen']]]]);
    await d.clock.advance(60_000);
    await d.rest();
    assert.equal(d.mailer.filed.length, 1, 'it is not put there again');
  });
});
