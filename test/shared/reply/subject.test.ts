import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forwardSubject, messageFileName, replySubject } from '../../../src-shared/reply/subject.ts';

describe('the subject of an answer', () => {
  const same = [
    'Lunch',
    'Re: Lunch',
    'RE: Lunch',
    're : Lunch',
    'Re:Lunch',
    'Re: Re: RE: Lunch',
    'RE[2]: Lunch',
    'Re^2: Lunch',
    'Re (3): Lunch',
    'Re*4: Lunch',
    'Aw: Lunch',
    'AW: Re: Aw: Lunch',
    'Antw: Lunch',
    'SV: Lunch',
    'Vs: Lunch',
    'Odp: Lunch',
    'YNT: Lunch',
    'RES: Lunch',
    'Ответ: Lunch',
    '回复：Lunch',
    '答复: Lunch',
    ' Re: Lunch ',
  ];
  for (const subject of same) it(`has one prefix: ${subject}`, () => assert.equal(replySubject(subject), 'Re: Lunch'));

  it('keeps what is no prefix', () => {
    for (const subject of ['Reply: x', 'Research: x', 'Rear window', 'Re', '[list] Re: x', 'Fwd: x', 'Ref: 12'])
      assert.equal(replySubject(subject), `Re: ${subject}`);
  });

  it('is there without one', () => {
    assert.equal(replySubject(null), 'Re:');
    assert.equal(replySubject('Re:'), 'Re:');
  });

  it('is one line that can be sent', () => {
    assert.equal(replySubject('a\r\nBcc: b\0\uD800'), 'Re: a Bcc: b \uFFFD');
    assert.ok(replySubject('x'.repeat(100_000)).length < 2000);
    assert.ok(forwardSubject('😀'.repeat(100_000)).isWellFormed());
    assert.ok(messageFileName(`${'x'.repeat(99)}😀`).isWellFormed());
  });
});

describe('the subject of what is passed on', () => {
  it('has one prefix', () => {
    for (const subject of [
      'Lunch',
      'Fwd: Lunch',
      'FW: Lunch',
      'WG: Fwd: Lunch',
      'Tr: Lunch',
      'VB: Lunch',
      '转发：Lunch',
    ])
      assert.equal(forwardSubject(subject), 'Fwd: Lunch');
    assert.equal(forwardSubject('Re: Lunch'), 'Fwd: Re: Lunch');
    assert.equal(forwardSubject(null), 'Fwd:');
  });
});
