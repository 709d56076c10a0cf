import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import type { Store } from '../../src-main/store/db.ts';
import { TernError } from '../../src-shared/errors.ts';
import { world } from '../support/world.ts';
import { syncedWorld } from '../support/worldImap.ts';
import { readingOn, type WorldReading } from '../support/worldReading.ts';

const never = new AbortController().signal;
const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

const lines = (text: string): string => text.replaceAll('\n', '\r\n');

const innermost = lines(`Subject: innermost
From: Carol <carol@example.test>
Content-Type: text/plain

deep
`);

const inner = lines(`Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
From: Bob <bob@example.test>
To: Alice <alice@example.test>
Date: Thu, 1 Jan 2026 10:00:00 +0200
Content-Type: multipart/mixed; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

<p>forwarded</p><script>x</script><img src="cid:pic"><img src="http://tracker.example/a.gif">
--inner
Content-Type: image/png; name="../pic.png"
Content-ID: <pic>
Content-Transfer-Encoding: base64

aGVsbG8=
--inner
Content-Type: message/rfc822

${innermost}
--inner--
`);

const outer = Buffer.from(
  lines(`Subject: look at this
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: text/plain

see below
--outer
Content-Type: message/rfc822
Content-Disposition: attachment; filename=inner.eml

`) +
    inner +
    lines(`
--outer--
`),
);

type Read = WorldReading & { server: { stop(): Promise<void> }; store: Store };

const worlds: [string, (t: TestContext) => Promise<Read>][] = [
  [
    'JMAP',
    async (t) => {
      const attachments = [{ name: 'inner.eml', type: 'message/rfc822', content: inner }];
      const w = await world(t, { mails: [{ subject: 'look at this', attachments }] });
      await w.expectTrue();
      return { ...readingOn(t, w), server: w.server, store: w.store };
    },
  ],
  [
    'IMAP',
    async (t) => {
      const w = await syncedWorld(t, { mails: [{ raw: outer }] });
      return { ...readingOn(t, w), server: w.server, store: w.store };
    },
  ],
];

for (const [protocol, readingIn] of worlds) {
  describe(`B4: a message that is attached to an email over ${protocol}`, () => {
    it('is opened as an email is: safe, with its head and its own parts', async (t) => {
      const reading = await readingIn(t);
      const email = reading.email('look at this');
      const [message] = (await reading.open('look at this')).attachments;
      assert.equal(message?.type, 'message/rfc822');
      const part = message?.part ?? '';
      const opened = await reading.openBody(email, { part, remoteContent: false }, never);
      assert.deepEqual(opened.message, {
        subject: 'Grüße',
        from: [{ name: 'Bob', email: 'bob@example.test' }],
        to: [{ name: 'Alice', email: 'alice@example.test' }],
        cc: [],
        sentAt: '2026-01-01T08:00:00.000Z',
      });
      assert.match(opened.html ?? '', /<p>forwarded<\/p>/);
      assert.doesNotMatch(opened.html ?? '', /script|tracker/);
      assert.equal(opened.blockedRemote, 1);
      const [picture, deeper] = opened.attachments;
      assert.deepEqual([picture?.part, deeper?.part], [`${part}/2`, `${part}/3`]);
      assert.equal(picture?.name, 'pic.png');
      assert.match(opened.html ?? '', new RegExp(`/part/${encodeURIComponent(`${part}/2`)}"`));
      const file = await reading.readFile(email, picture?.part ?? '', never);
      assert.deepEqual([file.name, readFileSync(file.path, 'utf8')], ['pic.png', 'hello']);
    });

    it('may have others in it', async (t) => {
      const reading = await readingIn(t);
      const email = reading.email('look at this');
      const [message] = (await reading.open('look at this')).attachments;
      const deep = await reading.openBody(email, { part: `${message?.part}/3`, remoteContent: false }, never);
      assert.deepEqual([deep.message?.subject, deep.text.trim(), deep.html], ['innermost', 'deep', null]);
    });

    it('hands out its parts to several at once, each of them there', async (t) => {
      const reading = await readingIn(t);
      const email = reading.email('look at this');
      const [message] = (await reading.open('look at this')).attachments;
      const files = await Promise.all([1, 2, 3, 4].map(() => reading.readFile(email, `${message?.part}/2`, never)));
      for (const { path } of files) assert.equal(readFileSync(path, 'utf8'), 'hello');
    });

    it('is opened again without the network, and so are those in it', async (t) => {
      const reading = await readingIn(t);
      const email = reading.email('look at this');
      const [message] = (await reading.open('look at this')).attachments;
      const part = message?.part ?? '';
      const open = (each: string) => reading.openBody(email, { part: each, remoteContent: false }, never);
      const first = await open(part);
      assert.equal(first.source, 'server');
      await reading.server.stop();
      assert.deepEqual(await open(part), { ...first, source: 'cache' });
      const deep = await open(`${part}/3`);
      assert.deepEqual([deep.source, deep.text.trim()], ['cache', 'deep']);
    });

    it('has parts that are not taken out of it again while they are there, and nobody gets once it is gone', async (t) => {
      const reading = await readingIn(t);
      const email = reading.email('look at this');
      const [message] = (await reading.open('look at this')).attachments;
      const part = message?.part ?? '';
      const read = () => reading.readFile(email, `${part}/2`, never);
      const picture = await read();
      rmSync((await reading.readFile(email, part, never)).path);
      await reading.server.stop();
      assert.deepEqual(await read(), picture);
      reading.store.write((tx) => tx.run('UPDATE emails SET is_hidden = 1'));
      await assert.rejects(read, fails('notFound'));
    });

    it('is told from other parts, and has only the parts that it has', async (t) => {
      const reading = await readingIn(t);
      const email = reading.email('look at this');
      const [message] = (await reading.open('look at this')).attachments;
      const open = (part: string) => reading.openBody(email, { part, remoteContent: false }, never);
      await assert.rejects(open(`${message?.part}/2`), fails('invalid'));
      await assert.rejects(open(`${message?.part}/9`), fails('notFound'));
      await assert.rejects(open(`${message?.part}/2/1`), fails('invalid'));
      await assert.rejects(open(`${message?.part}${'/3'.repeat(30)}`), fails('notFound'));
    });
  });
}

