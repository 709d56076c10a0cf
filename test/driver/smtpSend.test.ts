import assert from 'node:assert/strict';
import { truncateSync, unlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createSmtpSender } from '../../src-main/driver/smtp/sender.ts';
import type { Credential } from '../../src-shared/model.ts';
import { bytesHeld, letRead } from '../support/held.ts';
import { happens, smtpWorld } from '../support/sending.ts';

const ID = 'one@example.test';
const never = new AbortController().signal;

describe('SM2: signing in', () => {
  for (const mechanisms of [['PLAIN'], ['LOGIN'], ['LOGIN', 'PLAIN'], ['XOAUTH2', 'LOGIN']])
    it(`by ${mechanisms.join(' or ')}`, async (t) => {
      const w = await smtpWorld(t, { mechanisms });
      assert.equal((await w.send()).result, 'accepted');
    });

  it('with a password of its own, where there is one', async (t) => {
    const credential: Credential = {
      type: 'password',
      username: 'alice',
      password: 'for reading',
      smtp: { username: 'alice-out', password: 'for sending: ü' },
    };
    const w = await smtpWorld(t, { credential, accounts: { 'alice-out': 'for sending: ü' } });
    assert.equal((await w.send()).result, 'accepted');
    assert.ok(!w.server.commands.join().includes(Buffer.from('for reading').toString('base64')));
  });

  it('with a wrong password is for the person, who is told what the server said', async (t) => {
    const w = await smtpWorld(t, { accounts: { 'alice@example.test': 'another' } });
    const ended = await w.send();
    assert.deepEqual([ended.result, ended.kind], ['thrown', 'auth']);
    assert.equal(
      ended.message,
      'the server for outgoing mail refused the user name, password or token: 535 5.7.8 Authentication credentials invalid',
    );
  });

  it('is left out where the server has no use for it', async (t) => {
    const w = await smtpWorld(t, { accounts: null });
    assert.equal((await w.send()).result, 'accepted');
    assert.ok(!w.server.commands.some((line) => line.startsWith('AUTH')));
  });
});

