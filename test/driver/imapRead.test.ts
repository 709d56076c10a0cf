import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FetchedBody } from '../../src-main/driver/driver.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { ImapMail } from '../servers/imap/messages.ts';
import { settle } from '../support/clock.ts';
import { type ImapWorld, imapWorld, linesOf, namesUid, syncedWorld } from '../support/worldImap.ts';

const signal = new AbortController().signal;

const raw = (lines: string): ImapMail => ({ raw: Buffer.from(lines.replaceAll('\n', '\r\n'), 'latin1') });

const at = (w: ImapWorld, uid: number): string => w.server.emailAt('INBOX', uid) ?? '';

const read = async (w: ImapWorld, maxBytes = 64 * 1024): Promise<(FetchedBody | TernError | undefined)[]> => {
  const driver = await w.engine.reader(signal);
  const ids = Object.keys(w.view().emails).toSorted();
  const found = await driver.readBodies(ids, { cursors: w.store.read(readCursors), maxBytes }, signal);
  return ids.map((id) => found.get(id));
};

const textsOf = (body: FetchedBody | TernError | undefined): string[] => {
  assert.ok(body && 'source' in body, `a body that was taken apart, not ${JSON.stringify(body)}`);
  return body.source.texts.map(({ type, text }) => `${type}: ${text.trim()}`);
};

const alternative = raw(`Subject: two ways
Content-Type: multipart/mixed; boundary=out

--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=iso-8859-1; format=flowed; delsp=yes
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--in
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+R3LDvMOfZTwvcD4=
--in--
--out
Content-Type: application/pdf; name=big.pdf
Content-Disposition: attachment
Content-Transfer-Encoding: base64

${'A'.repeat(400)}
--out--
`);

