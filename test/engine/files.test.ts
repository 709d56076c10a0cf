import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readEmail } from '../../src-main/store/emailReads.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { ServerMail } from '../servers/jmap/model.ts';
import { world } from '../support/world.ts';
import { syncedWorld } from '../support/worldImap.ts';
import { readingOn, type WorldReading } from '../support/worldReading.ts';

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;
const never = new AbortController().signal;

/** Bytes that every transfer encoding has to work for. */
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7 + (n >> 8)) % 128));

const mail: ServerMail = {
  subject: 'files',
  html: '<p>see <img src="cid:pic@tern"></p>',
  attachments: [
    { name: '../../evil\u202Efdp.exe', type: 'application/pdf', content: bytes.toString('latin1') },
    { name: 'pic.png', type: 'image/png', content: 'a picture', cid: 'pic@tern' },
    { name: 'empty.txt', type: 'text/plain', content: '' },
  ],
};

const worlds = [
  [
    'JMAP',
    async (t: TestContext) => {
      const w = await world(t, { mails: [mail] });
      await w.expectTrue();
      return { w, requests: () => w.server.requests.length };
    },
  ],
  [
    'IMAP',
    async (t: TestContext) => {
      const w = await syncedWorld(t, { mails: [mail] });
      return { w, requests: () => w.server.commands.length };
    },
  ],
] as const;

const partsOf = async (reading: WorldReading): Promise<string[]> =>
  (await reading.open('files')).attachments.map(({ part }) => part);

for (const [protocol, worldOf] of worlds) {
  describe(`B4: a part of an email over ${protocol}`, () => {
    it('is a file with its very bytes, under a safe name, for nobody else', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [pdf = ''] = await partsOf(reading);
      const file = await reading.readFile(reading.email('files'), pdf, never);
      assert.deepEqual(
        { ...file, path: basename(file.path) },
        { path: 'evilfdp.exe', name: 'evilfdp.exe', type: 'application/pdf', size: bytes.length },
      );
      assert.ok(readFileSync(file.path).equals(bytes));
      assert.equal(statSync(file.path).mode & 0o777, 0o600);
      assert.equal(statSync(dirname(file.path)).mode & 0o777, 0o700);
      assert.equal(dirname(dirname(file.path)), reading.folder);
    });

    it('has that name wherever it is told of', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const email = reading.email('files');
      const body = await reading.open('files');
      assert.ok(body.attachments.some(({ name }) => name === 'evilfdp.exe'));
      const told = w.store.read((db) => readEmail(db, 'world', email));
      assert.deepEqual(told?.attachments, body.attachments);
    });

    it('tells how far it is', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [pdf = ''] = await partsOf(reading);
      await reading.readFile(reading.email('files'), pdf, never);
      const told = reading.told.map(({ name, data }) => [name, (data as { done: number }).done]);
      assert.deepEqual(told.at(-1), ['download', bytes.length]);
    });

    it('is not read again as long as the file is there', async (t) => {
      const { w, requests } = await worldOf(t);
      const reading = readingOn(t, w);
      const [, picture = ''] = await partsOf(reading);
      const email = reading.email('files');
      const [first] = await Promise.all([
        reading.readFile(email, picture, never),
        reading.readFile(email, picture, never),
      ]);
      const before = requests();
      assert.deepEqual(await reading.readFile(email, picture, never), first);
      assert.equal(requests(), before);
      assert.equal(readFileSync(first.path, 'utf8'), 'a picture');
    });

    it('may be empty', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [, , empty = ''] = await partsOf(reading);
      assert.equal((await reading.readFile(reading.email('files'), empty, never)).size, 0);
    });

    it('that is not there is not found, and leaves nothing behind', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      await assert.rejects(reading.readFile(reading.email('files'), '77', never), fails('notFound'));
      const [pdf = ''] = await partsOf(reading);
      await w.server.destroy(Object.keys((await w.server.truth()).emails));
      if (protocol === 'IMAP') {
        await assert.rejects(reading.readFile(reading.email('files'), pdf, never), fails('notFound'));
        assert.deepEqual(existsSync(reading.folder) ? readdirSync(reading.folder) : [], []);
      }
    });

    it('that nobody waits for any more is given up, and leaves nothing behind', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [pdf = ''] = await partsOf(reading);
      w.server.trouble.hang();
      const giveUp = new AbortController();
      const read = reading.readFile(reading.email('files'), pdf, giveUp.signal);
      await w.until(() => existsSync(reading.folder) && readdirSync(reading.folder).length > 0);
      giveUp.abort(new TernError('cancelled', 'enough'));
      await assert.rejects(read, fails('cancelled'));
      await w.until(() => !existsSync(reading.folder) || readdirSync(reading.folder).length === 0);
    });

    it('that was given up can be asked for at once again', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [pdf = ''] = await partsOf(reading);
      const giveUp = new AbortController();
      const read = reading.readFile(reading.email('files'), pdf, giveUp.signal);
      giveUp.abort(new TernError('cancelled', 'enough'));
      await assert.rejects(read, fails('cancelled'));
      const file = await reading.readFile(reading.email('files'), pdf, never);
      assert.ok(readFileSync(file.path).equals(bytes));
    });

    it('of an email that is out of sight is not found', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [pdf = ''] = await partsOf(reading);
      w.store.write((tx) => tx.run('UPDATE emails SET is_hidden = 1'));
      await assert.rejects(reading.readFile(reading.email('files'), pdf, never), fails('notFound'));
      await assert.rejects(reading.readFile(reading.email('files'), null, never), fails('notFound'));
    });

    it('is an answer of the right kind where there is no network', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const [pdf = ''] = await partsOf(reading);
      await w.server.stop();
      await assert.rejects(reading.readFile(reading.email('files'), pdf, never), fails('network'));
    });
  });

  describe(`the source of an email over ${protocol}`, () => {
    it('is the message as it is', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      const { path, name, size } = await reading.readFile(reading.email('files'), null, never);
      const text = readFileSync(path, 'latin1');
      assert.equal(name, 'files.eml');
      assert.equal(size, text.length);
      assert.match(text, /^Date: .*\r\nFrom: .*\r\n/);
      assert.match(text, /\r\nContent-ID: <pic@tern>\r\n/);
      const held = w.store.read((db) => db.get<{ size: number }>('SELECT size FROM emails'));
      assert.equal(size, held?.size);
    });
  });
}

