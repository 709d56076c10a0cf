import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createSmtpSender } from '../../src-main/driver/smtp/sender.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { Failure, Moment } from '../servers/smtpServer.ts';
import { fakeClock, settle } from '../support/clock.ts';
import { listening } from '../support/listening.ts';
import { type Ending, happens, smtpWorld } from '../support/sending.ts';

const ID = 'one@example.test';
const say = (...lines: string[]): Failure => ({ kind: 'say', lines });
const drop: Failure = { kind: 'drop' };

/** A server that encrypts from the start, as it says, and never answers a handshake. */
const deafServer = async (t: TestContext) => {
  let met = false;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    met = true;
  });
  const port = await listening(t, server);
  const config = { host: '127.0.0.1', port, security: 'tls' } as const;
  return { config, clock: fakeClock(), met: () => met };
};

describe('SM4: the mark before the last bytes', () => {
  const long = `Message-ID: <${ID}>\r\n\r\n${'a line of it, and more\r\n'.repeat(40_000)}`;

  it('comes after 354, and the server has not got the last bytes when it does', async (t) => {
    const w = await smtpWorld(t);
    const seen: unknown[] = [];
    const committing = async (): Promise<void> => {
      seen.push(w.server.commands.at(-1), w.server.ledger.accepted.length);
      // However long it takes: there is nothing that the server could accept.
      await settle(200);
      seen.push(w.server.ledger.accepted.length);
    };
    const ended = await w.send({}, { committing });
    assert.deepEqual([seen, ended.result], [['DATA', 0, 0], 'accepted']);
    assert.deepEqual(ended.journals, [JSON.stringify({ messageId: ID })]);
  });

  it('comes before the last bytes, not just before the dot', async (t) => {
    const w = await smtpWorld(t);
    const { size } = w.write({ raw: long }).file;
    // Noticed by the server as soon as it has all but a few of them.
    w.server.set({ half: size - 100 });
    w.server.faults.fail('half', { kind: 'wait', until: Promise.resolve() });
    let left = 0;
    const committing = async (): Promise<void> => {
      await settle(500);
      left = w.server.faults.pending();
    };
    const ended = await w.send({ raw: long }, { committing });
    assert.deepEqual([ended.result, left, w.server.faults.pending()], ['accepted', 1, 0]);
  });

  it('is not made before the server asks for the message', async (t) => {
    const w = await smtpWorld(t, { extensions: [] });
    w.server.faults.fail('DATA', { kind: 'hang' });
    const sending = w.send({ raw: long });
    await happens(() => w.server.commands.includes('DATA'), 'DATA');
    await w.clock.advance(6 * 60_000);
    assert.deepEqual((await sending).journals, []);
  });

  it('that fails ends it: nothing was sent', async (t) => {
    const w = await smtpWorld(t);
    for (const raw of [undefined, long]) {
      const full = new TernError('storage', 'the disk is full');
      const ended = await w.send(raw ? { raw } : {}, { committing: () => Promise.reject(full) });
      assert.deepEqual([ended.result, ended.kind, ended.message], ['thrown', 'storage', 'the disk is full']);
      await happens(() => w.server.connections() === 0, 'the end of the connection');
    }
    assert.deepEqual(w.server.ledger.counts(ID), {});
  });

  for (const at of ['body', 'half'] as const)
    it(`is not followed by the last bytes where the connection was lost (${at})`, async (t) => {
      const w = await smtpWorld(t);
      w.server.set({ half: 100_000 });
      w.server.faults.fail(at, drop);
      const committing = (): Promise<void> => happens(() => w.server.connections() === 0, 'the drop');
      const ended = await w.send({ raw: long }, { committing });
      assert.deepEqual([ended.result, ended.kind], ['failed', 'network']);
      assert.deepEqual(ended.states, ['failed']);
      assert.deepEqual(w.server.ledger.counts(ID), {});
    });

  for (const [words, result, kind] of [
    ['250 2.0.0 Accepted', 'failed', 'server'],
    ['451 4.3.0 Enough', 'failed', 'server'],
    ['552 5.3.4 Too much', 'refused', 'tooLarge'],
  ] as const)
    it(`is not followed by the last bytes where the server judged it before (${words})`, async (t) => {
      const w = await smtpWorld(t);
      w.server.faults.fail('body', say(words));
      const ended = await w.send({ raw: long }, { committing: () => settle(500) });
      assert.deepEqual([ended.result, ended.kind], [result, kind], ended.message);
      assert.deepEqual(w.server.ledger.counts(ID), {});
    });

  it('leaves no doubt before it, and none but honest doubt after it', async (t) => {
    const w = await smtpWorld(t);
    w.server.set({ half: 200_000 });
    w.server.faults.fail('half', drop);
    const ended = await w.send({ raw: long });
    assert.ok(['failed', 'unknown'].includes(ended.result));
    assert.deepEqual(w.server.ledger.counts(ID), {});
  });

  it('is on the disk before anybody is told that the sending was given up', async (t) => {
    const w = await smtpWorld(t);
    const person = new AbortController();
    let isNoted = false;
    const committing = async (): Promise<void> => {
      person.abort(new TernError('cancelled', 'stopped'));
      await settle(50);
      isNoted = true;
    };
    const ended = await w.send({}, { committing, signal: person.signal });
    assert.deepEqual([isNoted, ended.result, ended.kind], [true, 'failed', 'cancelled']);
    assert.deepEqual(w.server.ledger.counts(ID), {});
  });
});

