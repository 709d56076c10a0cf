import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createHttp } from '../../src-main/driver/jmap/http.ts';
import { SILENCE_MS } from '../../src-main/driver/silence.ts';
import { fakeClock } from '../support/clock.ts';
import { happens } from '../support/sending.ts';

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
  const clock = fakeClock();
  const http = createHttp({ type: 'bearer', token: 'abc' }, clock, SILENCE_MS);
  let ended = '';
  const begin = (): void => {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    http.upload(url, new Blob(['x'.repeat(MEGABYTE)]), new AbortController().signal).then(
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
});
