import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { connect } from '../../src-main/driver/imap/connection.ts';
import { createSmtpSender } from '../../src-main/driver/smtp/sender.ts';
import { type ErrorKind, TernError } from '../../src-shared/errors.ts';
import type { Credential } from '../../src-shared/model.ts';
import { type CertificateKind, makeCertificate } from '../servers/certificates.ts';
import { startImapServer } from '../servers/imapServer.ts';
import { type Bait, startLure } from '../servers/lure.ts';
import { fakeClock } from '../support/clock.ts';
import { smtpWorld, trusting, writeMessage } from '../support/sending.ts';

const credential: Credential = { type: 'password', username: 'alice@example.test', password: 'secret' };
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'tern-secure-'));
after(() => rmSync(folder, { recursive: true }));
const message = writeMessage(folder, {});

/** What may be said without encryption; all else a client must not let one in between hear. */
const harmless = /^(EHLO \[127\.0\.0\.1\]|STARTTLS|QUIT|\S+ (CAPABILITY|STARTTLS|LOGOUT|NOOP))$/i;

/** Bytes of a handshake are no line. */
const assertHarmless = (heard: readonly string[]): void => {
  const lines = heard.filter((line) => !/[^\x20-\x7e]/.test(line));
  assert.deepEqual(
    lines.filter((line) => !harmless.test(line)),
    [],
  );
  assert.ok(!heard.some((line) => /secret|c2VjcmV0|AGFsaWNl/.test(line)));
};

/** Sends over SMTP, with STARTTLS. */
const sendTo = async (port: number): Promise<unknown> => {
  const server = { host: '127.0.0.1', port, security: 'starttls' as const };
  const sender = createSmtpSender({ server, credential, clock: fakeClock() });
  return sender.submit(message, { cursors: {}, committing: async () => undefined }, never);
};

/** Signs in to IMAP, with STARTTLS. */
const readFrom = async (port: number): Promise<unknown> => {
  const connection = await connect({ host: '127.0.0.1', port, security: 'starttls' }, credential, never);
  connection.close();
  return connection;
};

const assertRefused = async (work: Promise<unknown>, kinds: readonly ErrorKind[]): Promise<void> => {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof TernError, String(error));
    assert.ok(kinds.includes(error.kind), `${error.kind}: ${error.message}`);
    return true;
  });
};

// Whoever is in between answers in plain text, and takes all that a client without encryption would go on with.

const smtpOffers: Record<string, string> = {
  'AUTH alone': '250-mail\r\n250 AUTH PLAIN LOGIN\r\n',
  nothing: '250 mail\r\n',
  'STARTTLS and AUTH': '250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n',
  'a mangled STARTTLS': '250-mail\r\n250-XXXXXXXX\r\n250 AUTH PLAIN\r\n',
  'no EHLO': '502 5.5.1 Not implemented\r\n',
};

const smtpAnswers: Record<string, string | null> = {
  '454': '454 4.7.0 TLS not available\r\n',
  '500': '500 5.5.1 What?\r\n',
  '501': '501 5.5.4 Syntax\r\n',
  '502': '502 5.5.1 Not implemented\r\n',
  '503': '503 5.5.1 Not now\r\n',
  '530': '530 5.7.0 Sign in first\r\n',
  '554': '554 5.7.3 No\r\n',
  '421': '421 4.3.2 Down\r\n',
  '250': '250 Fine without\r\n',
  '220 and goes on in plain text': '220 Go\r\n250-mail\r\n250 AUTH PLAIN LOGIN\r\n',
  '220 and signs in for you':
    '220 Go\r\n250 AUTH PLAIN\r\n235 2.7.0 Welcome\r\n250 OK\r\n250 OK\r\n354 Go on\r\n250 OK\r\n',
  '235': '235 2.7.0 You are signed in already\r\n',
  nonsense: 'never mind\r\n',
  'nothing but the end': null,
};