describe('SM3: what is told before a byte is sent', () => {
  it('how much the server takes', async (t) => {
    for (const [extensions, largest] of [
      [['SIZE 1000'], 1000],
      [['SIZE'], null],
      [['SIZE 0'], null],
      [['size 35882577'], 35882577],
      [['SIZE 1e9'], null],
      [['XSIZE 5', 'PIPELINING'], null],
      [[], null],
    ] as [string[], number | null][]) {
      const w = await smtpWorld(t, { extensions });
      assert.deepEqual(await w.sender.outlet(never), { way: 'bytes', holdSeconds: 0, largest });
    }
  });

  it('is asked for once, and told again with each message', async (t) => {
    const w = await smtpWorld(t, { extensions: ['SIZE 1000'] });
    await w.sender.outlet(never);
    await w.sender.outlet(never);
    assert.equal(w.server.commands.filter((line) => line.startsWith('EHLO')).length, 1);
    w.server.set({ extensions: ['SIZE 2000'] });
    await w.send();
    assert.equal((await w.sender.outlet(never)).largest, 2000);
  });

  it('that a message is too large', async (t) => {
    const w = await smtpWorld(t, { extensions: ['SIZE 1000000'] });
    const ended = await w.send({ raw: `Message-ID: <${ID}>\r\n\r\n${'x'.repeat(1_500_000)}\r\n` });
    assert.deepEqual([ended.result, ended.kind, ended.states], ['refused', 'tooLarge', ['refused']]);
    assert.equal(ended.message, 'the message has 1.50 MB, the server takes 1.00 MB');
    assert.ok(!w.server.commands.some((line) => /^(AUTH|MAIL)/.test(line)));
  });

  it('that some of those it is for have addresses that the server does not know', async (t) => {
    const w = await smtpWorld(t, { extensions: ['8BITMIME'] });
    const ended = await w.send({ to: ['jürgen@bücher.example', 'bob@bücher.example'] });
    assert.deepEqual([ended.result, ended.states], ['accepted', ['refused', 'accepted']]);
    assert.equal(ended.replies[0], 'the server cannot deliver to addresses with letters as in jürgen@bücher.example');
    assert.deepEqual(w.server.ledger.counts(ID), { 'bob@xn--bcher-kva.example': 1 });
  });

  it('and where the server does, they go as they are, the domain as the domain name system has it', async (t) => {
    const w = await smtpWorld(t);
    assert.equal((await w.send({ to: ['jürgen@bücher.example'] })).result, 'accepted');
    assert.deepEqual(w.server.ledger.counts(ID), { 'jürgen@xn--bcher-kva.example': 1 });
    assert.match(w.server.commands.find((line) => line.startsWith('MAIL')) ?? '', / SMTPUTF8/);
  });

  it('that the address of the sender has letters that the server does not know', async (t) => {
    const w = await smtpWorld(t, { extensions: [] });
    const ended = await w.send({ from: 'jürgen@example.test' });
    assert.deepEqual([ended.result, ended.kind], ['refused', 'unsupported']);
  });

  it('that the server takes no message with such an address in its header, whoever it is for', async (t) => {
    const w = await smtpWorld(t);
    const raw = `Message-ID: <${ID}>\r\nTo: jürgen@example.test, bob@example.test\r\n\r\nHello\r\n`;
    const to = ['jürgen@example.test', 'bob@example.test'];
    for (const extensions of [[], ['8BITMIME'], ['SMTPUTF8']]) {
      w.server.set({ extensions });
      const ended = await w.send({ raw, to });
      assert.deepEqual([ended.result, ended.kind, ended.states], ['refused', 'unsupported', ['refused', 'refused']]);
    }
    assert.deepEqual(w.server.ledger.counts(ID), {});
    w.server.set({ extensions: ['8BITMIME', 'SMTPUTF8'] });
    assert.equal((await w.send({ raw, to })).result, 'accepted');
    assert.match(w.server.commands.findLast((line) => line.startsWith('MAIL')) ?? '', / SMTPUTF8 BODY=8BITMIME/);
  });

  for (const email of [
    'bob@example.test> NOTIFY=NEVER',
    'bob@example.test\r\nRCPT TO:<eve@example.test',
    '<bob@example.test>',
    'bob @example.test',
    'bob@example test',
    'bob@',
    '@example.test',
    'bob',
    '',
    'bob@exa\u0000mple.test',
    'bo\u2028b@example.test',
    'bob@-',
    '"bob\\"@example.test',
    '"a" b@example.test',
    'a,b@example.test',
    `${'x'.repeat(2000)}@example.test`,
    'bob@\ud800.test',
    'bob@a%0d%0a.test',
  ])
    it(`that ${JSON.stringify(email.slice(0, 50))} is no address, and it never gets to the wire`, async (t) => {
      const w = await smtpWorld(t);
      const alone = await w.send({ to: [email] });
      assert.deepEqual([alone.result, alone.kind, w.server.commands.length], ['refused', 'invalid', 0]);
      const sender = await w.send({ from: email === '' ? '<>' : email });
      assert.deepEqual([sender.result, sender.kind, w.server.commands.length], ['refused', 'invalid', 0]);
      const among = await w.send({ to: [email, 'bob@example.test'] });
      assert.deepEqual([among.result, among.states], ['accepted', ['refused', 'accepted']]);
      assert.deepEqual(w.server.ledger.counts(ID), { 'bob@example.test': 1 });
    });

  it('that the message is not on the disk any more as it was', async (t) => {
    const w = await smtpWorld(t);
    const message = w.write({});
    const submit = () => w.sender.submit(message, { cursors: {}, committing: async () => undefined }, never);
    for (const more of [1, -1]) {
      truncateSync(message.file.path, message.file.size + more);
      await assert.rejects(submit, { kind: 'storage' }, `${more} bytes more`);
    }
    unlinkSync(message.file.path);
    await assert.rejects(submit, { kind: 'storage' });
    assert.equal(w.server.connections(), 0);
  });
});

