import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rawJmap } from './cyrus/rawJmap.ts';
import { type CyrusServer, cyrusAvailable, startCyrus } from './cyrus.ts';
import { running } from './daemon.ts';

const why = cyrusAvailable();
if (why !== null) {
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`no Cyrus to test with: ${why}`);
  console.error(`SKIPPED: all tests of the Cyrus recipe, because ${why}`);
}
const options = { skip: why ?? false };

const started = async (context: TestContext): Promise<CyrusServer> => {
  const server = await startCyrus();
  context.after(() => server.stop());
  return server;
};

const mailboxOf = async (server: CyrusServer, role: string): Promise<string> => {
  const { mailboxes } = await server.truth();
  const found = Object.entries(mailboxes).find(([, mailbox]) => mailbox.role === role);
  assert.ok(found, `no mailbox with the role ${role}`);
  return found[0];
};

test('starts with the usual mailboxes and stops without a trace', options, async (context) => {
  const server = await started(context);
  const { mailboxes, emails } = await server.truth();
  const roles = new Set(Object.values(mailboxes).map(({ role }) => role));
  assert.deepEqual(roles, new Set(['archive', 'drafts', 'inbox', 'junk', 'sent', 'trash']));
  assert.deepEqual(emails, {});

  assert.ok(running(server.group()).length > 3);
  await server.stop();
  assert.deepEqual(running(server.group()), []);
  assert.equal(existsSync(server.folder), false);
});

test('delivers with dates, keywords and mailboxes, in order', options, async (context) => {
  const server = await started(context);
  const [inbox, archive] = [await mailboxOf(server, 'inbox'), await mailboxOf(server, 'archive')];
  const receivedAt = new Date('2021-02-03T04:05:06Z');
  const ids = await server.deliver([
    { subject: 'Grüße', receivedAt, keywords: ['$seen', '$Forwarded'] },
    { subject: 'Both', receivedAt, mailboxIds: [archive, inbox] },
    { subject: 'Plain', receivedAt, text: 'Two\nlines' },
  ]);
  const at = '2021-02-03T04:05:06Z';
  const { emails, mailboxes } = await server.truth();
  assert.deepEqual(
    ids.map((id) => emails[id]),
    [
      { subject: 'Grüße', receivedAt: at, mailboxIds: [inbox], keywords: ['$forwarded', '$seen'] },
      { subject: 'Both', receivedAt: at, mailboxIds: [archive, inbox].toSorted(), keywords: [] },
      { subject: 'Plain', receivedAt: at, mailboxIds: [inbox], keywords: [] },
    ],
  );
  assert.equal(mailboxes[inbox]?.totalEmails, 3);
  assert.equal(mailboxes[inbox]?.unreadEmails, 2);
});

test('flags, moves and destroys as another client', options, async (context) => {
  const server = await started(context);
  const [inbox, archive] = [await mailboxOf(server, 'inbox'), await mailboxOf(server, 'archive')];
  const ids = await server.deliver([
    { subject: 'one', keywords: ['$flagged'] },
    { subject: 'two' },
    { subject: 'three' },
  ]);
  const [one = '', two = '', three = ''] = ids;
  await server.setKeywords([one, two], { $seen: true, $flagged: null, 'project-x': true });
  await server.setMailboxes([two], { [archive]: true });
  await server.setMailboxes([one], { [archive]: true, [inbox]: null });
  await server.destroy([three]);
  const { emails } = await server.truth();
  assert.deepEqual(emails[one]?.keywords, ['$seen', 'project-x'].toSorted());
  assert.deepEqual(emails[one]?.mailboxIds, [archive]);
  assert.deepEqual(emails[two]?.mailboxIds, [archive, inbox].toSorted());
  assert.equal(emails[three], undefined);
  await assert.rejects(server.setKeywords([three], { $seen: true }), /notFound/);
});

test('creates, renames and deletes mailboxes', options, async (context) => {
  const server = await started(context);
  const parent = await server.createMailbox('Straße');
  const child = await server.createMailbox('Child', parent);
  const [inChild = ''] = await server.deliver([{ mailboxIds: [child] }]);
  await server.renameMailbox(child, 'Kind (2)');
  const [inRenamed = ''] = await server.deliver([{ mailboxIds: [child] }]);
  const before = await server.truth();
  assert.equal(before.mailboxes[parent]?.name, 'Straße');
  assert.deepEqual(before.mailboxes[child], {
    name: 'Kind (2)',
    parentId: parent,
    role: null,
    totalEmails: 2,
    unreadEmails: 2,
  });
  assert.ok(before.emails[inChild] && before.emails[inRenamed]);
  await server.deleteMailbox(child);
  const after = await server.truth();
  assert.equal(after.mailboxes[child], undefined);
  assert.deepEqual(after.emails, {});
});

test('refuses the old password at once', options, async (context) => {
  const server = await started(context);
  const old = rawJmap({ config: server.config, credential: { ...server.credential } });
  await old.ask('Mailbox/get', {});
  await server.changePassword('another');
  await assert.rejects(old.ask('Mailbox/get', {}), /HTTP 401/);
  await server.deliver([{ subject: 'with the new one' }]);
  assert.equal(Object.keys((await server.truth()).emails).length, 1);
});

test('keeps its mail through a restart, and waits while suspended', options, async (context) => {
  const server = await started(context);
  await server.fill(300);
  const before = await server.truth();
  assert.equal(Object.keys(before.emails).length, 300);
  await server.restart();
  assert.deepEqual(await server.truth(), before);

  server.suspend();
  let answered = false;
  const truth = server.truth().finally(() => {
    answered = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(answered, false);
  server.resume();
  assert.deepEqual(await truth, before);
});

test('works within lower limits when told to have them', options, async (context) => {
  const server = await startCyrus({
    user: 'bob',
    settings: { jmap_max_objects_in_get: '40', jmap_max_objects_in_set: '30' },
  });
  context.after(() => server.stop());
  const ids = await server.deliver(Array.from({ length: 100 }, (_, n) => ({ subject: `mail ${n}` })));
  await server.setKeywords(ids, { $seen: true });
  const { emails } = await server.truth();
  assert.deepEqual(
    ids.map((id) => emails[id]?.subject),
    ids.map((_, n) => `mail ${n}`),
  );
  await server.destroy(ids);
  assert.deepEqual((await server.truth()).emails, {});
});

test('fills two servers at once with the same mail', options, async (context) => {
  const [one, two] = await Promise.all([started(context), started(context)]);
  await Promise.all([one.fill(150), two.fill(100).then(() => two.fill(50))]);
  const [left, right] = [await one.truth(), await two.truth()];
  assert.deepEqual(Object.keys(left.emails).toSorted(), Object.keys(right.emails).toSorted());
  const sizes = (truth: typeof left): unknown[] =>
    Object.values(truth.mailboxes).map(({ role, totalEmails }) => [role, totalEmails]);
  assert.deepEqual(sizes(left), sizes(right));
});

test('leaves nothing behind when its process is killed', options, async () => {
  const recipe = fileURLToPath(new URL('./cyrus.ts', import.meta.url));
  const script = `
    const { startCyrus } = await import(${JSON.stringify(recipe)});
    const server = await startCyrus();
    console.log(JSON.stringify([server.group(), server.folder]));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const [group, folder] = JSON.parse(said.toString()) as [number, string];
  assert.ok(running(group).length > 3);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const until = Date.now() + 5000;
  while (Date.now() < until && (running(group).length > 0 || existsSync(folder))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(running(group), []);
  assert.equal(existsSync(folder), false);
});