const smtpBait =
  (ehlo: string, startTls: string | null): Bait =>
  (line) => {
    if (line.startsWith('EHLO')) return ehlo;
    if (line === 'STARTTLS') return startTls;
    if (line.startsWith('AUTH')) return '235 2.7.0 Welcome\r\n';
    return line === 'DATA' ? '354 Go on\r\n' : '250 OK\r\n';
  };

describe('SM1: SMTP without the encryption that was asked for is refused, and no password is said', {
  concurrency: 4,
  timeout: 60_000,
}, () => {
  for (const [offer, ehlo] of Object.entries(smtpOffers))
    for (const [answer, startTls] of Object.entries(smtpAnswers))
      it(`where EHLO offers ${offer}, and STARTTLS is answered ${answer}`, async (t) => {
        const lure = await startLure(t, '220 mail ESMTP\r\n', smtpBait(ehlo, startTls));
        await assertRefused(sendTo(lure.port), ['tls', 'network', 'server', 'rateLimited']);
        assertHarmless(lure.heard);
        assert.ok(lure.heard.length > 0);
      });

  for (const greeting of [
    '235 2.7.0 Welcome back\r\n',
    '250 OK\r\n',
    '220 mail\r\n250-mail\r\n250 AUTH PLAIN\r\n',
    '* PREAUTH\r\n',
  ])
    it(`where it begins with ${JSON.stringify(greeting)}`, async (t) => {
      const lure = await startLure(t, greeting, smtpBait(smtpOffers['AUTH alone'] ?? '', '502 No\r\n'));
      await assertRefused(sendTo(lure.port), ['tls', 'network', 'server']);
      assertHarmless(lure.heard);
    });
});

const imapGreetings = [
  '* OK ready\r\n',
  '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n',
  '* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n',
  '* PREAUTH welcome\r\n',
  '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n',
];

const imapAnswers: Record<string, ((tag: string) => string) | null> = {
  NO: (tag) => `${tag} NO not today\r\n`,
  BAD: (tag) => `${tag} BAD what?\r\n`,
  'OK and goes on in plain text': (tag) => `${tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n`,
  'OK and says what comes next': (tag) =>
    `${tag} OK go\r\n* CAPABILITY IMAP4rev1\r\n${[1, 2, 3, 4].map((n) => `${n} OK done\r\n`).join('')}`,
  BYE: () => '* BYE not today\r\n',
  'nothing but the end': null,
};

const imapBait =
  (capabilities: string, startTls: ((tag: string) => string) | null): Bait =>
  (line) => {
    const [tag = '', verb = ''] = line.split(' ');
    if (/^CAPABILITY$/i.test(verb)) return `* CAPABILITY ${capabilities}\r\n${tag} OK done\r\n`;
    if (/^STARTTLS$/i.test(verb)) return startTls === null ? null : startTls(tag);
    return /[^\x20-\x7e]/.test(line) ? '' : `${tag} OK done\r\n`;
  };

describe('I10: IMAP without the encryption that was asked for is refused, and no password is said', {
  concurrency: 4,
  timeout: 60_000,
}, () => {
  for (const greeting of imapGreetings)
    for (const capabilities of ['IMAP4rev1 AUTH=PLAIN', 'IMAP4rev1 STARTTLS LOGINDISABLED'])
      for (const [answer, startTls] of Object.entries(imapAnswers))
        it(`after ${JSON.stringify(greeting)}, with ${capabilities}, and STARTTLS is answered ${answer}`, async (t) => {
          const lure = await startLure(t, greeting, imapBait(capabilities, startTls));
          await assertRefused(readFrom(lure.port), ['tls', 'network', 'server', 'rateLimited']);
          assertHarmless(lure.heard);
        });
});

