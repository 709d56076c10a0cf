import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { rawJmap } from './cyrus/rawJmap.ts';
import { cyrusAvailable, startCyrus } from './cyrus.ts';
import { skipWithout } from './skipWithout.ts';
import { type SmtpServer, type SmtpServerOptions, startSmtpServer } from './smtpServer.ts';

const serverFor = async (t: TestContext, options: SmtpServerOptions = {}): Promise<SmtpServer> => {
  const server = await startSmtpServer(options);
  t.after(() => server.stop());
  return server;
};

/** Says lines one after the other, each when the one before was answered; answers the codes. */
const converse = async ({ config }: SmtpServer, ...lines: string[]): Promise<string[]> => {
  const socket = connect(config.port, config.host);
  const codes: string[] = [];
  const hear = async (): Promise<void> => {
    let text = '';
    while (!/^\d{3}(?: .*)?\r\n$/m.test(text)) text += String((await once(socket, 'data'))[0]);
    codes.push(text.slice(0, 3));
  };
  await hear();
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    await hear();
  }
  socket.destroy();
  return codes;
};

const plain = (password: string): string => `AUTH PLAIN ${btoa(`\0alice@example.test\0${password}`)}`;

describe('the SMTP server in process', () => {
  it('takes mail from who has signed in, and writes down for whom', async (t) => {
    const server = await serverFor(t);
    const codes = await converse(
      server,
      'EHLO me',
      'MAIL FROM:<alice@example.test>',
      plain('wrong'),
      plain('secret'),
      'DATA',
      'MAIL FROM:<alice@example.test>',
      'RCPT TO:<bob@example.test>',
      'RCPT TO:<carol@example.test>',
      'RCPT TO:carol@example.test',
      'DATA',
      'Message-ID: <1@example.test>\r\n\r\n..\r\n\n.\n\r\n.',
      'NONSENSE',
      'QUIT',
    );
    assert.deepEqual(codes.join(' '), '220 250 530 535 235 503 250 250 250 501 354 250 500 221');
    assert.deepEqual(server.ledger.counts('1@example.test'), { 'bob@example.test': 1, 'carol@example.test': 1 });
    const [first] = server.ledger.accepted;
    assert.equal(first?.bytes.toString(), 'Message-ID: <1@example.test>\r\n\r\n.\r\n\n.\n\r\n');
    assert.equal(first?.from, 'alice@example.test');
  });

  it('knows LOGIN, and mechanisms that were not offered not', async (t) => {
    const server = await serverFor(t, { mechanisms: ['LOGIN'] });
    const codes = await converse(
      server,
      'EHLO me',
      plain('secret'),
      'AUTH LOGIN',
      btoa('alice@example.test'),
      btoa('secret'),
    );
    assert.deepEqual(codes.join(' '), '220 250 504 334 334 235');
  });

  it('fails once at each moment, and then no more', async (t) => {
    const server = await serverFor(t, { accounts: null });
    server.faults.fail('RCPT', { kind: 'say', lines: ['450 4.2.0 Later'] }, 2, 'bob');
    const rcpt = (name: string): string => `RCPT TO:<${name}@example.test>`;
    const codes = await converse(
      server,
      'EHLO me',
      'MAIL FROM:<>',
      rcpt('bob'),
      rcpt('carol'),
      rcpt('bob'),
      rcpt('bob'),
    );
    assert.deepEqual(codes.join(' '), '220 250 250 450 250 450 250');
  });

  const skip = skipWithout(cyrusAvailable(), 'the SMTP server in process behind Cyrus');
  it('is where a real Cyrus hands over what it is to send', { skip, timeout: 60_000 }, async (t) => {
    const smtp = await serverFor(t, { accounts: null });
    const cyrus = await startCyrus({ smtpPort: smtp.config.port });
    t.after(() => cyrus.stop());
    const jmap = rawJmap(cyrus);
    const using = ['core', 'mail', 'submission'].map((name) => `urn:ietf:params:jmap:${name}`);
    const { list } = await jmap.ask<{ list: { id: string }[] }>('Mailbox/get', { ids: null });
    const address = (email: string) => ({ email, parameters: null });
    const email = {
      mailboxIds: { [list[0]?.id ?? '']: true },
      from: [{ email: 'alice@example.test' }],
      to: [{ email: 'bob@example.test' }],
      messageId: ['cyrus@example.test'],
      bodyValues: { 1: { value: 'one\n.\ntwo' } },
      textBody: [{ partId: '1', type: 'text/plain' }],
    };
    const envelope = { mailFrom: address('alice@example.test'), rcptTo: [address('bob@example.test')] };
    const accountId = (await jmap.session()).primaryAccounts['urn:ietf:params:jmap:mail'];
    const identities = await jmap.call([['Identity/get', { accountId }, '0']], using);
    const [identity] = (identities[0]?.[1]['list'] ?? []) as { id: string }[];
    await jmap.call(
      [
        ['Email/set', { accountId, create: { e: email } }, '0'],
        [
          'EmailSubmission/set',
          { accountId, create: { s: { emailId: '#e', identityId: identity?.id, envelope } } },
          '1',
        ],
      ],
      using,
    );
    assert.deepEqual(smtp.ledger.counts('cyrus@example.test'), { 'bob@example.test': 1 });
    assert.match(smtp.ledger.accepted[0]?.bytes.toString() ?? '', /\r\n\r\none\r\n\.\r\ntwo/);
  });
});
