import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import type { Config, ImapConfig } from '../../src-shared/model.ts';
import { type CertificateKind, makeCertificate } from '../servers/certificates.ts';
import { freePort } from '../servers/freePort.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { startJmapServer } from '../servers/jmapServer.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { fakeClock } from '../support/clock.ts';
import { until } from '../support/processes.ts';
import { trusting } from '../support/sending.ts';
import { assertFails, attempt, attemptOn, email, failure, right, trialServers } from '../support/trials.ts';

const s = trialServers();

describe('a server that cannot be reached as it should', () => {
  const somewhere = async (security: 'tls' | 'starttls' | 'none'): Promise<ImapConfig['imap']> => ({
    host: '127.0.0.1',
    port: await freePort(),
    security,
  });

  it('does not listen there', async () => {
    const nowhere = await somewhere('none');
    const { legs } = await assertFails(
      attempt(s.overImap({ imap: nowhere, smtp: nowhere })),
      'network',
      'imap',
      /Nothing listens there/,
    );
    assert.match(legs[1]?.error?.message ?? '', /Nothing listens there/);
    const sessionUrl = `http://127.0.0.1:${nowhere.port}/`;
    await assertFails(attempt({ protocol: 'jmap', sessionUrl }), 'network', 'jmap', /Nothing listens there/);
  });

  it('has no such name', async () => {
    const host = 'no-such-host.invalid';
    const server = { host, port: 993, security: 'tls' as const };
    await assertFails(attempt(s.overImap({ imap: server })), 'network', 'imap', /name/);
  });

  it('is something else', async () => {
    const wrong = (s.imap.config as ImapConfig).imap;
    await assertFails(attempt(s.overImap({ smtp: wrong })), 'server', 'smtp', /Another service/);
    s.jmap.trouble.failNext('html', 9, { on: 'session' });
    await assertFails(attempt(s.jmap.config), 'server', 'jmap', /web page.*Another service/);
    const elsewhere = `${s.jmap.url}/nothing/here`;
    await assertFails(attempt({ protocol: 'jmap', sessionUrl: elsewhere }), 'notFound', 'jmap', /address/);
  });

  it('begins without TLS where that is wanted from the start', async () => {
    const [inTls, outTls] = [(s.imap.config as ImapConfig).imap, s.smtp.config].map((server) => ({
      ...server,
      security: 'tls' as const,
    }));
    const { legs } = await assertFails(
      attempt(s.overImap({ imap: inTls, smtp: outTls } as Partial<ImapConfig>)),
      'tls',
      'imap',
      /choose STARTTLS/,
    );
    assert.match(legs[1]?.error?.message ?? '', /choose STARTTLS/);
    assert.equal(s.imapLogins(), 0);
  });

  it('says nothing: the leg ends in time, whatever the others do', async (t) => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');
    const server = { host: '127.0.0.1', port: address.port, security: 'none' as const };
    const clock = fakeClock();
    const before = s.smtp.commands.length;
    const trial = failure(attemptOn({ email, config: s.overImap({ imap: server }), credential: right }, { clock }));
    await until('the other leg is through', () => s.smtp.commands.slice(before).includes('QUIT'));
    await clock.advance(25_000);
    const { error, legs } = await trial;
    assert.deepEqual([error.kind, error.field, legs[1]?.ok], ['network', 'imap', true]);
    assert.match(error.message, /within 25 seconds\. Check the port/);
  });

  it('is left at once by whoever gives up', async () => {
    s.imap.trouble.hang();
    const control = new AbortController();
    const trial = attemptOn({ email, config: s.overImap(), credential: right }, { signal: control.signal });
    await until('it hangs', () => s.imap.commands.length > 0);
    control.abort(new TernError('cancelled', 'enough'));
    await assert.rejects(trial, { kind: 'cancelled', message: 'enough' });
    s.imap.trouble.resume();
    await until('the connection is closed', () => s.imap.connections.open === 0);
  });
});

describe('a certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-trial-'));
  after(() => rmSync(folder, { recursive: true }));
  const secured = async (
    t: TestContext,
    security: 'tls' | 'starttls',
    kind: CertificateKind | 'selfSigned',
  ): Promise<{ config: Config; server: ImapServer }> => {
    const ca = makeCertificate(folder, kind === 'selfSigned' ? 'valid' : kind);
    if (kind !== 'selfSigned') trusting(t, ca);
    const [cert = '', key = ''] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const server = await startImapServer({ tls: { security, cert, key } });
    const outgoing = await startSmtpServer({ tls: { security, cert, key } });
    t.after(() => Promise.all([server.stop(), outgoing.stop()]));
    return { config: s.overImap({ imap: (server.config as ImapConfig).imap, smtp: outgoing.config }), server };
  };
  const cases: [kind: CertificateKind | 'selfSigned', means: RegExp][] = [
    ['expired', /run out/],
    ['otherHost', /another server's/],
    ['selfSigned', /Nobody whom this computer trusts/],
  ];
  for (const [kind, means] of cases)
    it(`that is ${kind} is told of, and no password is sent`, async (t) => {
      const { config, server } = await secured(t, 'tls', kind);
      const { legs } = await assertFails(attempt(config), 'tls', 'imap', means);
      assert.match(legs[1]?.error?.message ?? '', means);
      assert.ok(!server.commands.some(({ verb }) => /LOGIN|AUTHENTICATE/.test(verb)));
    });

  it('that is good is enough, from the start or by STARTTLS; without STARTTLS that is told', async (t) => {
    for (const security of ['tls', 'starttls'] as const) {
      const { config, server } = await secured(t, security, 'valid');
      assert.equal((await attempt(config)).legs.filter(({ ok }) => ok).length, 2);
      if (security === 'tls') continue;
      server.trouble.startTls('stripped');
      await assertFails(attempt(config), 'tls', 'imap', /no STARTTLS on this port/);
    }
  });
});

describe('hosts of a JMAP session', () => {
  it('that are foreign are told, and are not sent the password before they are agreed to', async () => {
    const foreign = await startJmapServer();
    try {
      const apiUrl = `${foreign.url.replace('127.0.0.1', 'localhost')}/jmap/api/`;
      s.jmap.trouble.sessionOverride({ apiUrl });
      const answer = await attempt(s.jmap.config);
      assert.deepEqual([answer.hosts, answer.legs[0]?.ok], [['localhost'], true]);
      assert.ok(answer.capabilities.length > 0);
      assert.equal(foreign.requests.length, 0);
      const agreed = await attempt({ ...s.jmap.config, confirmed: ['localhost'] } as Config);
      assert.deepEqual([agreed.hosts, foreign.countRequests('Mailbox/get')], [[], 1]);
    } finally {
      await foreign.stop();
    }
  });

  it('that the session itself moved to are told by an error: nobody signed in', async () => {
    s.jmap.trouble.redirectSession(s.jmap.sessionUrl.replace('127.0.0.1', 'localhost'));
    const { error } = await assertFails(attempt(s.jmap.config), 'forbidden', 'jmap', /other hosts: localhost/);
    assert.deepEqual(error.detail?.['confirm'], ['localhost']);
  });
});
