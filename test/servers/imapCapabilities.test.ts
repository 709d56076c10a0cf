import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeCertificate } from './certificates.ts';
import { capabilitySets } from './imap/capabilities.ts';
import { dialImap, signInImap } from './imap/rawImap.ts';
import { dial, ending, lines, signIn, start } from './imap/testClient.ts';

describe('capabilities', () => {
  it('are what was asked for, and what is not announced is BAD', async (t) => {
    const server = await start(t, { capabilities: capabilitySets.bare });
    await server.deliver([{}]);
    const client = await signIn(t, server);
    assert.deepEqual(await lines(client, 'CAPABILITY'), ['* CAPABILITY IMAP4rev1']);
    await client.run('SELECT INBOX');
    for (const command of [
      'IDLE',
      'ENABLE QRESYNC',
      'NAMESPACE',
      'UNSELECT',
      'UID MOVE 1 Trash',
      'UID EXPUNGE 1',
      'ID NIL',
      'LIST "" "*" RETURN (STATUS (MESSAGES))',
      'LIST (SUBSCRIBED) "" "*"',
      'STATUS INBOX (HIGHESTMODSEQ)',
      'STATUS INBOX (MAILBOXID)',
      'SELECT INBOX (CONDSTORE)',
      'FETCH 1 MODSEQ',
      'FETCH 1 EMAILID',
      'FETCH 1 X-GM-LABELS',
      'FETCH 1 (FLAGS) (CHANGEDSINCE 1)',
      'STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)',
      'SEARCH RETURN (ALL) ALL',
      'SEARCH MODSEQ 1',
    ]) {
      assert.equal(await ending(client, command), 'BAD', command);
    }
    assert.equal(await ending(client, 'APPEND INBOX ', Buffer.from('x')), 'BAD', 'a literal that was not asked for');
    assert.equal(await ending(client, 'UID COPY 1 Trash'), 'OK', 'without COPYUID');
  });

  it('let literals be pushed, all or those of 4096 octets', async (t) => {
    const push = async (capability: 'LITERAL+' | 'LITERAL-', octets: number) => {
      const client = await signIn(t, await start(t, { capabilities: [capability] }));
      return ending(client, 'APPEND INBOX ', Buffer.alloc(octets, 'x'));
    };
    assert.deepEqual([await push('LITERAL+', 4097), await push('LITERAL-', 4096)], ['OK', 'OK']);
    assert.equal(await push('LITERAL-', 4097), 'BAD');
  });

  it('name objects (RFC 8474), and UTF-8 (RFC 6855)', async (t) => {
    const server = await start(t, { capabilities: capabilitySets.objectId });
    const [one = ''] = await server.deliver([{ messageId: 'a@x' }, { inReplyTo: 'a@x' }]);
    const client = await signIn(t, server);
    await client.run('ENABLE UTF8=ACCEPT');
    const { text } = await client.run('CREATE "Entwürfe"');
    const id = server.mailboxId('Entwürfe');
    assert.match(text, new RegExp(`^\\[MAILBOXID \\(${id}\\)\\]`));
    assert.deepEqual(await lines(client, 'STATUS "Entwürfe" (MAILBOXID)'), [`* STATUS "Entwürfe" (MAILBOXID (${id}))`]);
    await client.run('SELECT INBOX');
    await client.run('COPY 1 "Entwürfe"');
    const ids = 'UID FETCH 1:* (EMAILID THREADID)';
    const [first = '', second = ''] = await lines(client, ids);
    assert.match(first, /EMAILID \(M1\) THREADID \((T\d+)\)/);
    assert.equal(/THREADID \S+/.exec(first)?.[0], /THREADID \S+/.exec(second)?.[0]);
    await client.run('SELECT "Entwürfe"');
    assert.match((await lines(client, ids))[0] ?? '', /EMAILID \(M1\)/);
    assert.equal((await server.threads())[one], /THREADID \((\w+)/.exec(first)?.[1]);
    await client.run('APPEND "Entwürfe" UTF8 (', Buffer.from('Subject: ü\r\n\r\n'), ')');
    assert.deepEqual(await lines(client, 'UID SEARCH SUBJECT ü'), ['* SEARCH 2']);
  });

  it('store only the keywords they permit', async (t) => {
    const server = await start(t, { keywords: ['$Junk', 'known'] });
    await server.deliver([{}]);
    const client = await signIn(t, server);
    assert.ok((await lines(client, 'SELECT INBOX')).some((line) => /PERMANENTFLAGS \([^*]*\$junk known\)/.test(line)));
    assert.deepEqual((await lines(client, 'STORE 1 +FLAGS (KNOWN other)')).slice(-1), ['* 1 FETCH (FLAGS (KNOWN))']);
  });
});

describe('signing in', () => {
  it('takes the password or the token of the moment', async (t) => {
    const server = await start(t, { token: 'first' });
    const bearer = (token: string) =>
      Buffer.from(`n,a=alice@example.test,\x01auth=Bearer ${token}\x01\x01`).toString('base64');
    const how = async (command: string) => {
      const client = await dial(t, server);
      // A bearer is refused by a challenge first (RFC 7628 section 3.2.3).
      if (command.startsWith('AUTH'))
        client.heard(/^\+ eyJzdGF0dXMi/).then(
          () => client.write('AQ==\r\n'),
          () => undefined,
        );
      return ending(client, command);
    };
    assert.match(await how(`AUTHENTICATE OAUTHBEARER ${bearer('first')}`), /^OK \[CAPABILITY/);
    assert.equal(await how(`AUTHENTICATE XOAUTH2 ${bearer('other')}`), 'NO [AUTHENTICATIONFAILED]');
    await server.changePassword('next');
    await server.setToken(null);
    assert.equal(await how(`AUTHENTICATE OAUTHBEARER ${bearer('first')}`), 'NO [AUTHENTICATIONFAILED]');
    assert.equal(await how('LOGIN alice@example.test secret'), 'NO [AUTHENTICATIONFAILED]');
    assert.match(await how('LOGIN alice@example.test next'), /^OK/);
  });

  const certificate = (t: TestContext) => {
    const folder = mkdtempSync(join(tmpdir(), 'tern-imap-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const ca = makeCertificate(folder, 'valid');
    return {
      ca,
      cert: readFileSync(join(folder, 'cert.pem'), 'utf8'),
      key: readFileSync(join(folder, 'key.pem'), 'utf8'),
    };
  };

  it('is encrypted from the start, or after STARTTLS', async (t) => {
    const { ca, ...pems } = certificate(t);
    for (const security of ['tls', 'starttls'] as const) {
      const server = await start(t, { tls: { security, ...pems } });
      const client = await signInImap({ port: server.port, security, ca }, 'alice@example.test', 'secret');
      assert.match((await lines(client, 'LIST "" INBOX'))[0] ?? '', /INBOX/);
      client.close();
    }
    const server = await start(t, { tls: { security: 'starttls', ...pems } });
    const plain = await dial(t, server);
    assert.match(plain.greeting, /STARTTLS LOGINDISABLED/);
    assert.equal(await ending(plain, 'LOGIN alice@example.test secret'), 'NO [PRIVACYREQUIRED]');
    plain.write('x1 STARTTLS\r\nx2 NOOP\r\n');
    await plain.heard(/^x1 OK/);
    assert.equal(server.countCommands('NOOP'), 0, 'what came before the handshake is forgotten');
    server.trouble.startTls('stripped');
    const stripped = await dial(t, server);
    assert.doesNotMatch(stripped.greeting, /STARTTLS/);
    assert.equal(await ending(stripped, 'STARTTLS'), 'BAD');
    server.trouble.startTls('injected');
    const injected = await dialImap({ port: server.port });
    t.after(() => injected.close());
    await injected.run('STARTTLS');
    assert.match((await injected.heard(/INJECTED/)).text, /CAPABILITY/);
  });
});