describe('SM9: the bytes', () => {
  const smuggled = [
    'a\n.\nMAIL FROM:<eve@example.test>\nb',
    'a\r.\rb',
    'a\r\n.\nb',
    'a\n.\r\nb',
    'a\r\r\n.\r\nb',
    'a\r\n.\r\nMAIL FROM:<eve@example.test>\r\n',
    '.\r\n.\r\n..\r\n',
    'a\r\n.',
    'a\r',
    'a\n',
    'a',
    '\r\n.\r\n'.repeat(100_000),
    '\r'.repeat(200_000),
    '\n.\n'.repeat(100_000),
    `${'x'.repeat(64 * 1024 - 4)}\r\n.\r\n`,
  ];
  for (const [at, body] of smuggled.entries())
    it(`are one message, whatever ends its lines (${at})`, async (t) => {
      const w = await smtpWorld(t);
      const head = `Message-ID: <${ID}>\r\n\r\n`;
      assert.equal((await w.send({ raw: head + body })).result, 'accepted');
      await happens(() => w.server.commands.at(-1) === 'QUIT', 'QUIT');
      assert.equal(w.server.ledger.accepted.length, 1);
      const got = w.server.ledger.accepted[0]?.bytes.toString('latin1') ?? '';
      const lines = (head + body).split(/\r\n|\r|\n/);
      if (lines.at(-1) === '') lines.pop();
      assert.equal(got, lines.map((line) => `${line}\r\n`).join(''));
      assert.ok(!w.server.commands.some((line) => line.includes('eve')));
    });

  it('of 20 MB are never in memory together', { timeout: 60_000 }, async (t) => {
    const w = await smtpWorld(t, { keep: false });
    const line = `${'x'.repeat(76)}\r\n`;
    const raw = `Message-ID: <${ID}>\r\n\r\n${line.repeat(Math.ceil(20_000_000 / line.length))}`;
    const message = w.write({ raw });
    const { promise, resolve } = Promise.withResolvers<void>();
    w.server.faults.fail('body', { kind: 'wait', until: promise });
    const before = bytesHeld();
    const sending = w.sender.submit(message, { cursors: {}, committing: async () => undefined }, never);
    await happens(() => w.server.faults.pending() === 0, 'the body');
    // The server does not read: nor does Tern.
    await letRead(3_000);
    const held = bytesHeld() - before;
    assert.ok(held < 8_000_000, `${held} bytes`);
    resolve();
    const { result } = await sending;
    assert.deepEqual([result, w.server.ledger.accepted[0]?.size], ['accepted', raw.length]);
  });
});

describe('SM8: what people are told', () => {
  it('is one harmless line, whatever the server says', async (t) => {
    const w = await smtpWorld(t, { extensions: [] });
    const words = `550 5.1.1 no\u0007\u001b[31m ${'long '.repeat(100)}`;
    w.server.faults.fail('RCPT', { kind: 'say', lines: [`550-5.1.1 one\u0000two`, words] });
    const ended = await w.send();
    assert.ok((ended.replies[0]?.length ?? 0) <= 200);
    assert.match(ended.replies[0] ?? '', /^550 5\.1\.1 one two no \[31m long/);
    assert.ok(!/\p{Cc}/u.test(ended.message + ended.replies.join('')));
  });

  it('names the sender who is refused, and what to do', async (t) => {
    const w = await smtpWorld(t);
    w.server.faults.fail('MAIL', { kind: 'say', lines: ['550 5.1.8 Not yours'] });
    assert.equal(
      (await w.send()).message,
      'the mail server refused mail from alice@example.test: 550 5.1.8 Not yours. Check which address this account may send from.',
    );
  });

  it('by 550 without more depends on what it was said to', async (t) => {
    const w = await smtpWorld(t);
    for (const [moment, kind, message] of [
      ['RCPT', 'notFound', 'mail for bob@example.test: 550 No. Check the address.'],
      ['MAIL', 'forbidden', 'mail from alice@example.test: 550 No. Check which address this account may send from.'],
      ['dot', 'server', 'the message: 550 No.'],
    ] as const) {
      w.server.faults.fail(moment, { kind: 'say', lines: ['550 No'] });
      const ended = await w.send();
      assert.deepEqual(
        [ended.result, ended.kind, ended.message],
        ['refused', kind, `the mail server refused ${message}`],
      );
    }
  });

  it('holds no password', async (t) => {
    const w = await smtpWorld(t);
    w.server.faults.fail('AUTH', { kind: 'say', lines: ['535 5.7.8 Wrong'] });
    const ended = await w.send();
    assert.ok(!/secret|c2VjcmV0|AGFsaWNl/.test(ended.message));
  });

  it('of a host that nobody knows is that', async (t) => {
    const w = await smtpWorld(t);
    const server = { host: 'mail.invalid', port: 465, security: 'tls' as const };
    const credential: Credential = { type: 'password', username: 'alice', password: 'secret' };
    const sender = createSmtpSender({ server, credential, clock: w.clock });
    await assert.rejects(sender.outlet(never), { kind: 'network', message: /mail\.invalid:465 cannot be reached/ });
  });
});
