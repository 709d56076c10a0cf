import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:https';
import { describe, it } from 'node:test';
import { trustedHosts } from '../../src-main/driver/jmap/hosts.ts';
import type { WireError } from '../../src-shared/errors.ts';
import { type World, world } from '../support/world.ts';
import { startStub } from '../support/worldStub.ts';

const asksFor = (error: WireError | undefined, hosts: string[]): void => {
  assert.equal(error?.kind, 'forbidden');
  assert.deepEqual(error?.detail, { confirm: hosts });
};

const blocked = (w: World): void => assert.equal(w.engine.status().phase, 'blocked');

describe('J5: a credential goes only to trusted hosts', () => {
  it('those of the registrable domain, and what the person confirmed', () => {
    const trusted = (home: string, host: string, confirmed: string[] = []): boolean =>
      trustedHosts(new URL(home), confirmed)(new URL(`https://${host}`));
    assert.ok(trusted('https://mail.example.com', 'api.example.com'));
    assert.ok(trusted('https://mail.example.com', 'EXAMPLE.com'));
    assert.ok(trusted('https://a.b.example.co.uk', 'example.co.uk'));
    assert.ok(!trusted('https://example.co.uk', 'other.co.uk'));
    assert.ok(!trusted('https://example.com', 'example.com.evil.net'));
    assert.ok(!trusted('https://example.com', 'notexample.com'));
    assert.ok(!trusted('https://alice.github.io', 'bob.github.io'));
    assert.ok(trusted('https://api.fastmail.com', 'fastmailusercontent.com', ['FastmailUserContent.com']));
    assert.ok(!trusted('https://api.fastmail.com', 'a.fastmailusercontent.com', ['fastmailusercontent.com']));
    assert.ok(trusted('https://127.0.0.1', '127.0.0.1'));
    assert.ok(!trusted('https://127.0.0.1', '127.0.0.2'));
    assert.ok(trusted('https://example.com', 'example.com:8443'));
    assert.ok(!trusted('https://127.0.0.1', '127.0.0.1:8443'), 'the servers of one machine are not all of one owner');
    assert.ok(!trusted('https://127.0.0.1', 'localhost'));
    assert.ok(!trusted('https://[::1]', '[::2]'));
  });

  it('a redirect to another host asks first, and that host hears nothing', async (t) => {
    const w = await world(t, { mails: 5 });
    const other = await startStub(w, (_, response) => response.end('{}'));
    w.server.trouble.redirectSession(`${other.localhost}/jmap/session`);
    const { error } = await w.sync();
    asksFor(error, ['localhost']);
    blocked(w);
    await w.clock.advance(3600_000);
    assert.deepEqual(other.seen, []);
    assert.equal(w.server.countRequests(), 1);
  });

  it('so does one to another port of this very machine', async (t) => {
    const w = await world(t, { mails: 5 });
    const other = await startStub(w, (_, response) => response.end('{}'));
    w.server.trouble.redirectSession(`${other.url}/jmap/session`);
    asksFor((await w.sync()).error, ['127.0.0.1']);
    assert.deepEqual(other.seen, []);
  });

  it('a host that was confirmed is used', async (t) => {
    const w = await world(t, { mails: 5 });
    w.server.trouble.redirectSession(w.server.sessionUrl.replace('127.0.0.1', 'localhost'));
    asksFor((await w.sync()).error, ['localhost']);
    w.account.config = { ...w.account.config, confirmed: ['localhost', '127.0.0.1'] };
    await w.restart();
    await w.expectTrue();
    await w.restart();
    await w.expectTrue();
  });

  for (const name of ['apiUrl', 'downloadUrl', 'uploadUrl', 'eventSourceUrl'])
    it(`a session whose ${name} is elsewhere asks first`, async (t) => {
      const w = await world(t, { mails: 5 });
      const other = await startStub(w, (_, response) => response.end('{}'));
      w.server.trouble.sessionOverride({ [name]: `${other.localhost}/{accountId}/api` });
      asksFor((await w.sync()).error, ['localhost']);
      blocked(w);
      assert.deepEqual(other.seen, []);
      assert.equal(w.server.countRequests('Mailbox/get'), 0);
      w.account.config = { ...w.account.config, confirmed: ['localhost'] };
      if (name === 'apiUrl') w.server.trouble.sessionOverride({});
      await w.restart();
      await w.expectTrue();
    });

  it('all new hosts are named at once', async (t) => {
    const w = await world(t);
    w.server.trouble.sessionOverride({ apiUrl: 'https://a.example.com/', downloadUrl: 'https://b.example.net/{x}' });
    const { error } = await w.sync();
    assert.deepEqual(error?.detail, { confirm: ['a.example.com', 'b.example.net'] });
  });

  it('a session that later names a new host blocks the account', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    const other = await startStub(w, (_, response) => response.end('{}'));
    w.server.trouble.sessionOverride({ apiUrl: `${other.localhost}/api` });
    w.server.trouble.changeSession();
    await w.sync();
    asksFor((await w.sync()).error, ['localhost']);
    blocked(w);
    assert.deepEqual(other.seen, []);
    w.server.trouble.sessionOverride({});
    await w.expectTrue();
  });

  it('an API that redirects is not followed', async (t) => {
    const w = await world(t, { mails: 5 });
    const other = await startStub(w, (_, response) => response.end('{}'));
    const moved = await startStub(w, (_, response) => response.writeHead(307, { Location: other.localhost }).end());
    w.server.trouble.sessionOverride({ apiUrl: `${moved.url}/api` });
    w.account.config = { ...w.account.config, confirmed: ['127.0.0.1', 'localhost'] };
    assert.equal((await w.sync()).error?.kind, 'server');
    assert.deepEqual(other.seen, []);
  });

  for (const override of [
    { apiUrl: 'http://mail.example.com/api' },
    { downloadUrl: 'http://127.0.0.1.example.com/' },
    { apiUrl: 'ftp://127.0.0.1/' },
  ])
    it(`nothing goes on without encryption: ${Object.values(override).join('')}`, async (t) => {
      const w = await world(t, { mails: 5 });
      w.server.trouble.sessionOverride(override);
      assert.equal((await w.sync()).error?.kind, 'tls');
      blocked(w);
      assert.equal(w.server.countRequests('Mailbox/get'), 0);
    });

  it('nor does a redirect, or the configured address', async (t) => {
    const w = await world(t);
    w.server.trouble.redirectSession('http://mail.example.com/session');
    assert.equal((await w.sync()).error?.kind, 'tls');
    w.account.config = { protocol: 'jmap', sessionUrl: 'http://mail.example.com' };
    assert.equal((await w.sync()).error?.kind, 'invalid');
  });
});

