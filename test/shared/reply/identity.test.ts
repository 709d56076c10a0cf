import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Email } from '../../../src-shared/model.ts';
import type { Identity } from '../../../src-shared/reply/identity.ts';
import { replyTo } from '../../../src-shared/reply/reply.ts';
import { email, identity, plain, quotable } from '../../support/reply.ts';

const home = identity();
const work = identity({ id: 'i2', name: 'Anna B.', email: 'anna@work.example' });
const any = identity({ id: 'i3', name: 'Shop', email: '*@shop.example' });

const answers = (given: Partial<Email>, identities: Identity[] = [home, work, any], delivered: string[] = []) => {
  const { identity: id, from } = replyTo(email(given), quotable(), 'reply', identities, delivered);
  return [id, from?.email];
};

describe('who answers', () => {
  it('is the one that was written to', () => {
    assert.deepEqual(answers({ to: plain('carl@example.net', 'Anna@WORK.example') }), ['i2', 'anna@work.example']);
    assert.deepEqual(answers({ to: plain('list@example.net'), cc: plain('anna@work.example') }), [
      'i2',
      'anna@work.example',
    ]);
    assert.deepEqual(answers({ to: [], bcc: plain('anna@work.example') }), ['i2', 'anna@work.example']);
  });

  it('is the one in To before the one in Cc', () => {
    const given = { to: plain('anna@work.example'), cc: plain('anna@example.com') };
    assert.deepEqual(answers(given), ['i2', 'anna@work.example']);
  });

  it('is the one it was delivered to where no field names any', () => {
    const given = { to: plain('list@example.net') };
    assert.deepEqual(answers(given, [home, work, any], ['anna@work.example']), ['i2', 'anna@work.example']);
    assert.deepEqual(answers(given, [home, work, any], ['x@shop.example']), ['i3', 'x@shop.example']);
  });

  it('is any address of a domain that is one’s own', () => {
    assert.deepEqual(answers({ to: plain('Offers@Shop.example') }), ['i3', 'Offers@Shop.example']);
    assert.deepEqual(answers({ to: plain('offers@shop.example'), cc: plain('OFFERS@shop.example') }), [
      'i3',
      'offers@shop.example',
    ]);
  });

  it('is nobody else at that domain', () => {
    const colleagues = { to: plain('boss@shop.example', 'anna@shop.example') };
    assert.deepEqual(answers(colleagues), ['i1', 'anna@example.com']);
    assert.deepEqual(answers(colleagues, [home, any], ['anna@shop.example']), ['i3', 'anna@shop.example']);
    const named = { to: plain('boss@shop.example'), cc: plain('anna@work.example') };
    assert.deepEqual(answers(named), ['i2', 'anna@work.example']);
    assert.deepEqual(answers({ to: plain('x@evilshop.example', 'x@sub.shop.example') }), ['i1', 'anna@example.com']);
  });

  it('is who wrote it, where that was oneself', () => {
    const mine = { from: plain('anna@work.example'), to: plain('anna@example.com') };
    assert.deepEqual(answers(mine), ['i2', 'anna@work.example']);
  });

  it('is the first where none fits, if it has an address', () => {
    const given = { to: plain('list@example.net') };
    assert.deepEqual(answers(given), ['i1', 'anna@example.com']);
    assert.deepEqual(answers(given, [any, work]), ['i2', 'anna@work.example']);
    assert.deepEqual(answers(given, [any]), [null, undefined]);
    assert.deepEqual(answers(given, []), [null, undefined]);
  });

  it('takes along what belongs to it', () => {
    const replyAddress = plain('desk@example.com');
    const bcc = plain('archive@example.com');
    const begun = replyTo(email(), quotable(), 'reply', [identity({ replyTo: replyAddress, bcc })]);
    assert.deepEqual(
      [begun.replyTo, begun.bcc, begun.from],
      [replyAddress, bcc, { name: 'Anna', email: 'anna@example.com' }],
    );
  });
});