describe('B4: a part of a message that goes while it is read', () => {
  it('is not found: no file holds half of it', async (t) => {
    const large = { ...mail, attachments: [{ name: 'a.bin', type: 'application/x', content: 'x'.repeat(900_000) }] };
    const w = await syncedWorld(t, { mails: [large] });
    const reading = readingOn(t, w);
    const [part = ''] = await partsOf(reading);
    const id = w.server.emailAt('INBOX', 1) ?? '';
    let pieces = 0;
    w.server.trouble.beforeCommand(async ({ line }) => {
      if (!line.includes(`BODY.PEEK[${part}]`)) return;
      pieces += 1;
      if (pieces === 2) await w.server.destroy([id]);
    });
    await assert.rejects(reading.readFile(reading.email('files'), part, never), fails('notFound'));
    assert.ok(pieces >= 2);
    assert.deepEqual(existsSync(reading.folder) ? readdirSync(reading.folder) : [], []);
  });
});

describe('B4: a part of a message whose structure makes no sense', () => {
  it('is taken out of the message', async (t) => {
    const w = await syncedWorld(t, { mails: [mail] });
    w.server.trouble.answerItem(w.server.emailAt('INBOX', 1) ?? '', 'BODYSTRUCTURE', 'NIL');
    const reading = readingOn(t, w);
    w.store.write((tx) => tx.run('DELETE FROM attachments'));
    const { attachments, html } = await reading.open('files');
    assert.match(html ?? '', /see/);
    const pdf = attachments.find(({ type }) => type === 'application/pdf');
    const file = await reading.readFile(reading.email('files'), pdf?.part ?? '', never);
    assert.ok(readFileSync(file.path).equals(bytes));
  });
});