describe('B7: a body over IMAP', () => {
  it('is there also of mail that came while the connection to read by had its mailbox open', async (t) => {
    const w = await syncedWorld(t, { mails: 1 });
    await read(w);
    await w.server.deliver([{ subject: 'just in', text: 'Here I am.' }, { subject: 'and another' }]);
    await w.sync();
    const [, body] = await read(w);
    assert.deepEqual(textsOf(body), ['text/plain: Here I am.']);
    const opened = linesOf(w, 'EXAMINE').length;
    await read(w);
    assert.equal(linesOf(w, 'EXAMINE').length, opened, 'what is known is read without opening it anew');
  });

  it('is its texts alone, by their charset and transfer encoding; nothing that is attached is fetched', async (t) => {
    const w = await syncedWorld(t, { mails: [alternative] });
    const [body] = await read(w);
    assert.deepEqual(textsOf(body), ['text/plain: Grüße', 'text/html: <p>Grüße</p>']);
    assert.ok(body && 'source' in body);
    assert.deepEqual(body.source.texts[0], {
      part: '1.1',
      type: 'text/plain',
      text: 'Grüße',
      isTruncated: false,
      isFlowed: true,
      delSp: true,
    });
    assert.deepEqual(body.source.textBody, [{ part: '1.1', type: 'text/plain' }]);
    assert.deepEqual(body.source.htmlBody, [{ part: '1.2', type: 'text/html' }]);
    assert.deepEqual(
      body.attachments.map(({ part, name }) => [part, name]),
      [['2', 'big.pdf']],
    );
    const fetches = linesOf(w, 'UID FETCH');
    assert.match(fetches.at(-1) ?? '', /BODY\.PEEK\[1\.1\]<0\.\d+> BODY\.PEEK\[1\.2\]<0\.\d+>/);
    assert.deepEqual(
      fetches.filter((line) => /PEEK\[2?\]/.test(line)),
      [],
    );
  });

  it('leaves the message unread', async (t) => {
    const w = await syncedWorld(t, { mails: 1 });
    await read(w);
    await w.expectTrue();
    assert.deepEqual(Object.values(w.view().emails)[0]?.keywords, []);
  });

  it('of many messages takes two commands for those that are made alike', async (t) => {
    const w = await syncedWorld(t, { mails: 20 });
    assert.equal((await read(w)).filter((body) => textsOf(body).length === 1).length, 20);
    assert.equal(linesOf(w, 'UID FETCH').length, 2);
  });

  it('is cut off where a text is long, and says so', async (t) => {
    const w = await syncedWorld(t, { mails: [{ text: 'long '.repeat(1000) }, { text: 'short' }] });
    const bodies = await read(w, 100);
    const texts = bodies.flatMap((body) => (body && 'source' in body ? body.source.texts : []));
    assert.deepEqual(
      texts.map(({ text, isTruncated }) => [text.length, isTruncated]),
      [
        [150, true],
        [5, false],
      ],
    );
  });

  it('is the message itself where its structure makes no sense', async (t) => {
    const mail = raw('Subject: odd\n\nthe text\n');
    const w = await syncedWorld(t, { mails: [mail, { text: 'the other' }] });
    w.server.trouble.answerItem(at(w, 1), 'BODYSTRUCTURE', '("text" "plain")');
    const [odd, other] = await read(w);
    assert.ok(odd && !(odd instanceof TernError) && 'message' in odd);
    assert.deepEqual(Buffer.from(odd.message), mail.raw);
    assert.equal(odd.isTruncated, false);
    assert.deepEqual(textsOf(other), ['text/plain: the other']);
  });

  it('is there of all others where the server dies at one', async (t) => {
    const w = await syncedWorld(t, { mails: 8 });
    w.server.trouble.fail(
      ({ verb, line }) => verb === 'UID FETCH' && namesUid(line.split(' ')[3] ?? '', 3),
      { kind: 'drop' },
      99,
    );
    const bodies = await read(w);
    assert.equal(bodies.filter((body) => body && 'source' in body).length, 7);
    assert.ok(bodies[2] instanceof TernError);
    assert.equal(bodies[2].kind, 'network');
  });

  it('of a message that is gone is left out', async (t) => {
    const w = await syncedWorld(t, { mails: 2 });
    await w.server.destroy([at(w, 1)]);
    const [gone, there] = await read(w);
    assert.equal(gone, undefined);
    assert.deepEqual(textsOf(there), ['text/plain: This is the text of message 2.']);
  });

  it('is read over a third connection, which goes when nobody reads', async (t) => {
    const w = await syncedWorld(t, { mails: 1 });
    const before = w.server.connections.open;
    await read(w);
    await read(w);
    assert.equal(w.server.connections.open, before + 1);
    await w.clock.advance(60_000);
    await w.until(() => w.server.connections.open === before, 'the end of the connection');
  });

  it('of more than fifty texts is the message itself', async (t) => {
    const parts = Array.from({ length: 60 }, (_, n) => `--x\n\nword${n}\n`).join('');
    const w = await syncedWorld(t, {
      mails: [raw(`Subject: many\nContent-Type: multipart/mixed; boundary=x\n\n${parts}--x--\n`)],
    });
    const [body] = await read(w);
    assert.ok(body && !(body instanceof TernError) && 'message' in body);
    assert.match(Buffer.from(body.message).toString(), /word59/);
  });

  it('is not read from a mailbox that was numbered anew', async (t) => {
    const w = await syncedWorld(t, { mails: 1 });
    w.server.trouble.renumber(w.server.mailboxId('inbox'));
    await assert.rejects(read(w), (error) => error instanceof TernError && error.kind === 'notFound');
  });

  it('is read also where the server allows two connections: that of IDLE gives way', async (t) => {
    const w = await syncedWorld(t, { mails: 1 });
    // A connection that is only being made gives way by itself.
    await w.until(() => w.server.commands.some(({ verb, status }) => verb === 'IDLE' && status === null), 'IDLE');
    assert.equal(w.server.connections.open, 2);
    w.server.trouble.maxConnections(2, 'no');
    const ended: unknown[] = [];
    const reading = read(w).finally(() => ended.push(true));
    reading.catch(() => undefined);
    for (; ended.length === 0; await w.clock.advance(50)) await settle(20);
    assert.equal(textsOf((await reading)[0]).length, 1);
  });

  it('is that of its own mailbox, also where others swapped the names of two', async (t) => {
    const w = await imapWorld(t, { mails: 0 });
    const [one, two] = [await w.server.createMailbox('One'), await w.server.createMailbox('Two')];
    await w.server.deliver([
      { subject: 'a', text: 'in one', mailboxIds: [one] },
      { subject: 'b', text: 'in two', mailboxIds: [two] },
    ]);
    await w.expectTrue();
    const texts = async (): Promise<string[]> => (await read(w)).flatMap(textsOf).toSorted((a, b) => (a < b ? -1 : 1));
    const subjects = Object.entries(w.view().emails).map(([id, { subject }]) => `${id} ${subject}`);
    const before = await read(w);
    await w.server.renameMailbox(one, 'Aside');
    await w.server.renameMailbox(two, 'One');
    await w.server.renameMailbox(one, 'Two');
    await w.expectTrue();
    assert.deepEqual(
      Object.entries(w.view().emails).map(([id, { subject }]) => `${id} ${subject}`),
      subjects,
    );
    assert.deepEqual((await read(w)).map(textsOf), before.map(textsOf));
    assert.deepEqual(await texts(), ['text/plain: in one', 'text/plain: in two']);
  });
});