describe('SM7: a sending that is given up', () => {
  for (const at of ['connect', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'] as const)
    it(`at ${at} was not done`, async (t) => {
      const w = await smtpWorld(t, { extensions: [] });
      w.server.faults.fail(at, { kind: 'hang' });
      const person = new AbortController();
      const sending = w.send({}, { signal: person.signal });
      await happens(() => w.server.faults.pending() === 0, at);
      person.abort(new TernError('cancelled', 'stopped'));
      const ended = await sending;
      assert.deepEqual([ended.result, ended.kind, ended.journals], ['thrown', 'cancelled', []]);
    });

  for (const at of ['dot', 'accepted'] as const)
    it(`at ${at} may have been done`, async (t) => {
      const w = await smtpWorld(t);
      w.server.faults.fail(at, { kind: 'hang' });
      const person = new AbortController();
      const sending = w.send({}, { signal: person.signal });
      await happens(() => w.server.faults.pending() === 0, at);
      person.abort(new TernError('cancelled', 'stopped'));
      const ended = await sending;
      assert.deepEqual([ended.result, ended.journals.length], ['unknown', 1]);
    });
});

describe('SM7: patience', () => {
  const longest: [Moment, seconds: number, Ending['result']][] = [
    ['connect', 30, 'thrown'],
    ['EHLO', 30, 'thrown'],
    ['AUTH', 300, 'thrown'],
    ['MAIL', 300, 'thrown'],
    ['RCPT', 300, 'thrown'],
    ['DATA', 300, 'thrown'],
    ['dot', 600, 'unknown'],
    ['accepted', 600, 'unknown'],
  ];
  for (const [at, seconds, result] of longest)
    it(`at ${at} ends after ${seconds} s, and not before`, async (t) => {
      const w = await smtpWorld(t, { extensions: [] });
      w.server.faults.fail(at, { kind: 'hang' });
      let ended: Ending | null = null;
      const sending = w.send().then((ending) => (ended = ending));
      await happens(() => w.server.faults.pending() === 0, at);
      await settle(50);
      await w.clock.advance(seconds * 1000 - 1);
      assert.equal(ended, null);
      await w.clock.advance(1);
      await happens(() => ended !== null, 'the end');
      const ending = await sending;
      assert.deepEqual([ending.result, ending.kind], [result, 'network']);
      assert.equal(w.clock.pending(), 0);
    });

  it('with encryption that never begins ends after 30 s, and not before', async (t) => {
    const { config, clock, met } = await deafServer(t);
    const credential = { type: 'password', username: 'alice', password: 'secret' } as const;
    const sender = createSmtpSender({ server: config, credential, clock });
    let kind: string | null = null;
    void sender.outlet(new AbortController().signal).catch((error: TernError) => (kind = error.kind));
    await happens(met, 'a connection');
    await clock.advance(29_999);
    assert.equal(kind, null);
    await clock.advance(1);
    await happens(() => kind !== null, 'the end');
    assert.deepEqual([kind, clock.pending()], ['network', 0]);
  });

  it('is not worn out by a reply that comes byte by byte', async (t) => {
    const w = await smtpWorld(t);
    w.server.faults.fail('connect', { kind: 'raw', bytes: '220-mail\r\n220 ready\r\n', bytewise: true });
    w.server.faults.fail('EHLO', { kind: 'raw', bytes: '250-mail\r\n250 AUTH PLAIN\r\n', bytewise: true });
    assert.equal((await w.send()).result, 'accepted');
  });

  for (const at of ['connect', 'EHLO', 'AUTH', 'MAIL', 'dot'] as const)
    it(`has no room for a reply that never ends (${at})`, async (t) => {
      const w = await smtpWorld(t, { extensions: [] });
      w.server.faults.fail(at, { kind: 'endless', line: '250-and more' });
      const ended = await w.send();
      assert.deepEqual([ended.result, ended.kind], at === 'dot' ? ['unknown', 'network'] : ['thrown', 'server']);
    });

  it('has no room for a reply that ends too late, either', async (t) => {
    const w = await smtpWorld(t);
    w.server.faults.fail('EHLO', { kind: 'raw', bytes: `${'250-and more\r\n'.repeat(6_000)}250 AUTH PLAIN\r\n` });
    const ended = await w.send();
    assert.deepEqual([ended.result, ended.kind], ['thrown', 'server']);
  });

  it('does not hold the answer back until the server has said goodbye', async (t) => {
    const w = await smtpWorld(t);
    w.server.faults.fail('QUIT', { kind: 'hang' });
    assert.equal((await w.send()).result, 'accepted');
    await w.clock.advance(5_000);
    await happens(() => w.server.connections() === 0, 'the end of the connection');
    assert.equal(w.clock.pending(), 0);
  });
});