/** A key and a certificate that nobody signed; null where openssl is missing. */
const selfSigned = (): string | null => {
  const args =
    'req -x509 -newkey rsa:2048 -nodes -keyout - -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -days 2';
  try {
    return execFileSync('openssl', args.split(' '), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
};

describe('J5: TLS', () => {
  it('a certificate that nobody vouches for blocks the account, and no credential is sent', async (t) => {
    const pem = selfSigned();
    if (pem === null) return t.skip('openssl is missing: the certificate check is NOT tested');
    const w = await world(t, { mails: 5 });
    const stub = await startStub(
      w,
      (_, response) => response.end('{}'),
      (listener) => createServer({ key: pem, cert: pem }, listener),
    );
    w.account.config = { protocol: 'jmap', sessionUrl: stub.url.replace('http:', 'https:') };
    assert.equal((await w.sync()).error?.kind, 'tls');
    blocked(w);
    assert.deepEqual(stub.seen, []);
  });

  it('a server that speaks no TLS where it should is tls, too', async (t) => {
    const w = await world(t);
    const stub = await startStub(w, (_, response) => response.end('{}'));
    w.account.config = { protocol: 'jmap', sessionUrl: stub.url.replace('http:', 'https:') };
    assert.equal((await w.sync()).error?.kind, 'tls');
    assert.deepEqual(stub.seen, []);
  });
});
