import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, rmSync, truncateSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createHttp } from '../../src-main/driver/jmap/http.ts';
import { SILENCE_MS } from '../../src-main/driver/silence.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { fakeClock } from '../support/clock.ts';
import { listening } from '../support/listening.ts';
import { folderFor, happens, trusting, writeMessage } from '../support/sending.ts';

const MEGABYTE = 1_000_000;
/** In ms: so long it may take where it goes as slowly as is put up with. */
const SENDING_MS = MEGABYTE / 16;

/** An upload of a megabyte that a server has read, and not answered yet. */
const uploading = async (t: TestContext) => {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => request.resume().on('end', () => waiting.push(response)));
  const port = await listening(t, server);
  const { file } = writeMessage(folderFor(t), { raw: 'x'.repeat(MEGABYTE) });
  const clock = fakeClock();
  const http = createHttp({ type: 'bearer', token: 'abc' }, clock, SILENCE_MS);
  let ended = '';
  const begin = (): void => {
    const url = new URL(`http://127.0.0.1:${port}/`);
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
  const upload = (t: TestContext, serve: RequestListener, spoil?: (path: string) => void): Promise<string> =>
    uploadTo(t, createServer(serve), 'http', spoil);
  const uploadTo = async (
    t: TestContext,
    server: Server,
    scheme: 'http' | 'https' = 'http',
    spoil?: (path: string) => void,
  ): Promise<string> => {
    const port = await listening(t, server);
    const { file } = writeMessage(folderFor(t), { raw: bytes });
    spoil?.(file.path);
    const http = createHttp({ type: 'bearer', token: 'abc' }, fakeClock(), SILENCE_MS);
    const url = new URL(`${scheme}://127.0.0.1:${port}/`);
    const ended = await http.upload(url, file, 'message/rfc822', new AbortController().signal).then(
      ({ status, text }) => `${status} ${text}`,
      ({ kind }) => kind,
    );
    await happens(() => !isOpen(file.path), 'the file is closed');
    return ended;
  };
  /** Whether this process has a file open, where the system tells. */
  const isOpen = (path: string): boolean =>
    process.platform === 'linux' &&
    readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
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

  it('leaves a server that has answered and reads no further', async (t) => {
    for (const [answer, expected] of [
      ['413 No\r\nContent-Length: 8\r\n\r\ntoo much', '413 too much'],
      ['204 Well\r\n\r\n', '204 '],
    ] as const) {
      let heard = 0;
      const sockets: Socket[] = [];
      const server = createSocketServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined).on('data', (piece) => (heard += piece.length));
        socket.once('data', () => socket.pause().write(`HTTP/1.1 ${answer}`));
      });
      assert.equal(await uploadTo(t, server), expected);
      assert.equal(sockets.length, 1);
      for (const socket of sockets) await once(socket.resume(), 'close');
      assert.ok(heard < bytes.length, `${heard}`);
    }
  });

  it('is encrypted where its address says so, for a server that is trusted alone', async (t) => {
    const folder = folderFor(t);
    const ca = makeCertificate(folder, 'valid');
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)));
    const server = (): Server => createSecureServer({ key, cert }, answerHash);
    assert.equal(await uploadTo(t, server(), 'https'), 'tls');
    trusting(t, ca);
    assert.match(await uploadTo(t, server(), 'https'), /^200 /);
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
