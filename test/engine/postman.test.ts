import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createIdentities } from '../../src-main/engine/outgoing/identities.ts';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { type Desk, desk } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const EVE = { name: null, email: 'eve@example.test' };
const note = { to: [BOB], subject: 'Lunch', text: 'At noon?' };
const later = { result: 'failed' as const, error: new TernError('server', '451 later'), recipients: [] };

const states = (d: Desk): unknown[] => d.drafts().map(({ subject, state }) => [subject, state]);
const subjects = (d: Desk): string[] =>
  d.mailer.filed.map(({ source }) => /^Subject: (.*)\r$/m.exec(source)?.[1] ?? '');
const stateOf = (d: Desk, submission: string): string | undefined => d.submission(submission)?.state;

/** A draft with a file that nobody has any more. */
const saveHollow = async (d: Desk): Promise<string> => {
  d.mailer.filed.push({ remoteId: 'gone', messageId: 'gone@x.test', mailbox: 'inbox', keywords: [], source: '' });
  await d.pull();
  d.mailer.filed.pop();
  return d.save({ ...note, subject: 'Hollow', attachments: [{ email: '1' }] });
};

describe('D2: what cannot be done holds up nothing else', () => {
  it('a draft that can never be written waits for the person, and the others go on', async (t) => {
    const d = await desk(t);
    await saveHollow(d);
    await d.save(note);
    await d.pass(60_000);
    const byName = Object.fromEntries(d.drafts().map(({ subject, state }) => [subject, state]));
    assert.deepEqual(byName, { Hollow: 'failed', Lunch: 'saved' });
    await d.pass(86_400_000);
    assert.equal(d.library.reads, 1, 'it is not tried again by itself');
    const submission = d.send(await d.save({ ...note, subject: 'Supper' }));
    await d.rest();
    assert.equal(stateOf(d, submission), 'done');
  });

  it('a draft that nobody knows what is wrong with is tried again now and then, and the others go on', async (t) => {
    const d = await desk(t);
    d.library.error = new TernError('bug', 'nobody thought of it');
    await saveHollow(d);
    await d.rest();
    await d.pass(5_000);
    await d.save(note);
    await d.pass(10_000);
    assert.deepEqual([subjects(d), d.library.reads], [['Lunch'], 2]);
    await d.pass(86_400_000);
    assert.equal(d.library.reads, 5, 'and then it waits for the person');
  });

  it('a draft that was refused is tried again once it was changed', async (t) => {
    const d = await desk(t);
    d.mailer.script.files = [{ result: 'refused', error: new TernError('quota', 'the mailbox is full') }];
    const draft = await d.save(note);
    await d.pass(60_000);
    await d.save({ ...note, draft, subject: 'Supper' });
    await d.pass(60_000);
    assert.deepEqual([subjects(d), states(d)], [['Supper'], [['Supper', 'saved']]]);
  });

  it('a server for outgoing mail that is away keeps no draft from the server', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = Array.from({ length: 100 }, () => 'away' as const);
    d.send(await d.save(note));
    await d.rest();
    await d.save({ ...note, subject: 'Supper' });
    await d.pass(60_000);
    assert.deepEqual(subjects(d), ['Supper']);
  });

  it('a message whose bytes the disk lost is written again, the same, and the others go out', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = [later];
    const lost = d.send(await d.save(note));
    await d.rest();
    for (const file of d.files().filter((path) => path.startsWith('outbox'))) rmSync(join(d.folder, file));
    await d.pass(120_000);
    assert.deepEqual([stateOf(d, lost), d.mailer.ledger.length], ['done', 1]);
    const other = d.send(await d.save({ ...note, subject: 'Supper' }));
    await d.rest();
    assert.deepEqual([stateOf(d, other), d.mailer.ledger.length], ['done', 2]);
  });
});

