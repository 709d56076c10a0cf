import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Email } from '../../../src-shared/model.ts';
import { type ReplyMode, replyTo } from '../../../src-shared/reply/reply.ts';
import { email, identity, plain, quotable } from '../../support/reply.ts';

const me = [identity(), identity({ id: 'i2', email: 'anna@work.example' })];

const recipients = (given: Partial<Email>, mode: ReplyMode): { to: string[]; cc: string[] } => {
  const { to, cc } = replyTo(email(given), quotable(), mode, me);
  return { to: to.map((each) => each.email), cc: cc.map((each) => each.email) };
};

const talk = {
  to: plain('anna@example.com', 'carl@example.net'),
  cc: plain('dora@example.net', 'ANNA@work.example'),
  bcc: plain('eve@example.net'),
};

describe('an answer', () => {
  it('goes to who wrote', () => assert.deepEqual(recipients(talk, 'reply'), { to: ['ben@example.org'], cc: [] }));

  it('goes to where they want it', () => {
    const given = { ...talk, replyTo: plain('list@example.org', 'list@EXAMPLE.org', 'ben@home.example') };
    assert.deepEqual(recipients(given, 'reply').to, ['list@example.org', 'ben@home.example']);
    assert.deepEqual(recipients({ replyTo: plain('nowhere') }, 'reply').to, ['ben@example.org']);
  });

  it('goes to who sent it where nobody wrote it', () => {
    assert.deepEqual(recipients({ from: [], sender: plain('office@example.org') }, 'reply').to, ['office@example.org']);
    assert.deepEqual(recipients({ from: [] }, 'reply').to, []);
  });

  it('to what one wrote oneself goes to those it went to', () => {
    const mine = { ...talk, from: plain('Anna@Example.com'), replyTo: plain('anna@home.example') };
    assert.deepEqual(recipients(mine, 'reply').to, ['anna@example.com', 'carl@example.net']);
    assert.deepEqual(recipients({ ...mine, to: [] }, 'reply').to, ['anna@home.example']);
    assert.deepEqual(recipients(mine, 'replyAll'), { to: ['carl@example.net'], cc: ['dora@example.net'] });
  });
});

describe('an answer to all', () => {
  it('goes to everybody else, those of Bcc not', () =>
    assert.deepEqual(recipients(talk, 'replyAll'), {
      to: ['ben@example.org', 'carl@example.net'],
      cc: ['dora@example.net'],
    }));

  it('goes to nobody twice', () => {
    const given = {
      to: plain('carl@example.net', 'BEN@example.org', 'eva@münchen.de'),
      cc: plain('Carl@example.net', 'eva@xn--mnchen-3ya.de', 'dora@example.net', 'dora@example.net'),
    };
    assert.deepEqual(recipients(given, 'replyAll'), {
      to: ['ben@example.org', 'carl@example.net', 'eva@münchen.de'],
      cc: ['dora@example.net'],
    });
  });

  it('goes to oneself only where there is nobody else', () => {
    const note = { from: plain('anna@example.com'), to: plain('anna@work.example') };
    assert.deepEqual(recipients(note, 'replyAll'), { to: ['anna@work.example'], cc: [] });
    assert.deepEqual(recipients({ ...note, cc: plain('carl@example.net') }, 'replyAll'), {
      to: ['carl@example.net'],
      cc: [],
    });
    assert.deepEqual(recipients({ ...note, to: [] }, 'replyAll').to, ['anna@example.com']);
  });

  it('leaves out the alias it was written to', () => {
    const any = [identity(), identity({ id: 'i2', email: '*@shop.example' })];
    const { to, from } = replyTo(
      email({ to: plain('offers@shop.example', 'carl@x.example') }),
      quotable(),
      'replyAll',
      any,
    );
    assert.equal(from?.email, 'offers@shop.example');
    assert.deepEqual(
      to.map((each) => each.email),
      ['ben@example.org', 'carl@x.example'],
    );
  });

  it('leaves out what cannot be written to', () => {
    const given = {
      to: [...plain('undisclosed-recipients:;', '', 'carl@example.net\r\nBcc: x@y'), { name: 'x', email: 'a b@c' }],
    };
    assert.deepEqual(recipients(given, 'replyAll'), { to: ['ben@example.org'], cc: [] });
  });
});

describe('a name that an answer goes to', () => {
  it('shows what it holds, and is no address', () => {
    const names = [
      'Ben',
      'B\u202Een\u200B',
      'x\r\ny',
      'boss@bank.example',
      'Eve <eve@evil.example>',
      'ben@example.org',
      null,
    ];
    const found = names.map(
      (name) => replyTo(email({ from: [{ name, email: 'ben@example.org' }] }), quotable(), 'reply', me).to[0]?.name,
    );
    assert.deepEqual(found, ['Ben', 'Ben', 'x y', null, null, null, null]);
  });
});

describe('what is passed on', () => {
  it('goes to nobody yet', () => {
    for (const mode of ['forward', 'forwardAttached'] as const)
      assert.deepEqual(recipients(talk, mode), { to: [], cc: [] });
  });
});
