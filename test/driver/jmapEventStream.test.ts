import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvents, type StreamEvent } from '../../src-main/driver/jmap/eventStream.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const eventsIn = async (text: string, size = 1): Promise<StreamEvent[]> => {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(inPieces(text, size))) events.push(event);
  return events;
};

describe('a stream of events (HTML 9.2)', () => {
  it('is read the same in whatever pieces it comes, with any ends of lines', async () => {
    const lines = [
      '\uFEFF: hello',
      'event: state',
      'id: 7',
      'data: {"a":',
      'data:  "é"}',
      '',
      'data:x',
      'retry: 1',
      '',
      '',
    ];
    const expected = [
      { type: 'state', data: '{"a":\n "é"}', id: '7' },
      { type: 'message', data: 'x', id: '7' },
    ];
    for (const end of ['\n', '\r', '\r\n'])
      for (const size of [1, 2, 3, 5, 1000])
        assert.deepEqual(await eventsIn(lines.join(end), size), expected, `${JSON.stringify(end)} by ${size}`);
  });

  it('without data is none, and neither is what the end cuts off', async () => {
    assert.deepEqual(await eventsIn('event: state\n\nid: 1\n\ndata: cut off'), []);
  });

  it('keeps the last id that can go into a header', async () => {
    const ids = (await eventsIn('id: 1\ndata: x\n\ndata: x\n\nid: a\0b\ndata: x\n\nid\ndata: x\n\n')).map(
      ({ id }) => id,
    );
    assert.deepEqual(ids, ['1', '1', '1', '']);
  });

  it('is given up where a line or an event has no end', async () => {
    await assert.rejects(eventsIn(`data: ${'x'.repeat(200_000)}`, 10_000), { kind: 'server' });
    await assert.rejects(eventsIn(`data: ${'x'.repeat(1000)}\n`.repeat(1000), 10_000), { kind: 'server' });
  });
});
