import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorKind } from '../../src-shared/errors.ts';
import type { Failure, Moment } from '../servers/smtpServer.ts';
import { type Ending, type SmtpWorld, smtpWorld } from '../support/sending.ts';

const ID = 'one@example.test';
const [bob, carol] = ['bob@example.test', 'carol@example.test'];
const both = { to: [bob, carol] };

const say = (...lines: string[]): Failure => ({ kind: 'say', lines });
const drop: Failure = { kind: 'drop' };
const garbage: Failure = { kind: 'raw', bytes: 'What do you want?\r\n' };

/** Servers that take commands one by one, and all at once (RFC 2920). */
const dialects = [
  ['one by one', ['SIZE 52428800', '8BITMIME', 'SMTPUTF8']],
  ['pipelined', ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'SMTPUTF8']],
] as const;

type Case = [at: Moment, failure: Failure, result: Ending['result'], kind: ErrorKind | null, accepted: 0 | 1];

/** Before the body nothing was done, and after the final dot only the server's answer tells (docs/sending.md SM5, SM6). */
const cases: Case[] = [
  ...(['connect', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'] as const).flatMap((at): Case[] => [
    [at, garbage, 'thrown', 'server', 0],
    [at, drop, 'thrown', 'network', 0],
  ]),
  ['connect', say('421 4.3.2 Down for repairs'), 'thrown', 'rateLimited', 0],
  ['connect', say('554 5.7.1 Not from there'), 'thrown', 'server', 0],
  ['connect', say('250 OK'), 'thrown', 'server', 0],
  ['EHLO', say('421 4.3.2 Down for repairs'), 'thrown', 'rateLimited', 0],
  // An old server: HELO goes on.
  ['EHLO', say('502 Not implemented'), 'accepted', null, 1],
  ['AUTH', say('535 5.7.8 Wrong'), 'thrown', 'auth', 0],
  ['AUTH', say('534 5.7.9 Use another way'), 'thrown', 'auth', 0],
  ['AUTH', say('530 5.7.0 First something else'), 'thrown', 'auth', 0],
  ['AUTH', say('454 4.7.0 Not now'), 'thrown', 'rateLimited', 0],
  ['AUTH', say('421 4.7.0 Too often'), 'thrown', 'rateLimited', 0],
  ['MAIL', say('550 5.1.8 Not with that address'), 'refused', 'forbidden', 0],
  ['MAIL', say('552 5.3.4 Too big'), 'refused', 'tooLarge', 0],
  ['MAIL', say('530 5.7.0 Sign in'), 'thrown', 'auth', 0],
  ['MAIL', say('451 4.3.0 Later'), 'failed', 'server', 0],
  ['MAIL', say('421 4.7.0 Too much'), 'failed', 'rateLimited', 0],
  ['RCPT', say('550 5.1.1 Nobody'), 'refused', 'notFound', 0],
  ['RCPT', say('450 4.2.0 Greylisted'), 'failed', 'server', 0],
  ['RCPT', say('452 4.2.2 Full'), 'failed', 'quota', 0],
  ['RCPT', say('421 4.7.0 Too much'), 'failed', 'rateLimited', 0],
  ['RCPT', say('530 5.7.0 Sign in'), 'thrown', 'auth', 0],
  ['DATA', say('554 5.5.1 No'), 'refused', 'server', 0],
  ['DATA', say('451 4.3.0 Later'), 'failed', 'server', 0],
  ['DATA', say('421 4.3.2 Down'), 'failed', 'rateLimited', 0],
  ['DATA', say('250 Go on'), 'failed', 'server', 0],
  ['dot', say('554 5.7.1 Spam'), 'refused', 'forbidden', 0],
  ['dot', say('552 5.2.2 Full'), 'refused', 'quota', 0],
  ['dot', say('451 4.7.1 Later'), 'failed', 'server', 0],
  ['dot', say('421 4.3.2 Down'), 'failed', 'rateLimited', 0],
  ['dot', say('354 Go on'), 'unknown', 'network', 0],
  ['dot', garbage, 'unknown', 'network', 0],
  ['dot', drop, 'unknown', 'network', 0],
  ['accepted', drop, 'unknown', 'network', 1],
  ['accepted', garbage, 'unknown', 'network', 1],
  ['accepted', { kind: 'drop', after: '250 2.0.0 Acc' }, 'unknown', 'network', 1],
  ['accepted', say('250-2.0.0 Fine', '250 2.0.0 and well'), 'accepted', null, 1],
  ['told', drop, 'accepted', null, 1],
  ['QUIT', drop, 'accepted', null, 1],
  ['QUIT', say('500 What?'), 'accepted', null, 1],
];

const told = (failure: Failure): string => {
  if (failure.kind === 'say') return failure.lines.join(' / ');
  return failure.kind === 'drop' && failure.after ? `drop after ${failure.after}` : failure.kind;
};

