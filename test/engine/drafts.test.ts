import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { type Desk, desk, openDesk } from '../support/worldOutgoing.ts';

const note = { to: [{ name: 'Bob', email: 'bob@example.test' }], subject: 'Lunch', text: 'At noon?' };
const bytes = (text: string): string => Buffer.from(text).toString('base64');

const onServer = (d: Desk): string[] =>
  d.mailer.filed.map(({ source }) => /^Subject: (.*)\r$/m.exec(source)?.[1] ?? '');
const states = (d: Desk): unknown[] => d.drafts().map(({ subject, state }) => [subject, state]);

describe('D1: saving a draft', () => {
  it('keeps all of it, offline too', async (t) => {
    const d = await desk(t);
    d.online = false;
    const id = await d.save({ ...note, bcc: [{ email: 'eve@example.test' }], html: '<p>At noon?</p>' });
    await d.restart();
    const { to, bcc, subject, text, html } = d.draft(id);
    assert.deepEqual([to, subject, text, html], [note.to, 'Lunch', 'At noon?', '<p>At noon?</p>']);
    assert.deepEqual(bcc, [{ name: null, email: 'eve@example.test' }]);
    assert.deepEqual(states(d), [['Lunch', 'queued']]);
  });

  it('keeps what is written though the email that it answers, or passes on, is gone by now', async (t) => {
    for (const about of ['inReplyTo', 'forwardOf']) {
      const d = await desk(t);
      const question = { remoteId: 'q', messageId: 'q@example.test', mailbox: 'inbox', keywords: [], source: '' };
      d.mailer.filed.push(question);
      await d.pull();
      const draft = await d.save({ ...note, [about]: '1' });
      d.mailer.filed.length = 0;
      await d.pull();
      await d.save({ ...note, draft, subject: 'Supper', [about]: '1' });
      await assert.rejects(d.save({ ...note, [about]: '1' }), { kind: 'notFound', field: about });
      d.send(draft);
      await d.rest();
      assert.match(d.mailer.sent[0] ?? '', /^Subject: Supper\r$/m);
      assert.match(d.mailer.sent[0] ?? '', /^References: <q@example\.test>\r$/m);
    }
  });

  it('answers an email by its Message-ID alone, also one that is not here', async (t) => {
    for (const isHere of [true, false]) {
      const d = await desk(t);
      const question = { remoteId: 'q', messageId: 'q@example.test', mailbox: 'inbox', keywords: [], source: '' };
      if (isHere) d.mailer.filed.push(question);
      await d.pull();
      const draft = await d.save({ ...note, repliesTo: 'q@example.test' });
      await d.save({ ...note, draft, subject: 'Supper' });
      assert.equal(d.draft(draft).repliesTo, 'q@example.test');
      d.send(draft);
      await d.rest();
      assert.match(d.mailer.sent[0] ?? '', /^In-Reply-To: <q@example\.test>\r$/m);
      assert.match(d.mailer.sent[0] ?? '', /^References: <q@example\.test>\r$/m);
      assert.deepEqual(d.marks(), isHere ? [{ $answered: true }] : []);
    }
  });

  it('keeps attachments that a later save does not name, and drops those that it leaves out', async (t) => {
    const d = await desk(t);
    const attachments = ['a', 'b'].map((name) => ({ name, type: 'text/plain', bytes: bytes(name) }));
    const draft = await d.save({ ...note, attachments });
    await d.save({ ...note, draft, subject: 'Supper' });
    const [first] = d.draft(draft).attachments;
    assert.deepEqual(
      d.draft(draft).attachments.map(({ name, size }) => [name, size]),
      [
        ['a', 1],
        ['b', 1],
      ],
    );
    await d.save({ ...note, draft, attachments: [{ held: first?.id ?? '' }] });
    assert.deepEqual([d.draft(draft).attachments.length, d.files().length], [1, 1]);
  });

  it('takes a copy of a file, which may be removed then', async (t) => {
    const d = await desk(t);
    const path = join(d.folder, 'plan.txt');
    await writeFile(path, 'the plan');
    const draft = await d.save({ ...note, attachments: [{ name: 'plan.txt', type: 'text/plain', path }] });
    await writeFile(path, 'another plan');
    d.send(draft);
    await d.rest();
    assert.match(d.mailer.sent[0] ?? '', new RegExp(bytes('the plan')));
  });

  it('refuses what is not there, and keeps nothing of it', async (t) => {
    const d = await desk(t);
    const file = { name: 'a', type: 'text/plain' };
    await assert.rejects(d.save({ ...note, draft: '99' }), { kind: 'notFound', field: 'draft' });
    await assert.rejects(d.save({ ...note, inReplyTo: '99' }), { kind: 'notFound', field: 'inReplyTo' });
    await assert.rejects(d.save({ ...note, identity: '99' }), { kind: 'notFound', field: 'identity' });
    const attachments = [
      { ...file, bytes: bytes('a') },
      { ...file, path: '/nowhere' },
    ];
    await assert.rejects(d.save({ ...note, attachments }), { kind: 'notFound', field: 'attachments.1.path' });
    await assert.rejects(d.save({ ...note, attachments: [{ ...file, file: 'x' }] }), { kind: 'forbidden' });
    assert.deepEqual([d.drafts(), d.files()], [[], []]);
  });
});

