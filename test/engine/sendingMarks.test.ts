import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { type Desk, desk } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const EVE = { name: null, email: 'eve@example.test' };
const note = { to: [BOB], subject: 'Lunch', text: 'At noon?' };

const stateOf = (d: Desk, submission: string): string | undefined => d.submission(submission)?.state;
const inMailbox = (d: Desk): string[] => d.mailer.filed.map(({ mailbox }) => mailbox);

/** Does something at the mark: before a message can be accepted, and after that is noted. */
const atMark = (d: Desk, act: { before?: () => unknown; after?: () => unknown }): void => {
  const submit = d.mailer.submit.bind(d.mailer);
  d.mailer.submit = (message, { cursors, committing }, signal) => {
    const mark = async (journal: string): Promise<void> => {
      await act.before?.();
      await committing(journal);
      await act.after?.();
    };
    return submit(message, { cursors, committing: mark }, signal);
  };
};

describe('S3: the mark', () => {
  it('makes all that fails behind it unknown', async (t) => {
    const d = await desk(t);
    atMark(d, {
      after: () => {
        throw new TernError('storage', 'the disk is full');
      },
    });
    const submission = d.send(await d.save(note));
    await d.pass(600_000);
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger], ['uncertain', []]);
  });

  it('is not made for a message that is no longer there', async (t) => {
    const d = await desk(t);
    atMark(d, { before: () => d.forget() });
    d.send(await d.save(note));
    await d.pass(60_000);
    assert.deepEqual(d.mailer.ledger, []);
  });

  it('outlasts a power cut, as does what the person did', async (t) => {
    const d = await desk(t);
    d.online = false;
    const draft = await d.save(note);
    assert.ok(d.isOnDisk(), 'the draft is on disk');
    const onDisk: boolean[] = [];
    atMark(d, { after: () => onDisk.push(d.isOnDisk()) });
    d.send(draft);
    assert.ok(d.isOnDisk(), 'that it is to be sent is on disk');
    await d.connect();
    assert.deepEqual([onDisk, d.mailer.ledger.length], [[true], 1]);
  });
});

describe('D3, S4: what is noted', () => {
  it('removes a draft that was replaced before it was seen', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    await d.pass(10_000);
    await d.save({ ...note, draft, subject: 'Supper' });
    await d.pass(10_000);
    await d.pull();
    assert.equal(d.mailer.filed.length, 1);
  });

  it('is enough to have a message placed once where no answer came', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.losesAnswers = 1;
    const submission = d.send(await d.save(note));
    await d.pass(60_000);
    assert.deepEqual([stateOf(d, submission), inMailbox(d)], ['done', ['sent']]);
  });

  it('removes what the server sent only when the copy with blind recipients is there', async (t) => {
    const d = await desk(t, 'held');
    const file = d.mailer.file.bind(d.mailer);
    const failed = { result: 'failed' as const, error: new TernError('server', 'busy') };
    d.mailer.file = async (filing, ...more) => (filing.mailbox === 'sent' ? failed : file(filing, ...more));
    d.send(await d.save({ ...note, bcc: [EVE] }));
    await d.rest();
    await d.pull();
    assert.deepEqual(inMailbox(d), ['sent']);
    d.mailer.file = file;
    await d.pass(120_000);
    await d.pull();
    assert.deepEqual(
      d.mailer.filed.map(({ source }) => /^Bcc: eve@/m.test(source)),
      [true],
    );
  });
});

it('S7: a copy with blind recipients that the server never takes is told of, and the message is done', async (t) => {
  const d = await desk(t, 'held');
  const file = d.mailer.file.bind(d.mailer);
  const failed = { result: 'failed' as const, error: new TernError('server', 'busy') };
  d.mailer.file = async (filing, ...more) => (filing.mailbox === 'sent' ? failed : file(filing, ...more));
  const submission = d.send(await d.save({ ...note, bcc: [EVE] }));
  await d.pass(1_000_000);
  const { state, error } = d.submission(submission) ?? {};
  assert.deepEqual([state, d.changes()], ['done', []]);
  assert.match(error?.message ?? '', /does not name blind recipients: busy/);
});

describe('S5, S7: what is known of a message', () => {
  it('stays so of a recipient who has it, whatever is said later', async (t) => {
    const d = await desk(t);
    const said = (state: 'accepted' | 'refused' | 'failed', { email }: { email: string }) => ({
      email,
      state,
      reply: null,
    });
    const rest = { filed: false, submission: null };
    d.mailer.script.submits = [
      { result: 'accepted', recipients: [said('accepted', BOB), said('failed', EVE)], ...rest },
      { result: 'accepted', recipients: [said('refused', BOB), said('accepted', EVE)], ...rest },
    ];
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(120_000);
    assert.equal(stateOf(d, submission), 'done');
  });

  it('that the server files copies itself is learned: it is given time to', async (t) => {
    const d = await desk(t);
    d.mailer.script.filesSent = true;
    d.send(await d.save(note));
    await d.rest();
    assert.deepEqual(inMailbox(d), ['sent']);
    // This time it takes a few seconds.
    d.mailer.script.filesSent = false;
    d.send(await d.save(note));
    await d.rest();
    assert.deepEqual(inMailbox(d), ['sent'], 'nothing is put there yet');
    await d.pass(120_000);
    assert.deepEqual(inMailbox(d), ['sent', 'sent'], 'in the end it is');
  });
});
