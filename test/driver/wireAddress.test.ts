import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needsUtf8, wireAddress } from '../../src-main/driver/smtp/address.ts';

describe('addresses as they go out', () => {
  it('have their domain in A-labels, and their local part as it is', () => {
    assert.equal(wireAddress('bob@bücher.test'), 'bob@xn--bcher-kva.test');
    assert.equal(wireAddress('Bob+tag@Example.test'), 'Bob+tag@Example.test');
    assert.equal(wireAddress('"a b"@example.test'), '"a b"@example.test');
    assert.equal(wireAddress('bob@[127.0.0.1]'), 'bob@[127.0.0.1]');
  });

  it('need SMTPUTF8 only for their local part', () => {
    const addresses = ['bücher@example.test', 'bob@bücher.test'].map((email) => wireAddress(email) ?? '');
    assert.deepEqual(addresses.map(needsUtf8), [true, false]);
  });

  it('are none where they would end early, or are not whole', () => {
    for (const email of [
      '',
      'bob',
      '@example.test',
      'bob@',
      'b b@example.test',
      'bob@a>b',
      'b\r\nob@example.test',
      'bob@a,b',
    ])
      assert.equal(wireAddress(email), null, email);
  });
});
