import { TernError } from '../../../src-shared/errors.ts';

/** An event of a stream (WHATWG HTML section 9.2). `id`: the last one that the stream named, empty before the first. */
export type StreamEvent = { type: string; data: string; id: string };

/** In characters. What goes on for longer is no stream of events. */
const LONGEST_LINE = 128 * 1024;
const LARGEST_EVENT = 512 * 1024;

/** The events in a text/event-stream, as they end. Throws `server` where a line or an event is too long. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void, void> {
  let event = { type: '', data: '', id: '' };
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (event.data !== '') yield { ...event, type: event.type || 'message', data: event.data.slice(0, -1) };
      event = { type: '', data: '', id: event.id };
      continue;
    }
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === 'event') event.type = value;
    else if (name === 'data') event.data += `${value}\n`;
    else if (name === 'id' && !value.includes('\0')) event.id = value;
    if (event.data.length > LARGEST_EVENT) throw tooLong();
  }
}

/** Lines end with CR, LF or both; one that the end of the stream cuts off is dropped. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let endedByCr = false;
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text === '') continue;
    const lines = (rest + (endedByCr && text.startsWith('\n') ? text.slice(1) : text)).split(/\r\n|\r|\n/);
    endedByCr = text.endsWith('\r');
    rest = lines.pop() ?? '';
    if ([...lines, rest].some(({ length }) => length > LONGEST_LINE)) throw tooLong();
    yield* lines;
  }
}

const tooLong = (): TernError => new TernError('server', 'the mail server sends events without an end');
