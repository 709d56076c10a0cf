import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { openEventSource } from '../../src-main/driver/jmap/eventSource.ts';
import { createHttp } from '../../src-main/driver/jmap/http.ts';
import { fetchSession } from '../../src-main/driver/jmap/session.ts';
import { SILENCE_MS } from '../../src-main/driver/silence.ts';
import { fakeClock } from '../support/clock.ts';
import { listening } from '../support/listening.ts';

const signal = new AbortController().signal;

/** A server whose one event has that id; answers what it was asked to go on after. */
const goingOn = async (t: TestContext, id: string): Promise<(string | undefined)[]> => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url, headers }, response) => {
    if (url === '/') {
      const session = { apiUrl: '/', eventSourceUrl: '/events', accounts: { a: {} } };
      return void response.end(JSON.stringify(session));
    }
    asked.push(headers['last-event-id'] as string | undefined);
    response.setHeader('Content-Type', 'text/event-stream');
    response.end(`id: ${id}\nevent: ping\ndata: {"interval":30}\n\n`);
  });
  const port = await listening(t, server);
  const clock = fakeClock();
  const http = createHttp({ type: 'bearer', token: 'abc' }, clock, SILENCE_MS);
  const url = new URL(`http://127.0.0.1:${port}/`);
  const session = await fetchSession(http, url, () => true, clock, signal);
  let last = '';
  for (const _ of [1, 2]) {
    const source = await openEventSource({ http, session, clock }, last, signal);
    for await (const told of source.events()) assert.equal(told.type, 'ping');
    last = source.lastEventId();
    await source.close();
  }
  return asked;
};

describe('J7: a stream goes on', () => {
  it('behind its last event', async (t) => assert.deepEqual(await goingOn(t, '1/7'), [undefined, '1/7']));

  for (const id of ['Grüße \u{1F426}', '\u0001', ' '])
    it(`without an id that no header can have: ${JSON.stringify(id)}`, async (t) =>
      assert.deepEqual(await goingOn(t, id), [undefined, undefined]));
});