describe('S6: cancelling at the worst moment', () => {
  it('leaves a draft that is on the server soon after', async (t) => {
    const d = await desk(t);
    const submission = d.send(await d.save(note), { undoSeconds: 3600 });
    await d.pass(10_000);
    await d.cancel(submission);
    await d.pass(10_000);
    assert.deepEqual([subjects(d), states(d)], [['Lunch'], [['Lunch', 'saved']]]);
  });

  it('is too late while the server thinks about it, which leaves nobody in doubt', async (t) => {
    const d = await desk(t);
    const thinking = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    d.mailer.script.thinking = () => {
      asked.resolve();
      return thinking.promise;
    };
    const submission = d.send(await d.save(note));
    await asked.promise;
    assert.equal(stateOf(d, submission), 'sending');
    await assert.rejects(d.cancel(submission), { kind: 'conflict' });
    await assert.rejects(d.resolve(submission, 'check'), { kind: 'conflict' });
    thinking.resolve();
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });

  it('counts while a connection is waited for, whatever is done with the draft then', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = [later];
    const draft = await d.save(note);
    const cancelled = d.send(draft);
    await d.rest();
    const arriving = Promise.withResolvers<void>();
    d.connecting = arriving.promise;
    await d.clock.advance(60_000);
    await settle();
    await d.cancel(cancelled);
    const held = d.send(draft, { undoSeconds: 3600 });
    arriving.resolve();
    await d.rest();
    assert.deepEqual([stateOf(d, held), states(d), d.mailer.ledger], ['held', [['Lunch', 'sending']], []]);
  });
});

describe('S6: a server that keeps mail until its time', () => {
  const HOUR = 3_600_000;
  const sendLater = async (d: Desk, more: { undoSeconds?: number } = {}): Promise<string> => {
    const recipients = [{ email: BOB.email, state: 'accepted' as const, reply: null }];
    d.mailer.script.outlet = { way: 'held', holdSeconds: 86_400, largest: null };
    d.mailer.script.submits = [{ result: 'accepted', recipients, filed: true, submission: 'S1' }];
    const submission = d.send(await d.save(note), { sendAt: new Date(d.clock.now() + HOUR).toISOString(), ...more });
    await d.rest();
    return submission;
  };

  it('is given it at once, and sends it though Tern has ended', async (t) => {
    const d = await desk(t, 'held');
    const submission = await sendLater(d);
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['held', 1]);
    await d.clock.advance(HOUR);
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length, d.drafts()], ['done', 1, []]);
  });

  it('is given it once it cannot be undone any more', async (t) => {
    const d = await desk(t, 'held');
    const submission = await sendLater(d, { undoSeconds: 60 });
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger], ['held', []]);
    await d.clock.advance(60_000);
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['held', 1]);
  });

  it('is asked again when that has come, where it would not keep it', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.outlet = { way: 'held', holdSeconds: 86_400, largest: null };
    d.mailer.script.submits = [{ result: 'refused', error: new TernError('invalid', 'no'), recipients: [] }];
    const submission = d.send(await d.save(note), { sendAt: new Date(d.clock.now() + HOUR).toISOString() });
    await d.rest();
    assert.equal(stateOf(d, submission), 'held');
    await d.clock.advance(HOUR);
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });

  it('is asked whether it sent it: another program may have taken it back', async (t) => {
    const d = await desk(t, 'held');
    const submission = await sendLater(d);
    d.mailer.script.fates = Array.from({ length: 20 }, () => 'unknown' as const);
    await d.clock.advance(HOUR);
    await d.rest();
    assert.equal(stateOf(d, submission), 'uncertain');
    await d.resolve(submission, 'resend');
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 2]);
  });
});

describe('S5: a program that ends as a message is handed over', () => {
  it('costs no try, and no minute', async (t) => {
    const d = await desk(t);
    const error = new TernError('cancelled', 'the account is closed');
    d.mailer.script.submits = [{ result: 'failed', error, recipients: [] }];
    const submission = d.send(await d.save(note));
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.submission(submission)?.error], ['done', undefined]);
  });
});

