import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Account, readAccount, writeAccount } from '../../src-main/store/account.ts';
import { TernError } from '../../src-shared/errors.ts';
import { openStore } from '../support/store.ts';

const ada: Account = {
  id: 'acc-1',
  email: 'ada@example.org',
  name: 'Ada "L"',
  config: { protocol: 'jmap', sessionUrl: 'https://example.org/.well-known/jmap', confirmed: ['cdn.example.net'] },
  credential: 'k1:abc',
  paused: true,
  order: -3,
  colour: '#123456',
};

describe('the account', () => {
  it('is read as it was written, and what is written again replaces it', () => {
    const s = openStore();
    equal(s.read(readAccount), undefined);
    s.write((tx) => writeAccount(tx, ada));
    deepEqual(s.read(readAccount), ada);
    const imap: Account = {
      ...ada,
      config: {
        protocol: 'imap',
        imap: { host: 'imap.example.org', port: 993, security: 'tls' },
        smtp: { host: 'smtp.example.org', port: 587, security: 'starttls' },
      },
      paused: false,
      colour: null,
    };
    s.write((tx) => writeAccount(tx, imap));
    deepEqual([s.read(readAccount), s.rows('account').length], [imap, 1]);
  });

  for (const config of [
    '',
    '{',
    'null',
    '[]',
    '{"protocol":"pop3"}',
    '{"protocol":"jmap","sessionUrl":"http://example.org"}',
  ])
    it(`is a storage error when its configuration reads ${config || 'nothing'}`, () => {
      const s = openStore();
      s.write((tx) => writeAccount(tx, ada));
      s.write((tx) => tx.run('UPDATE account SET config = ?', config));
      throws(
        () => s.read(readAccount),
        (error) => error instanceof TernError && error.kind === 'storage',
      );
    });
});