/** A certificate with its key; its authority is trusted, unless it vouches for itself. */
const certified = (t: TestContext, kind: CertificateKind | 'selfSigned'): { cert: string; key: string } => {
  const made = mkdtempSync(join(tmpdir(), 'tern-tls-'));
  t.after(() => rmSync(made, { recursive: true }));
  const ca = makeCertificate(made, kind === 'selfSigned' ? 'valid' : kind);
  if (kind !== 'selfSigned') trusting(t, ca);
  return { cert: readFileSync(join(made, 'cert.pem'), 'utf8'), key: readFileSync(join(made, 'key.pem'), 'utf8') };
};

for (const security of ['tls', 'starttls'] as const)
  describe(`SM1, I10: certificates, with ${security}`, () => {
    for (const host of ['127.0.0.1', 'localhost'])
      it(`of who is asked for are good (${host})`, async (t) => {
        const tls = { security, ...certified(t, 'valid') };
        const w = await smtpWorld(t, { tls, host });
        assert.equal((await w.send()).result, 'accepted');
        assert.deepEqual(w.server.plain, security === 'tls' ? [] : ['EHLO [127.0.0.1]', 'STARTTLS']);
        const imap = await startImapServer({ tls });
        t.after(() => imap.stop());
        const connection = await connect({ host, port: imap.port, security }, credential, never);
        connection.close();
      });

    for (const kind of ['expired', 'otherHost', 'selfSigned'] as const)
      it(`that are ${kind} are not, and no password is said`, async (t) => {
        const tls = { security, ...certified(t, kind) };
        const w = await smtpWorld(t, { tls });
        const ended = await w.send();
        assert.deepEqual([ended.result, ended.kind], ['thrown', 'tls'], ended.message);
        assert.match(ended.message, /cannot be trusted/);
        assert.ok(!w.server.commands.some((line) => /AUTH|MAIL/.test(line)));
        const imap = await startImapServer({ tls });
        t.after(() => imap.stop());
        await assertRefused(connect({ host: '127.0.0.1', port: imap.port, security }, credential, never), ['tls']);
        assert.ok(!imap.commands.some(({ verb }) => /LOGIN|AUTH/.test(verb)));
      });
  });

describe('SM1: what is said before the encryption', () => {
  for (const injected of [
    '250-mail\r\n250-SIZE 7\r\n250 AUTH LOGIN\r\n',
    '250-SIZE 7\r\n',
    '250-SIZE 7',
    '235 2.7.0 Welcome\r\n',
    '554 5.7.1 Go away\r\n',
    '421 4.3.2 Down\r\n',
    '\r\n',
    'nonsense\r\n',
  ])
    it(`does not count (${JSON.stringify(injected)})`, async (t) => {
      const w = await smtpWorld(t, { tls: { security: 'starttls', ...certified(t, 'valid') } });
      w.server.set({ injected });
      const state = { isOver: false };
      const sending = w.send().finally(() => (state.isOver = true));
      // Half a reply leaves both waiting for each other: then patience ends it.
      for (let turn = 0; !state.isOver && turn < 5_000; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (!state.isOver && !w.server.commands.some((line) => line.startsWith('AUTH'))) await w.clock.advance(30_000);
      const ended = await sending;
      // What comes into the middle of a handshake may spoil it; nothing else.
      if (ended.result === 'accepted') {
        assert.equal((await w.sender.outlet(never)).largest, 52_428_800, 'as it was told behind the encryption');
        assert.ok(w.server.commands.some((line) => line.startsWith('AUTH PLAIN ')));
      } else assert.deepEqual([ended.result, ['tls', 'network'].includes(ended.kind ?? '')], ['thrown', true]);
      assert.deepEqual(w.server.plain, ['EHLO [127.0.0.1]', 'STARTTLS']);
    });

  it('is nothing at all to a host that is not this machine, without encryption', async () => {
    const server = { host: 'mail.example.test', port: 25, security: 'none' as const };
    await assertRefused(createSmtpSender({ server, credential, clock: fakeClock() }).outlet(never), ['tls']);
  });
});
