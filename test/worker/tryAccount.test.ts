import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Credential, ImapConfig } from '../../src-shared/model.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { until } from '../support/processes.ts';
import { assertFails, attempt, attemptOn, email, failure, right, trialServers } from '../support/trials.ts';

const s = trialServers();

describe('an account that is tried', () => {
  it('over IMAP signs in on both legs and says what its server can', async () => {
    const { legs, capabilities, hosts, ...rest } = await attempt(s.overImap());
    assert.deepEqual(legs, [
      { leg: 'imap', host: '127.0.0.1', ok: true },
      { leg: 'smtp', host: '127.0.0.1', ok: true },
    ]);
    for (const name of ['IDLE', 'QRESYNC', 'SPECIAL-USE']) assert.ok(capabilities.includes(name), name);
    assert.deepEqual([hosts, rest], [[], {}]);
    await until('the servers are left', () => s.imap.connections.open === 0 && s.smtp.connections() === 0);
    assert.ok(s.smtp.commands.some((line) => line === 'QUIT'));
    assert.ok(!s.smtp.commands.some((line) => /^(MAIL|RCPT|DATA)/.test(line)), 'no mail was sent');
  });

  it('over JMAP signs in to the session, asks its API, and sends by SMTP where that is how mail leaves', async () => {
    const alone = await attempt(s.jmap.config);
    assert.deepEqual(alone.legs, [{ leg: 'jmap', host: '127.0.0.1', ok: true }]);
    assert.ok(alone.capabilities.includes('urn:ietf:params:jmap:mail'));
    assert.equal(s.jmap.countRequests('Mailbox/get'), 1);
    assert.deepEqual(s.jmap.setCalls(), []);
    const both = await attempt({ ...s.jmap.config, smtp: s.smtp.config });
    assert.deepEqual(
      both.legs.map(({ leg, ok }) => [leg, ok]),
      [
        ['jmap', true],
        ['smtp', true],
      ],
    );
  });

  it('has its own user name and password for sending', async () => {
    const own: Credential = { ...right, username: 'x', password: 'x', smtp: { username: email, password: 'secret' } };
    const { legs } = await assertFails(attempt(s.overImap(), own), 'auth', 'imap', /password/);
    assert.deepEqual(
      legs.map(({ ok }) => ok),
      [false, true],
    );
  });
});

