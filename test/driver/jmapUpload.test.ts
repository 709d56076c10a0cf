import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, truncateSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createHttp } from '../../src-main/driver/jmap/http.ts';
import { SILENCE_MS } from '../../src-main/driver/silence.ts';
import { fakeClock } from '../support/clock.ts';
import { folderFor, happens, writeMessage } from '../support/sending.ts';

const MEGABYTE = 1_000_000;
/** In ms: so long it may take where it goes as slowly as is put up with. */
const SENDING_MS = MEGABYTE / 16;

/** An upload of a megabyte that a server has read, and not answered yet. */
const uploading = async (t: TestContext) => {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => request.resume().on('end', () => waiting.push(response)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { file } = writeMessage(folderFor(t), { raw: 'x'.repeat(MEGABYTE) });
  const clock = fakeClock();
  const http = createHttp({ type: 'bearer', token: 'abc' }, clock, SILENCE_MS);
  let ended = '';
  const begin = (): void => {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    http.upload(url, file, 'message/rfc822', new AbortController().signal).then(
      ({ status }) => (ended = String(status)),
      ({ kind }) => (ended = kind),
    );
  };
  return { clock, http, begin, waiting, ended: () => ended };
};

describe('H1: an upload', () => {
  for (const when of ['before it began', 'while it goes'])
    it(`takes its time also where its connection was doubted ${when}`, async (t) => {
      const { clock, http, begin, waiting, ended } = await uploading(t);
      if (when === 'before it began') http.probe();
      begin();
      if (when === 'while it goes') http.probe();
      await happens(() => waiting.length === 1, 'the upload');
      await clock.advance(SENDING_MS);
      assert.equal(ended(), '');
      waiting[0]?.end('{}');
      await happens(() => ended() !== '', 'an answer');
      assert.equal(ended(), '200');
    });

  it('is given up in the end', async (t) => {
    const { clock, begin, waiting, ended } = await uploading(t);
    begin();
    await happens(() => waiting.length === 1, 'the upload');
    await clock.advance(SENDING_MS + SILENCE_MS);
    await happens(() => ended() !== '', 'an end');
    assert.equal(ended(), 'network');
  });

  /** Uploads 20 MB to a server that does this; answers the status, or the kind of error. */
  const upload = async (t: TestContext, serve: RequestListener, spoil?: (path: string) => void): Promise<string> => {
    const server = createServer(serve);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const { file } = writeMessage(folderFor(t), { raw: bytes });
    spoil?.(file.path);
    const http = createHttp({ type: 'bearer', token: 'abc' }, fakeClock(), SILENCE_MS);
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return http.upload(url, file, 'message/rfc822', new AbortController().signal).then(
      ({ status, text }) => `${status} ${text}`,
      ({ kind }) => kind,
    );
  };
  const bytes = randomBytes(20 * MEGABYTE);
  const hashOf = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
  const answerHash: RequestListener = (request, response) => {
    const hash = createHash('sha256');
    const { 'content-length': length, 'content-type': type } = request.headers;
    request.on('data', (piece: Buffer) => hash.update(piece));
    request.on('end', () => response.end(`${length} ${type} ${hash.digest('hex')}`));
  };

  it('brings every byte, and says beforehand how many', async (t) => {
    assert.equal(await upload(t, answerHash), `200 ${bytes.length} message/rfc822 ${hashOf(bytes)}`);
  });

  it('hears a server that answers before it has read all of it', async (t) => {
    for (const status of [413, 204]) {
      const ended = await upload(t, (_request, response) => {
        response.writeHead(status);
        response.end(status === 413 ? 'too much' : undefined);
      });
      assert.equal(ended.trim(), status === 413 ? '413 too much' : '204');
    }
  });

  it('ends where the connection is lost, or the file is not what it was', async (t) => {
    assert.equal(await upload(t, ({ socket }) => void socket.destroy()), 'network');
    assert.equal(await upload(t, answerHash, (path) => truncateSync(path, 1)), 'storage');
    assert.equal(await upload(t, answerHash, (path) => rmSync(path)), 'storage');
    const shrinks: RequestListener = (request) => void request.once('data', () => truncateSync(paths[0] ?? '', 1));
    const paths: string[] = [];
    assert.equal(await upload(t, shrinks, (path) => paths.push(path)), 'storage');
  });
});
