import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { envelopeOf, needsSmtpUtf8 } from '../../../src-main/mime/compose/envelope.ts';
import { newMessageId } from '../../../src-main/mime/compose/newMessageId.ts';
import { cappedReferences, isMessageId } from '../../../src-shared/messageId.ts';
import { fakeClock } from '../../support/clock.ts';
import { composition } from '../../support/composition.ts';

const plain = (...emails: string[]) => emails.map((email) => ({ name: null, email }));

describe('the envelope', () => {
  it('has everybody once, those of Bcc, too', () => {
    const given = composition({
      to: plain('ben@example.org', 'Ben@Example.org'),
      cc: plain('eva@MÜNCHEN.de', 'ben@example.org'),
      bcc: plain('eva@xn--mnchen-3ya.de', 'eve@example.net'),
    });
    assert.deepEqual(envelopeOf(given), {
      from: 'anna@example.com',
      to: ['ben@example.org', 'eva@xn--mnchen-3ya.de', 'eve@example.net'],
    });
  });

  it('comes from who sends, where that is somebody else', () => {
    const sender = { name: null, email: 'office@example.com' };
    assert.equal(envelopeOf(composition({ sender })).from, 'office@example.com');
  });

  it('needs SMTPUTF8 where any address does, and for no name', () => {
    assert.equal(needsSmtpUtf8(composition({ to: [{ name: 'Müller', email: 'm@münchen.de' }] })), false);
    for (const field of ['to', 'cc', 'bcc', 'replyTo'] as const)
      assert.equal(needsSmtpUtf8(composition({ [field]: plain('müller@example.de') })), true, field);
    assert.equal(needsSmtpUtf8(composition({ from: { name: null, email: 'ä@example.de' } })), true);
    assert.equal(needsSmtpUtf8(composition({ sender: { name: null, email: 'ä@example.de' } })), true);
  });
});

describe('a new message id', () => {
  it('has the domain of who writes, in ASCII, and is another each time', () => {
    const clock = fakeClock();
    const ids = ['anna@münchen.de', 'anna@münchen.de', 'ä@example.com', 'a@[127.0.0.1]', 'no address'].map((email) =>
      newMessageId(clock, email),
    );
    assert.deepEqual(
      ids.map((id) => id.slice(id.indexOf('@') + 1)),
      ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de', 'example.com', '[127.0.0.1]', 'localhost'],
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every(isMessageId));
  });
});

describe('references', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `${at}@example.com`);

  it('are 30 at most: the first and the last 29', () => {
    assert.deepEqual(cappedReferences(ids(30)), ids(30));
    assert.deepEqual(cappedReferences(ids(100)), ['0@example.com', ...ids(100).slice(-29)]);
    assert.deepEqual(cappedReferences([]), []);
  });

  it('are there once, where they are nearest', () => {
    assert.deepEqual(cappedReferences(['a@x', 'b@x', 'c@x', 'b@x', 'a@x']), ['a@x', 'c@x', 'b@x']);
  });
});
