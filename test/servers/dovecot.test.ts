import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../support/processes.ts';
import { running } from './daemon.ts';
import {
  type CapabilitySet,
  type DovecotOptions,
  type DovecotServer,
  dovecotAvailable,
  startDovecot,
} from './dovecot.ts';
import { type Dial, dialImap, type RawImap, signInImap } from './imap/rawImap.ts';
import { withImap } from './imap/rawImapActions.ts';

const why = dovecotAvailable();
if (why !== null) {
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`no Dovecot to test with: ${why}`);
  console.error(`SKIPPED: all tests of the Dovecot recipe, because ${why}`);
}
const options = { skip: why ?? false };

const started = async (t: TestContext, how: DovecotOptions = {}): Promise<DovecotServer> => {
  const server = await startDovecot(how);
  t.after(() => server.stop());
  return server;
};

/** Signs in where Tern does, which on a poorer server is not where other clients do. */
const asTern = async (t: TestContext, server: DovecotServer): Promise<RawImap> => {
  assert.equal(server.config.protocol, 'imap');
  const port = server.config.protocol === 'imap' ? server.config.imap.port : 0;
  const imap = await signInImap({ port }, 'alice', 'secret');
  t.after(() => imap.close());
  return imap;
};

const capabilitiesOf = async (imap: RawImap): Promise<string[]> => {
  const { lines } = await imap.run('CAPABILITY');
  return lines[0]?.text.split(' ').slice(2) ?? [];
};

test('starts with the usual mailboxes and stops without a trace', options, async (t) => {
  const server = await started(t);
  const { mailboxes, emails } = await server.truth();
  const named = Object.values(mailboxes).map(({ role, name }) => `${name} is ${role}`);
  assert.deepEqual(named.toSorted(), [
    'Archive is archive',
    'Drafts is drafts',
    'INBOX is inbox',
    'Junk is junk',
    'Sent is sent',
    'Trash is trash',
  ]);
  assert.deepEqual(emails, {});
  await until('all of its processes to run', () => running(server.group()).length > 3);
  await server.stop();
  assert.deepEqual(running(server.group()), []);
  assert.equal(existsSync(server.folder), false);
});

test('separates the names of a path as told', options, async (t) => {
  const server = await started(t, { separator: '.' });
  const parent = await server.createMailbox('a-b');
  const child = await server.createMailbox('c', parent);
  await withImap(server.imap, async (imap) => {
    const { lines } = await imap.run('LIST "" "*c"');
    assert.match(lines[0]?.text ?? '', /^\* LIST \([^)]*\) "\." a-b\.c$/);
  });
  assert.equal((await server.truth()).mailboxes[child]?.parentId, parent);
});

test('shows a mailbox that was deleted above another one as one that holds nothing', options, async (t) => {
  const server = await started(t);
  const parent = await server.createMailbox('Above');
  const child = await server.createMailbox('Below', parent);
  await server.deliver([{ mailboxIds: [parent] }, { mailboxIds: [child] }]);
  await server.deleteMailbox(parent);
  const { mailboxes } = await server.truth();
  const above = Object.entries(mailboxes).find(([, { name }]) => name === 'Above');
  assert.deepEqual([above?.[1].totalEmails, above?.[1].parentId], [0, null]);
  assert.deepEqual([mailboxes[child]?.parentId, mailboxes[child]?.totalEmails], [above?.[0], 1]);
});

test('fills mail folders with the same mail each time, in its order', options, async (t) => {
  const [one, two] = [await started(t), await started(t)];
  await one.fill(150);
  await two.fill(100);
  await two.fill(50);
  const [left, right] = [await one.truth(), await two.truth()];
  const told = ({ emails, mailboxes }: typeof left): string[] =>
    Object.values(emails).map((email) =>
      JSON.stringify({ ...email, mailboxIds: email.mailboxIds.map((id) => mailboxes[id]?.name) }),
    );
  assert.equal(told(left).length, 150);
  assert.deepEqual(told(left).toSorted(), told(right).toSorted());
  const keywords = new Set(Object.values(left.emails).flatMap((email) => email.keywords));
  assert.deepEqual([...keywords].toSorted(), ['$answered', '$flagged', '$forwarded', '$seen']);
  const dates = Object.values(left.emails).map(({ receivedAt }) => receivedAt);
  assert.ok(new Set(dates).size > 140, 'each mail has its own date');

  await two.fill(40, { mailbox: 'INBOX', size: 9000 });
  const { lines } = await withImap(two.imap, async (imap) => {
    await imap.run('EXAMINE INBOX');
    return imap.run('FETCH * (RFC822.SIZE BODY.PEEK[])');
  });
  const [, size] = /RFC822\.SIZE (\d+)/.exec(lines.find(({ literals }) => literals.length > 0)?.text ?? '') ?? [];
  const raw = lines.flatMap(({ literals }) => literals)[0]?.length;
  assert.equal(Number(size), raw);
  assert.ok(Number(size) > 9000);
  const { emails, mailboxes } = await two.truth();
  const inbox = Object.values(mailboxes).find(({ role }) => role === 'inbox');
  assert.equal(Object.keys(emails).length, 190);
  assert.ok((inbox?.totalEmails ?? 0) > 100);
});

