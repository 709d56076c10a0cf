import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advised, mayBeTheName } from '../../src-main/driver/signInAdvice.ts';
import { errorKinds, TernError } from '../../src-shared/errors.ts';

const refusal = (said = 'Invalid credentials'): TernError => new TernError('auth', `it was refused: ${said}`);

describe('what is advised', () => {
  it('names an app password for providers that take no other, though they do not say so', () => {
    const wanting = ['imap.gmail.com', 'smtp.mail.me.com', 'imap.mail.yahoo.co.jp', 'imap.fastmail.com', 'GMAIL.COM'];
    const others = ['mail.example.test', 'home.me.uk', 'notgmail.com', 'gmail.com.example.test', '127.0.0.1'];
    const names = (host: string): boolean => /app password/.test(advised(refusal(), host, ['alice']).message);
    assert.deepEqual([wanting.map(names), others.map(names)], [wanting.map(() => true), others.map(() => false)]);
  });

  it('names the user names that were tried only where there were two', () => {
    const [one, two] = [['alice'], ['alice@example.test', 'alice']].map(
      (tried) => advised(refusal(), 'h', tried).message,
    );
    assert.equal(one, 'it was refused: Invalid credentials. Check the user name and the password.');
    assert.equal(two, `${one} It was tried as alice@example.test and as alice.`);
  });

  it('changes nothing else of an error, and leaves one alone for which nothing helps', () => {
    const error = new TernError('network', 'x cannot be reached: ECONNREFUSED', {
      retryAfter: 5,
      detail: { reached: false },
    });
    const { kind, retryAfter, detail } = advised(error, 'x', []);
    assert.deepEqual([kind, retryAfter, detail], ['network', 5, { reached: false }]);
    for (const each of errorKinds.filter((name) => !['auth', 'notFound'].includes(name))) {
      const plain = new TernError(each, 'something else');
      assert.equal(advised(plain, 'x', []), plain, each);
    }
  });

  it('takes only a bare refusal for one of the user name', () => {
    assert.ok(mayBeTheName(refusal()));
    assert.ok(!mayBeTheName(refusal('Account is locked')));
    for (const kind of errorKinds) assert.equal(mayBeTheName(new TernError(kind, 'no')), kind === 'auth', kind);
  });
});
