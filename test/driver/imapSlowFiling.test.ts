import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { createImapDriver } from '../../src-main/driver/imap/driver.ts';
import { pour } from '../../src-main/driver/imap/literal.ts';
import { PIECE } from '../../src-main/driver/messageFile.ts';
import { fakeClock, settle } from '../support/clock.ts';
import { accountInProcess, ID, nothingHeld } from '../support/filing.ts';
import { listening } from '../support/listening.ts';
import { folderFor, happens, writeMessage } from '../support/sending.ts';

/** More than the buffers of this machine between two programs hold, in bytes. */
const MUCH = 12_000_000;

/** A way to a server that what is sent goes only so far, in bytes, until it is widened. */
const narrowWay = async (t: TestContext, target: number) => {
  const way = { port: 0, sent: 0, most: 1_000_000, widen: (_most: number): void => undefined };
  const server = createServer((client) => {
    const there = connect(target, '127.0.0.1');
    client.on('close', () => there.destroy()).on('error', () => undefined);
    there.on('close', () => client.destroy()).on('error', () => undefined);
    there.pipe(client);
    client.on('data', (bytes: Buffer) => {
      way.sent += bytes.length;
      there.write(bytes);
      if (way.sent > way.most) client.pause();
    });
    way.widen = (most) => {
      way.most = most;
      client.resume();
    };
  });
  way.port = await listening(t, server);
  return way;
};

describe('SF2: a message that goes slowly', () => {
  it('is not given up as long as the server takes more of it', async (t) => {
    const { server, account } = await accountInProcess(t);
    const { imap } = account.config;
    const way = await narrowWay(t, imap.port);
    const clock = fakeClock();
    const config = { ...account.config, imap: { ...imap, port: way.port } };
    const driver = createImapDriver({ config, credential: account.credential, clock });
    t.after(() => driver.close());
    const { signal } = new AbortController();
    const cursors: Record<string, string> = {};
    await driver.open(null, signal);
    for await (const delta of driver.pull(cursors, nothingHeld, signal, { thorough: true }))
      for (const { key, to } of delta.cursors) cursors[key] = to ?? '';
    const raw = `Message-ID: <${ID}>\r\n\r\n${'a line of it\r\n'.repeat((3 * MUCH) / 14)}`;
    const { file } = writeMessage(folderFor(t), { raw });
    const rest = { messageId: ID, mailbox: 'Sent', keywords: [], receivedAt: 0, journal: null };
    const filing = driver.mailer?.file({ file, ...rest }, { cursors, note: async () => undefined }, signal);
    for (const most of [way.most, way.most + MUCH]) {
      way.widen(most);
      await happens(() => way.sent > most, 'more of the message');
      await clock.advance(15_000);
    }
    way.widen(Number.POSITIVE_INFINITY);
    assert.equal((await filing)?.result, 'done');
    assert.equal(Object.keys((await server.truth()).emails).length, 1);
  });

  it('is read no faster than it is taken', async (t) => {
    const { file } = writeMessage(folderFor(t), { raw: 'x'.repeat(20 * PIECE) });
    const into = new PassThrough();
    let taken = 0;
    const pouring = pour(into, file, (bytes) => (taken += bytes));
    await settle(2_000);
    assert.ok(taken <= 2 * PIECE, `${taken} bytes`);
    into.resume();
    await pouring;
    assert.equal(taken, file.size);
  });
});