describe('the form of a user name', () => {
  const local: Credential = { ...right, username: 'alice' };
  let short: ImapServer;
  before(async () => {
    short = await startImapServer({ username: 'alice' });
  });
  after(() => short.stop());

  it('is tried without its domain where a server refuses it, and what was taken is told for each leg', async () => {
    const answer = await attempt(s.overImap({ imap: (short.config as ImapConfig).imap }));
    assert.deepEqual(answer.legs, [
      { leg: 'imap', host: '127.0.0.1', ok: true, username: 'alice' },
      { leg: 'smtp', host: '127.0.0.1', ok: true },
    ]);
    assert.equal(answer.username, 'alice');
  });

  it("is tried with the address's domain where it has none", async () => {
    const answer = await attempt(s.overImap(), local);
    assert.deepEqual([answer.username, ...answer.legs.map(({ username }) => username)], [email, email, email]);
    assert.equal((await attempt(s.jmap.config, local)).username, email);
  });

  for (const username of ['alice@example.test', 'alice'])
    it(`is tried in two forms at most, once each, and on the second leg in one, from ${username}: an account is soon locked`, async () => {
      const wrong = { ...right, username, password: 'wrong' };
      const { error, legs } = await failure(attempt(s.overImap(), wrong));
      assert.equal(error.kind, 'auth');
      assert.match(error.message, /tried as alice(@example\.test)? and as alice/);
      assert.deepEqual(
        legs.map(({ ok }) => ok),
        [false, false],
      );
      assert.deepEqual([s.imapLogins(), s.smtpLogins()], [2, 1]);
      await assertFails(attempt(s.jmap.config, wrong), 'auth', 'jmap', /Check the user name/);
      assert.equal(s.sessions(), 2);
    });

  it('is tried in both forms on a leg of which the other one says nothing', async () => {
    const password = 'wrong';
    await failure(attempt(s.overImap(), { ...right, password, smtp: { username: email, password } }));
    assert.deepEqual([s.imapLogins(), s.smtpLogins()], [2, 2], 'it has its own password');
    const gone = { ...(s.imap.config as ImapConfig).imap, port: 9 };
    const { legs } = await failure(attempt(s.overImap({ imap: gone }), local));
    assert.deepEqual([legs[0]?.error?.kind, legs[1]?.ok, legs[1]?.username], ['network', true, email]);
  });

  it('is tried as it is alone where there is no other', async () => {
    const { error } = await failure(attemptOn({ config: s.overImap(), credential: { ...local, password: 'wrong' } }));
    assert.doesNotMatch(error.message, /tried as/);
    assert.equal(s.imapLogins(), 1);
  });

  it('is not doubted after anything but a refusal to sign in', async () => {
    s.imap.trouble.fail('AUTHENTICATE', { kind: 'no', code: 'UNAVAILABLE', text: 'Try later' }, 9);
    s.imap.trouble.fail('LOGIN', { kind: 'no', code: 'UNAVAILABLE', text: 'Try later' }, 9);
    await assertFails(attempt(s.overImap()), 'server', 'imap', /Try later/);
    assert.equal(s.imapLogins(), 1);
    s.jmap.trouble.failNext('http500', 9, { on: 'session' });
    await assertFails(attempt(s.jmap.config), 'server', 'jmap', /500/);
    assert.equal(s.sessions(), 1);
  });
});

describe('what a refusal means', () => {
  const cases: [said: string, means: RegExp][] = [
    [
      '[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833',
      /app password/,
    ],
    ['Your account is not enabled for IMAP use. Please visit your Gmail settings page', /IMAP is switched off/],
    ['IMAP access is disabled for this account', /IMAP is switched off/],
    ['[ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754', /web page/],
    ['Basic authentication is disabled', /sign in by the provider/],
    ['Too many login failures, account is locked', /locked/],
    ['Password expired', /run out/],
  ];
  for (const [said, means] of cases)
    it(`"${said.slice(0, 40)}" is told in words, and is no reason to try another user name`, async () => {
      const isLogin = ({ verb }: { verb: string }): boolean => /^(LOGIN|AUTHENTICATE)$/.test(verb);
      s.imap.trouble.fail(isLogin, { kind: 'no', code: 'AUTHENTICATIONFAILED', text: said }, 9);
      await assertFails(attempt(s.overImap()), 'auth', 'imap', means);
      assert.equal(s.imapLogins(), 1);
    });

  const smtpCases: [lines: string[], means: RegExp][] = [
    [['534-5.7.9 Application-specific password required.', '534 5.7.9 Learn more'], /app password/],
    [
      ['535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.'],
      /Sending by SMTP/,
    ],
  ];
  for (const [lines, means] of smtpCases)
    it(`"${lines[0]?.slice(0, 40)}" is told for the leg that sends`, async () => {
      s.smtp.faults.fail('AUTH', { kind: 'say', lines }, 9);
      const { legs } = await assertFails(attempt(s.overImap()), 'auth', 'smtp', means);
      assert.equal(legs[0]?.ok, true);
      assert.equal(s.smtpLogins(), 1);
    });

  it('of several legs, the one by which mail comes counts', async () => {
    s.smtp.faults.fail('AUTH', { kind: 'say', lines: ['535 5.7.8 No'] }, 9);
    const { legs } = await assertFails(attempt(s.overImap(), { ...right, password: 'x' }), 'auth', 'imap', /password/);
    assert.equal(legs[1]?.error?.kind, 'auth');
  });
});
