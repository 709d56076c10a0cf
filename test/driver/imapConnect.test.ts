import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { ErrorKind } from '../../src-shared/errors.ts';
import { configSchema } from '../../src-shared/model.ts';
import { type CertificateKind, makeCertificate } from '../servers/certificates.ts';
import { type ImapStub, type Script, startImapStub } from '../support/imapStub.ts';
import { type ImapWorld, imapWorld, letters, syncedWorld } from '../support/worldImap.ts';

/** A server behind TLS; its authority is trusted by this process until the test ends, unless it vouches for itself. */
const secured = async (
  t: TestContext,
  security: 'tls' | 'starttls',
  kind: CertificateKind | 'selfSigned' = 'valid',
): Promise<ImapWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-imap-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const ca = makeCertificate(folder, kind === 'selfSigned' ? 'valid' : kind);
  const usual = getCACertificates('default');
  if (kind !== 'selfSigned') setDefaultCACertificates([...usual, ca]);
  t.after(() => setDefaultCACertificates(usual));
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  return imapWorld(t, { mails: 3, tls: { security, cert: cert ?? '', key: key ?? '' } });
};

const mayNotSignIn = (w: ImapWorld): void => {
  const said = w.server.commands.map(({ verb }) => verb);
  assert.ok(!said.some((verb) => ['LOGIN', 'AUTHENTICATE'].includes(verb)), said.join(' '));
};

const assertFails = async (w: ImapWorld, kind: ErrorKind, phase: string, message: RegExp): Promise<void> => {
  const { error } = await w.sync();
  assert.deepEqual([error?.kind, w.engine.status().phase], [kind, phase]);
  assert.match(error?.message ?? '', message);
  assert.equal(w.cycles().at(-1)?.error?.kind, kind);
  assert.equal(w.cycles().at(-1)?.error?.message, error?.message);
};

describe('I10: encryption', () => {
  for (const security of ['tls', 'starttls'] as const) {
    it(`${security} with a good certificate works`, async (t) => {
      const w = await secured(t, security);
      await w.expectTrue();
    });

    for (const kind of ['expired', 'otherHost', 'selfSigned'] as const)
      it(`${security} with a certificate that is ${kind} is not trusted, and no password is sent`, async (t) => {
        const w = await secured(t, security, kind);
        await assertFails(w, 'tls', 'blocked', /cannot be trusted/);
        mayNotSignIn(w);
      });
  }

  it('STARTTLS that is stripped is refused, and no password is sent', async (t) => {
    const w = await secured(t, 'starttls');
    w.server.trouble.startTls('stripped');
    await assertFails(w, 'tls', 'blocked', /cannot be trusted/);
    mayNotSignIn(w);
  });

  it('what is injected before the encryption is refused or ignored', async (t) => {
    const w = await secured(t, 'starttls');
    w.server.trouble.startTls('injected');
    const { result } = await w.sync();
    if (result === 'ok') await w.expectTrue();
    else mayNotSignIn(w);
  });

  it('PREAUTH before STARTTLS is refused', async (t) => {
    const w = await secured(t, 'starttls');
    w.server.trouble.greet('preauth', 5);
    await assertFails(w, 'tls', 'blocked', /cannot be trusted/);
    assert.equal(w.server.countCommands('LIST'), 0);
  });

  it('PREAUTH before a login without encryption holds nothing of another person', async (t) => {
    const w = await imapWorld(t, { mails: 1 });
    w.server.trouble.greet('preauth', 1);
    await w.sync();
    await w.expectTrue();
  });

  it('none is for this very machine', () => {
    const smtp = { host: 'mail.example.test', port: 465, security: 'tls' };
    const isGood = (host: string): boolean =>
      configSchema.safeParse({ protocol: 'imap', imap: { host, port: 143, security: 'none' }, smtp }).success;
    assert.deepEqual(['127.0.0.1', 'localhost', '::1'].map(isGood), [true, true, true]);
    assert.deepEqual(['mail.example.test', '192.168.1.1', '127.0.0.1.example.test'].map(isGood), [false, false, false]);
  });
});