describe('D2: a draft on the server', () => {
  it('is there soon after, and once more only when it was changed', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    await d.pass(10_000);
    assert.deepEqual([onServer(d), states(d)], [['Lunch'], [['Lunch', 'saved']]]);
    await d.pass(60_000);
    assert.equal(d.mailer.filed.length, 1);
    await d.save({ ...note, draft, subject: 'Supper' });
    await d.pass(10_000);
    assert.deepEqual(onServer(d), ['Lunch', 'Supper']);
  });

  it('is on this machine alone where there is no place for it, and says so', async (t) => {
    const d = await desk(t, 'bytes', ['inbox', 'sent']);
    await d.save(note);
    await d.pass(60_000);
    assert.deepEqual([d.mailer.filed, states(d)], [[], [['Lunch', 'local']]]);
  });

  it('is not sent there at every key press', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    for (let key = 0; key < 20; key++) {
      await d.clock.advance(200);
      await d.rest();
      await d.save({ ...note, draft, text: `At noon${'?'.repeat(key)}` });
    }
    await d.pass(10_000);
    assert.equal(d.mailer.filed.length, 2);
  });

  it('has its old revision removed only after the new one is there', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    await d.pass(10_000);
    await d.pull();
    await d.save({ ...note, draft, subject: 'Supper' });
    d.mailer.script.files = [{ result: 'failed', error: new TernError('server', 'busy') }];
    await d.clock.advance(3_000);
    await d.rest();
    await d.pull();
    assert.deepEqual(onServer(d), ['Lunch'], 'the new one was not taken, so the old one stays');
    await d.pass(30_000);
    await d.pull();
    assert.deepEqual([onServer(d), d.drafts().length], [['Supper'], 1]);
  });

  it('is looked for at once where it was replaced before a pull had brought it, so that its old revision goes', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    await d.pass(10_000);
    assert.equal(d.told, 0);
    await d.save({ ...note, draft, subject: 'Supper' });
    await d.pass(10_000);
    assert.equal(d.told, 1);
    await d.pull();
    assert.deepEqual(onServer(d), ['Supper']);
  });

  it('is filed once when the answer was lost', async (t) => {
    const d = await desk(t);
    await d.save(note);
    d.mailer.script.losesAnswers = 1;
    await d.pass(60_000);
    assert.deepEqual([onServer(d), states(d)], [['Lunch'], [['Lunch', 'saved']]]);
  });

  it('waits for the person where the server refuses it, and says why', async (t) => {
    const d = await desk(t);
    d.mailer.script.files = [{ result: 'refused', error: new TernError('quota', 'the mailbox is full') }];
    await d.save(note);
    await d.pass(3_600_000);
    assert.deepEqual([d.mailer.filed, d.drafts()[0]?.error?.kind], [[], 'quota']);
  });

  it('goes when it is discarded, also when it is on its way', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    await d.pass(10_000);
    await d.pull();
    await d.discard(draft);
    await d.pull();
    assert.deepEqual([d.drafts(), d.mailer.filed], [[], []]);
  });

  it('goes when it was sent', async (t) => {
    const d = await desk(t);
    const draft = await d.save(note);
    await d.pass(10_000);
    d.send(draft);
    await d.rest();
    await d.pull();
    assert.deepEqual([d.drafts(), d.mailer.filed.map(({ mailbox }) => mailbox)], [[], ['sent']]);
  });
});

describe('D3: a program that dies at any commit of saving', () => {
  const saveWithDeathAt = async (n: number): Promise<boolean> => {
    const d = await openDesk();
    try {
      const draft = await d.save(note);
      await d.pass(10_000);
      await d.pull();
      await d.save({ ...note, draft, subject: 'Supper' });
      d.crashAt(n);
      await d.pass(10_000);
      const crashed = d.crashed();
      await d.restart();
      await d.pass(60_000);
      await d.pull();
      assert.deepEqual([onServer(d), states(d)], [['Supper'], [['Supper', 'saved']]], `death at commit ${n}`);
      return crashed;
    } finally {
      await d.end();
    }
  };

  it('leaves one draft, the latest', async () => {
    let commits = 1;
    while (await saveWithDeathAt(commits)) commits += 1;
    assert.ok(commits > 3, `it died at ${commits - 1} commits`);
  });
});