describe('S5: what is told of recipients', () => {
  it('is not done while some did not get it', async (t) => {
    const d = await desk(t);
    const recipients = [
      { email: BOB.email, state: 'accepted' as const, reply: '250 ok' },
      { email: EVE.email, state: 'refused' as const, reply: '550 no such user' },
    ];
    d.mailer.script.submits = [{ result: 'accepted', recipients, filed: false, submission: null }];
    d.mailer.script.files = [{ result: 'failed', error: new TernError('server', 'busy') }];
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.rest();
    assert.equal(stateOf(d, submission), 'sending');
    await d.pass(60_000);
    assert.equal(stateOf(d, submission), 'failed');
  });
});

describe('S7: an account without a Sent mailbox', () => {
  it('has the copy in its inbox, once', async (t) => {
    const d = await desk(t, 'bytes', ['inbox', 'drafts']);
    const submission = d.send(await d.save(note));
    await d.rest();
    assert.deepEqual(
      [stateOf(d, submission), d.mailer.filed.map(({ mailbox, keywords }) => [mailbox, keywords])],
      ['done', [['inbox', ['$seen']]]],
    );
  });
});

describe('S2: blind recipients', () => {
  it('are in the draft again when the server refused what it was given to send', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.submits = [{ result: 'refused', error: new TernError('server', 'no'), recipients: [] }];
    const draft = await d.save({ ...note, bcc: [EVE] });
    await d.pass(10_000);
    await d.pull();
    const submission = d.send(draft);
    await d.rest();
    await d.pass(10_000);
    await d.pull();
    const { made } = d.mailer.script;
    await d.resolve(submission, 'discard');
    await d.pass(10_000);
    assert.equal(d.mailer.script.made, made, 'a draft that is one again is not filed once more');
    assert.deepEqual(
      d.mailer.filed.map(({ source }) => /^Bcc: (.*)\r$/m.exec(source)?.[1]),
      [EVE.email],
    );
  });

  it('of an identity are in the copy of the person, and not in what is sent', async (t) => {
    const d = await desk(t);
    const plain = { remoteId: 'I1', name: '', email: '', replyTo: [], textSignature: '', htmlSignature: '' };
    d.identities([{ ...plain, bcc: [EVE] }]);
    d.send(await d.save(note));
    await d.rest();
    assert.deepEqual(
      [...d.mailer.sent, d.mailer.filed[0]?.source ?? ''].map((source) => /^Bcc: (.*)\r$/m.exec(source)?.[1]),
      [undefined, EVE.email],
    );
  });
});

describe('identities', () => {
  it('that a message was begun with before the server told of any is the account’s own address among those', async (t) => {
    const d = await desk(t);
    const draft = await d.save({ ...note, identity: 'account' });
    const plain = { replyTo: [], bcc: [], textSignature: '', htmlSignature: '' };
    d.identities([
      { ...plain, remoteId: 'I1', name: 'Sales', email: 'sales@example.test' },
      { ...plain, remoteId: 'I2', name: 'Alice', email: 'alice@example.test' },
    ]);
    await d.save({ ...note, draft, identity: 'account' });
    d.send(draft);
    await d.rest();
    assert.match(d.mailer.sent[0] ?? '', /^From: Alice <alice@example\.test>\r$/m);
  });

  it('are asked for again where the server did not tell', async (t) => {
    const d = await desk(t);
    let asked = 0;
    const identities = async (): Promise<never> => {
      asked += 1;
      throw new TernError('network', 'the connection was lost');
    };
    const read = createIdentities({} as never, d.clock, async () => ({ mailer: { identities } }) as never);
    for (let tries = 0; tries < 2; tries++)
      await assert.rejects(read(new AbortController().signal), { kind: 'network' });
    assert.equal(asked, 2);
  });
});
