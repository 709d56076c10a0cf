import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Account, readAccount, writeAccount } from '../../src-main/store/account.ts';
import { countPending, duePending } from '../../src-main/store/pending.ts';
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

describe('pending changes', () => {
  it('are due from their next attempt on, the longest due first', () => {
    const s = openStore();
    const add = (stage: string, nextAttempt: number) =>
      s.store.write((tx) =>
        tx.run(
          `INSERT INTO pending_changes (type, payload, targets, overwritten, created_at, next_attempt_at, stage)
           VALUES ('keywords', '{}', '[]', '{}', 0, ?, ?)`,
          nextAttempt,
          stage,
        ),
      ).lastId;
    const [late, early, , same] = [
      add('queued', 300),
      add('queued', 100),
      add('sent', 100),
      add('queued', 100),
      add('queued', 301),
    ];
    deepEqual(
      s.read((db) => [duePending(db, 300, 10), duePending(db, 300, 1), duePending(db, 99, 10), countPending(db)]),
      [[{ id: early }, { id: same }, { id: late }], [{ id: early }], [], 5],
    );
  });
});