/** Signs in through TLS; answers why not, if the client refused. */
const trySecure = async (server: DovecotServer, change: Partial<Dial> = {}): Promise<string | null> => {
  try {
    const imap = await signInImap({ ...server.imap.dial, ...change }, 'alice', 'secret');
    imap.close();
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

for (const security of ['tls', 'starttls'] as const) {
  test(`speaks ${security} with a certificate that its own authority signed`, options, async (t) => {
    const server = await started(t, { security });
    assert.ok(server.config.protocol === 'imap' && server.config.imap.security === security);
    await server.deliver([{ subject: 'sealed' }]);
    assert.equal(Object.keys((await server.truth()).emails).length, 1);
    assert.match(String(await trySecure(server, { ca: '' })), /UNABLE_TO_VERIFY|SELF_SIGNED/);
    if (security === 'tls') return;
    const bare = await dialImap({ port: server.imap.dial.port });
    t.after(() => bare.close());
    assert.match(bare.greeting, /STARTTLS/);
  });
}

test('shows certificates that nobody should accept', options, async (t) => {
  const expired = await started(t, { security: 'tls', certificate: 'expired' });
  assert.equal(await trySecure(expired), 'CERT_HAS_EXPIRED');
  const other = await started(t, { security: 'starttls', certificate: 'otherHost' });
  assert.equal(await trySecure(other), 'ERR_TLS_CERT_ALTNAME_INVALID');
});

/** What a set lacks, commands that it refuses, and what it must not say when another one is done. */
const poorer: Record<Exclude<CapabilitySet, 'full'>, { lacks: string[]; refuses: string[]; silent?: RegExp }> = {
  noQresync: { lacks: ['QRESYNC'], refuses: ['ENABLE QRESYNC', 'SELECT INBOX (QRESYNC (1 1))'] },
  noCondstore: {
    lacks: ['CONDSTORE', 'QRESYNC'],
    refuses: [
      'ENABLE CONDSTORE',
      'SELECT INBOX (CONDSTORE)',
      'STATUS INBOX (HIGHESTMODSEQ)',
      'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)',
      'UID FETCH 1:* (MODSEQ)',
    ],
    silent: /MODSEQ/,
  },
  noMove: {
    lacks: ['MOVE', 'UIDPLUS'],
    refuses: ['UID MOVE 1 Archive', 'MOVE 1 Archive', 'UID EXPUNGE 1'],
    silent: /COPYUID|APPENDUID/,
  },
  noIdle: { lacks: ['IDLE'], refuses: ['IDLE'] },
  bare: {
    lacks: ['LIST-STATUS', 'SPECIAL-USE', 'ESEARCH', 'CHILDREN', 'NAMESPACE', 'UNSELECT', 'LITERAL+', 'ID'],
    refuses: [
      'LIST "" "*" RETURN (STATUS (MESSAGES))',
      'UID SEARCH RETURN (ALL) ALL',
      'UNSELECT',
      'NAMESPACE',
      'IDLE',
      'UID MOVE 1 Archive',
      'STATUS INBOX (HIGHESTMODSEQ)',
    ],
    silent: /COPYUID|APPENDUID|MODSEQ|Children|\\Archive/,
  },
};

for (const [capabilities, { lacks, refuses, silent }] of Object.entries(poorer)) {
  test(`is poorer on demand: ${capabilities}`, options, async (t) => {
    const server = await started(t, { capabilities: capabilities as CapabilitySet });
    const [id = ''] = await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
    const imap = await asTern(t, server);
    const left = await capabilitiesOf(imap);
    assert.deepEqual(
      lacks.filter((name) => left.includes(name)),
      [],
    );
    assert.ok(!lacks.some((name) => imap.greeting.split(/[ \]]/).includes(name)), imap.greeting);
    await imap.run('SELECT INBOX');
    for (const command of refuses) assert.equal((await imap.ask(command)).status, 'BAD', command);

    const said: string[] = [];
    const commands = ['LIST "" "*"', 'SELECT INBOX', 'UID COPY 1 Archive', 'UID STORE 1 +FLAGS (\\Seen)', 'NOOP'];
    for (const command of commands) {
      const { lines, text } = await imap.run(command);
      said.push(text, ...lines.map((line) => line.text));
    }
    if (silent) assert.doesNotMatch(said.join('\n'), silent);
    const { emails, mailboxes } = await server.truth();
    assert.equal(Object.keys(emails).length, 3);
    assert.deepEqual(emails[id]?.keywords, ['$seen']);
    assert.equal(Object.values(mailboxes).filter(({ role }) => role !== null).length, 6, 'we see all there is');
  });
}

test('takes literals through a poorer server, also one that is declined or refused', options, async (t) => {
  const server = await started(t, { capabilities: 'bare' });
  const imap = await asTern(t, server);
  const message = 'Subject: by literal\r\n\r\nUID MOVE 1 x {5}\r\n';
  imap.write(`a APPEND INBOX {${message.length}}\r\n`);
  await imap.heard(/^\+ /);
  imap.write(`${message}\r\n`);
  assert.match((await imap.heard(/^a /)).text, /^a OK/);
  imap.write(`b APPEND Nowhere {${message.length}}\r\n`);
  assert.match((await imap.heard(/^b /)).text, /^b NO \[TRYCREATE\]/);
  assert.equal((await imap.ask('IDLE')).status, 'BAD', 'the declined literal is not waited for');
  const refused = await imap.ask('APPEND INBOX ', Buffer.from(message));
  assert.equal(refused.status, 'BAD');
  await imap.run('SELECT INBOX');
  const { lines } = await imap.run('UID FETCH 1:* (UID BODY.PEEK[])');
  assert.deepEqual(
    lines.map(({ literals }) => literals.map(String)),
    [[message]],
  );
});

test('leaves nothing behind when its process is killed', options, async (t) => {
  const recipe = fileURLToPath(new URL('./dovecot.ts', import.meta.url));
  const script = `
    const { startDovecot } = await import(${JSON.stringify(recipe)});
    const server = await startDovecot();
    console.log(JSON.stringify([server.group(), server.folder]));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const [group, folder] = JSON.parse(said.toString()) as [number, string];
  await until('its processes to run', () => running(group).length > 3);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await until('server and folder to go', () => running(group).length === 0 && !existsSync(folder));
});
