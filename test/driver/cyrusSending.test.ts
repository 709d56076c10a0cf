import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Outgoing, SendResult } from '../../src-main/driver/outgoing.ts';
import { type CyrusServer, cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { type Dialect, type Proxy, startProxy } from '../servers/proxy.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { type SmtpSink, startSmtpSink } from '../servers/smtpSink.ts';
import { rigOn, type SendingRig } from '../support/sendingRig.ts';

const skip = skipWithout(cyrusAvailable(), 'sending by Cyrus');

type World = SendingRig & { cyrus: CyrusServer; sink: SmtpSink; proxy: Proxy };

/** Cuts what submits, and nothing else. */
const submissions: Dialect = { asks: () => false, changes: (bytes) => bytes.includes('EmailSubmission/set') };
const imports: Dialect = { asks: () => false, changes: (bytes) => bytes.includes('Email/import') };

const world = async (t: TestContext, dialect = submissions): Promise<World> => {
  const sink = await startSmtpSink();
  t.after(() => sink.stop());
  const cyrus = await startCyrus({ smtpPort: sink.port });
  t.after(() => cyrus.stop());
  assert.equal(cyrus.config.protocol, 'jmap');
  const url = new URL(cyrus.config.sessionUrl);
  const proxy = await startProxy(Number(url.port), dialect);
  t.after(() => proxy.stop());
  url.port = String(proxy.port);
  const config = { ...cyrus.config, sessionUrl: url.href };
  const rig = await rigOn(t, { config, credential: cyrus.credential, truth: () => cyrus.truth() });
  return { ...rig, cyrus, sink, proxy };
};

/** Whom the sink took a message for, each as often as it did. */
const handed = ({ sink }: World): string[] =>
  sink.messages.flatMap(({ to, data }) => to.map((recipient) => `${/^Subject: (.*)$/m.exec(data)?.[1]} ${recipient}`));
const onceTo = (id: string): string[] => ['bob', 'carol'].map((name) => `letter ${id} ${name}@elsewhere.test`);
const placeOf = async ({ cyrus }: World, { email }: Outgoing): Promise<unknown> => {
  const { mailboxIds, keywords } = (await cyrus.truth()).emails[email ?? ''] ?? {};
  return [mailboxIds, keywords];
};
const kindOf = (result: SendResult): string =>
  'error' in result ? `${result.result} ${result.error.kind}` : result.result;

describe('sending by a real Cyrus', { skip, concurrency: 2 }, () => {
  it('H4: each recipient gets the message once, and it lies in Sent', async (t) => {
    const all = await world(t);
    assert.deepEqual(await all.mailer.outlet(all.signal), {
      way: 'held',
      holdSeconds: 44_236_800,
      largest: 100_000_000,
    });
    assert.deepEqual(
      (await all.mailer.identities(all.signal)).map(({ remoteId, email }) => [remoteId, email]),
      [['alice', '']],
    );
    const message = await all.ready({ id: 'one', text: 'Grüße\r\n.\r\n..dots\r\n' });
    const result = await all.submit(message);
    assert.ok(result.result === 'accepted' && result.filed);
    assert.deepEqual(handed(all), onceTo('one'));
    assert.deepEqual(await placeOf(all, message), [[all.sent], ['$seen']]);
    assert.equal((await all.submit(message)).result, 'accepted', 'a second time');
    assert.deepEqual(handed(all), onceTo('one'));
    assert.deepEqual(JSON.parse(all.commits[0] ?? ''), { ticket: true });
  });

  it('H6: an answer that is lost before, in the middle and after', async (t) => {
    const all = await world(t);
    for (const [how, fate] of [
      ['before', 'refused'],
      ['during', 'refused'],
      ['after', 'accepted'],
    ] as const) {
      const message = await all.ready({ id: how });
      all.proxy.cutNext(how, true);
      assert.equal((await all.submit(message)).result, 'unknown');
      const told = await all.fate(message);
      assert.equal(told, fate, how);
      if (told === 'refused') assert.equal((await all.submit(message)).result, 'accepted');
      assert.equal(await all.filed(message), true);
    }
    assert.deepEqual(handed(all), ['before', 'during', 'after'].flatMap(onceTo));
  });

  it('H6: the one that it hands mail to falls silent after the last byte: nobody can tell, and nobody tries again', async (t) => {
    const all = await world(t);
    const message = await all.ready({ id: 'one' });
    all.sink.trouble.vanish = true;
    assert.equal((await all.submit(message)).result, 'unknown');
    assert.equal(await all.fate(message), 'unknown');
    assert.deepEqual(handed(all), onceTo('one'));
  });

  it('H2: an import that is cut off is found again', async (t) => {
    const all = await world(t, imports);
    for (const how of ['before', 'during', 'after'] as const) {
      all.proxy.cutNext(how, true);
      assert.equal((await all.file({ id: how })).result, 'unknown');
      assert.equal((await all.file({ id: how }, { journal: all.notes.at(-1) ?? null })).result, 'done');
    }
    assert.equal(Object.keys((await all.cyrus.truth()).emails).length, 3);
    assert.equal((await all.file({ id: 'after' })).result, 'done', 'the same bytes');
    assert.equal(Object.keys((await all.cyrus.truth()).emails).length, 3);
  });

  it('H5: refusals, as Cyrus words them', async (t) => {
    const all = await world(t);
    const message = await all.ready({ id: 'one' });
    const { trouble } = all.sink;
    for (const [pattern, reply, kind] of [
      [/^RCPT.*carol/, '550 5.1.1 No such user', 'refused invalid'],
      [/^RCPT/, '451 4.2.1 Greylisted', 'failed forbidden'],
      [/^MAIL/, '553 5.7.1 Not your address', 'refused invalid'],
      [/^DATA/, '554 5.5.1 No', 'refused forbidden'],
      [/^\.$/, '554 5.6.0 Spam', 'refused forbidden'],
      [/^\.$/, '451 4.6.0 Later', 'failed forbidden'],
      [/^RCPT/, '', 'unknown server'],
    ] as const) {
      trouble.reply = (line) => (pattern.test(line) ? reply : null);
      assert.equal(kindOf(await all.submit(message)), kind, `${pattern} ${reply}`);
      assert.deepEqual(await placeOf(all, message), [[all.drafts], ['$draft', '$seen']]);
    }
    assert.deepEqual(handed(all), []);
    trouble.reply = () => null;
    assert.equal((await all.submit(message)).result, 'accepted');
  });

  it('H9: a message that is held back is taken back', async (t) => {
    const all = await world(t);
    const message = await all.ready({ id: 'one' }, { holdUntil: Date.now() + 3_600_000 });
    const result = await all.submit(message);
    assert.ok(result.result === 'accepted' && result.submission !== null);
    assert.deepEqual(await placeOf(all, message), [[all.sent], ['$seen']]);
    assert.equal(await all.cancel(result.submission, message), true);
    assert.deepEqual(await placeOf(all, message), [[all.drafts], ['$draft', '$seen']]);
    assert.equal(await all.cancel(result.submission, message), true);
    const sent = await all.submit({ ...message, holdUntil: null });
    assert.ok(sent.result === 'accepted' && sent.filed);
    assert.equal(await all.cancel(result.submission, message), false);
    assert.deepEqual(handed(all), onceTo('one'));
  });
});
