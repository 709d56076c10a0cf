import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Credential, ImapConfig } from '../../src-shared/model.ts';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { trusting } from '../support/sending.ts';
import { assertFails, attempt } from '../support/trials.ts';

type Password = Extract<Credential, { type: 'password' }>;
const withPassword = (credential: Credential, password: string): Password => ({ ...credential, password }) as Password;

describe('a trial on real servers', () => {
  it('signs in to Dovecot by STARTTLS, and says what it can', {
    skip: skipWithout(dovecotAvailable(), 'a trial on Dovecot'),
  }, async (t) => {
    const [server, smtp] = await Promise.all([
      startDovecot({ security: 'starttls', settings: { auth_failure_delay: '0' } }),
      startSmtpServer({ accounts: null }),
    ]);
    t.after(() => Promise.all([server.stop(), smtp.stop()]));
    const config = { ...(server.config as ImapConfig), smtp: smtp.config };
    await assertFails(
      attempt(config, server.credential as Password),
      'tls',
      'imap',
      /Nobody whom this computer trusts/,
    );
    trusting(t, server.ca ?? '');
    const { legs, capabilities } = await attempt(config, server.credential as Password);
    assert.deepEqual(
      legs.map(({ ok, username }) => [ok, username]),
      [
        [true, undefined],
        [true, undefined],
      ],
    );
    assert.ok(capabilities.includes('QRESYNC'));
    await assertFails(
      attempt(config, withPassword(server.credential, 'wrong')),
      'auth',
      'imap',
      /tried as alice and as alice@/,
    );
    const inTls = { ...config, imap: { ...config.imap, security: 'tls' as const } };
    await assertFails(attempt(inTls, server.credential as Password), 'tls', 'imap', /choose STARTTLS/);
  });

  it('signs in to Cyrus over JMAP', {
    skip: skipWithout(cyrusAvailable(), 'a trial on Cyrus'),
  }, async (t) => {
    const server = await startCyrus();
    t.after(() => server.stop());
    const { legs, capabilities, hosts } = await attempt(server.config, server.credential as Password);
    assert.deepEqual([legs.map(({ ok }) => ok), hosts], [[true], []]);
    assert.ok(capabilities.includes('urn:ietf:params:jmap:mail'));
    await assertFails(attempt(server.config, withPassword(server.credential, 'wrong')), 'auth', 'jmap', /tried as/);
  });
});