const assertEnds = async (w: SmtpWorld, ended: Ending, [at, , result, kind, accepted]: Case): Promise<void> => {
  assert.deepEqual([ended.result, ended.kind], [result, kind], ended.message);
  assert.deepEqual(w.server.ledger.counts(ID), accepted === 1 ? { [bob]: 1 } : {});
  const isMarked = ['dot', 'accepted', 'told', 'QUIT'].includes(at) || result === 'accepted';
  assert.equal(ended.journals.length, isMarked ? 1 : 0);
  if (result !== 'accepted') assert.ok(ended.message.length > 10 && ended.message.length < 500, ended.message);
};

for (const [dialect, extensions] of dialects)
  describe(`SM5, SM6: a message that goes wrong, ${dialect}`, { concurrency: 4 }, () => {
    for (const each of cases) {
      const [at, failure, result, kind] = each;
      it(`at ${at}: ${told(failure)} is ${result}${kind ? ` (${kind})` : ''}`, async (t) => {
        const w = await smtpWorld(t, { extensions: [...extensions] });
        w.server.faults.fail(at, failure);
        await assertEnds(w, await w.send(), each);
        // Nothing is left of it: the next one goes.
        assert.equal((await w.send({ id: 'two@example.test' })).result, 'accepted');
      });
    }

    it('has an end of its own for each recipient', async (t) => {
      const w = await smtpWorld(t, { extensions: [...extensions] });
      w.server.faults.fail('RCPT', say('550 5.1.1 Nobody'), 1, bob);
      w.server.faults.fail('RCPT', say('450 4.2.0 Greylisted'), 1, 'dave');
      const ended = await w.send({ to: [bob, carol, 'dave@example.test'] });
      assert.equal(ended.result, 'accepted');
      assert.deepEqual(ended.states, ['refused', 'accepted', 'failed']);
      assert.deepEqual(ended.replies, ['550 5.1.1 Nobody', '250 2.0.0 Accepted', '450 4.2.0 Greylisted']);
      assert.deepEqual(w.server.ledger.counts(ID), { [carol]: 1 });
    });

    it('is not over where one of those who did not get it still may', async (t) => {
      const w = await smtpWorld(t, { extensions: [...extensions] });
      w.server.faults.fail('RCPT', say('450 4.2.0 Greylisted'), 1, bob);
      w.server.faults.fail('dot', say('554 5.7.1 Spam'));
      const ended = await w.send(both);
      assert.deepEqual([ended.result, ended.states], ['failed', ['failed', 'refused']]);
      assert.deepEqual(ended.replies, ['450 4.2.0 Greylisted', '554 5.7.1 Spam']);
    });

    it('for all of them says which and why', async (t) => {
      const w = await smtpWorld(t, { extensions: [...extensions] });
      w.server.faults.fail('RCPT', say('550 5.1.1 Nobody'), 2);
      const ended = await w.send(both);
      assert.deepEqual([ended.result, ended.states], ['refused', ['refused', 'refused']]);
      assert.equal(
        ended.message,
        'the mail server refused all mail for bob@example.test, carol@example.test: 550 5.1.1 Nobody. Check the address.',
      );
    });

    it('may have been sent whatever was said of some recipients before', async (t) => {
      for (const words of ['530 5.7.0 Sign in', '550 5.1.1 Nobody', '450 4.2.0 Later']) {
        const w = await smtpWorld(t, { extensions: [...extensions] });
        w.server.faults.fail('RCPT', say(words), 1, bob);
        w.server.faults.fail('accepted', drop);
        assert.equal((await w.send(both)).result, 'unknown');
        assert.deepEqual(w.server.ledger.counts(ID), { [carol]: 1 });
      }
    });

    it('by 421 in the middle of the recipients goes to none of them', async (t) => {
      const w = await smtpWorld(t, { extensions: [...extensions] });
      w.server.faults.fail('RCPT', say('421 4.7.0 Too many'), 1, carol);
      const ended = await w.send(both);
      assert.deepEqual([ended.result, ended.kind, ended.states], ['failed', 'rateLimited', ['failed', 'failed']]);
      assert.deepEqual(w.server.ledger.counts(ID), {});
    });
  });

describe('SM6: replies that came whole', () => {
  it('count, even if the connection ended at once behind them', async (t) => {
    const w = await smtpWorld(t);
    const to = Array.from({ length: 100 }, (_, n) => `${n}@example.test`);
    const words = ['250 2.1.0 Fine', ...to.map(() => '550 5.1.1 Nobody'), '503 5.5.1 No'];
    w.server.faults.fail('MAIL', { kind: 'drop', after: words.map((line) => `${line}\r\n`).join('') });
    const ended = await w.send({ to });
    assert.deepEqual([ended.result, new Set(ended.states)], ['refused', new Set(['refused'])]);
  });
});