describe('I10: a connection that cannot be made', () => {
  it('for a wrong password is auth, and waits for the person', async (t) => {
    const w = await syncedWorld(t);
    w.account.credential = { type: 'password', username: 'alice@example.test', password: 'wrong' };
    await w.restart();
    await assertFails(w, 'auth', 'blocked', /^the mail server refused the user name, password or token/);
    assert.ok(!JSON.stringify(w.cycles()).includes('wrong'));
  });

  it('for a password that was changed meanwhile is auth', async (t) => {
    const w = await syncedWorld(t);
    await w.server.changePassword('another');
    await w.server.restart();
    await assertFails(w, 'auth', 'blocked', /refused the user name, password or token/);
  });

  it('because nobody listens is network', async (t) => {
    const w = await imapWorld(t);
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    w.account.config = { ...w.account.config, imap: { host: '127.0.0.1', port, security: 'none' } };
    await assertFails(w, 'network', 'offline', /cannot be reached: ECONNREFUSED/);
  });

  it('because the name is not known is network', async (t) => {
    const w = await imapWorld(t);
    w.account.config = { ...w.account.config, imap: { host: 'mail.invalid', port: 993, security: 'tls' } };
    await assertFails(w, 'network', 'offline', /mail\.invalid:993 cannot be reached/);
  });

  for (const how of ['bye', 'no'] as const)
    it(`because there are too many (${how}) is rateLimited`, async (t) => {
      const w = await imapWorld(t);
      w.server.trouble.maxConnections(0, how);
      await assertFails(w, 'rateLimited', 'offline', /Too many connections/);
      w.server.trouble.reset();
      await w.expectTrue();
    });

  it('because the greeting is BYE is server', async (t) => {
    const w = await imapWorld(t);
    w.server.trouble.greet('bye', 1);
    const { error } = await w.sync();
    assert.match(error?.message ?? '', /closed the connection: Come back later/);
    assert.ok(['server', 'rateLimited'].includes(error?.kind ?? ''));
    await w.expectTrue();
  });

  /** The time that imapflow waits passes at once. */
  const waitingInVain = async (t: TestContext, script: Script): Promise<[ImapWorld, ImapStub]> => {
    const w = await imapWorld(t);
    const stub = await startImapStub(w, script);
    w.account.config = stub.configOf(w.account.config);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const ticking = setInterval(() => t.mock.timers.tick(21_000), 100);
    w.onEnd(async () => clearInterval(ticking));
    return [w, stub];
  };

  for (const [what, greeting] of [
    ['an SMTP server', '220 mail.example.test ESMTP ready'],
    ['a POP3 server', '+OK ready'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>'],
    ['an SSH server', 'SSH-2.0-OpenSSH_9.2p1'],
  ] as const)
    it(`because it is ${what} is told, and no password is sent`, async (t) => {
      const [w, stub] = await waitingInVain(t, { greeting });
      await assertFails(w, 'server', 'offline', /does not answer as an IMAP server should/);
      assert.ok(!stub.seen.some((line) => /LOGIN|AUTHENTICATE/.test(line)));
    });

  it('because it says nothing at all is network', async (t) => {
    const [w] = await waitingInVain(t, { greeting: null });
    await assertFails(w, 'network', 'offline', /does not answer$/);
  });

  it('because it closes at once is network', async (t) => {
    const w = await imapWorld(t);
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    w.onEnd(async () => void server.close());
    const { port } = server.address() as { port: number };
    w.account.config = { ...w.account.config, imap: { host: '127.0.0.1', port, security: 'none' } };
    await assertFails(w, 'network', 'offline', /cannot be reached/);
  });
});

describe('I10: a connection that ends', () => {
  it('by a server that went while nothing was asked costs nothing: a new one is asked', async (t) => {
    const w = await syncedWorld(t);
    await w.server.restart();
    await w.server.deliver(letters(1));
    await w.expectTrue();
    assert.ok(w.cycles().every(({ result }) => result === 'ok'));
  });

  it('by BYE is network with the words of it, and the next cycle is true', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.fail('LIST', { kind: 'bye', text: 'Down for repairs' }, 3);
    const { error } = await w.sync();
    assert.equal(error?.kind, 'network');
    assert.match(error?.message ?? '', /was lost: Down for repairs/);
    w.server.trouble.reset();
    await w.expectTrue();
  });

  it('by the person who pauses the account does not wait for a server that hangs', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.hang();
    const cycle = w.sync();
    await w.engine.stop();
    assert.equal((await cycle).error?.kind, 'cancelled');
    w.server.trouble.resume();
    await w.expectTrue();
  });
});