describe('B4: a part whose id has a slash at its server', () => {
  it('is not taken for a part of the message that is attached beside it', async (t) => {
    const attachments = [
      { name: 'inner.eml', type: 'message/rfc822', content: inner },
      { name: 'a.txt', type: 'text/plain', content: 'beside' },
    ];
    const w = await world(t, { mails: [{ subject: 'look at this', attachments }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    const parts = attachments.map(({ type }, at) => ({ type, blobId: `G${id}_${at + 3}`, size: 1 }));
    const [message, beside] = parts;
    await w.server.override(id, {
      attachments: [
        { ...message, partId: '3' },
        { ...beside, partId: '3/2' },
        { ...beside, partId: '3%2F2' },
      ],
    });
    await w.expectTrue();
    const reading = readingOn(t, w);
    const told = (await reading.open('look at this')).attachments.map(({ part }) => part);
    assert.deepEqual(told, ['3', '3%252F2', '3%2F2']);
    const read = async (part: string): Promise<string> =>
      readFileSync((await reading.readFile(reading.email('look at this'), part, never)).path, 'utf8');
    assert.deepEqual(await Promise.all([...told.slice(1), '3/2'].map(read)), ['beside', 'beside', 'hello']);
  });
});

describe('B4: messages in messages in messages', () => {
  it('are looked into no deeper than ten messages', async (t) => {
    let message = 'Subject: 0\r\n\r\nthe words\r\n';
    for (let level = 1; level <= 11; level++)
      message = `Subject: ${level}\r\nContent-Type: message/rfc822\r\n\r\n${message}`;
    const w = await syncedWorld(t, { mails: [{ raw: Buffer.from(message) }] });
    const reading = readingOn(t, w);
    await reading.open('11');
    const open = (part: string) => reading.openBody(reading.email('11'), { part, remoteContent: false }, never);
    const tenth = `1${'/1'.repeat(9)}`;
    const opened = await open(tenth);
    assert.deepEqual([opened.message?.subject, opened.attachments.map(({ part }) => part)], ['1', [`${tenth}/1`]]);
    await assert.rejects(open(`${tenth}/1`), fails('notFound'));
  });
});
