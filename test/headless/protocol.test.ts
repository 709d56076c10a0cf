import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { calls } from '../../src-shared/contract.ts';
import { type Host, type Line, startHost } from '../support/host.ts';
import { until } from '../support/processes.ts';

const MB = 1024 * 1024;

describe('the headless protocol', () => {
  let host: Host;
  before(() => {
    host = startHost();
  });
  after(async () => assert.equal(await host.end(), 0));

  /** Writes text as it is and answers the next n lines that come. */
  const send = async (text: string, n: number): Promise<Line[]> => {
    const seen = host.lines.length;
    host.process.stdin.write(text);
    await until(`${n} lines`, () => host.lines.length >= seen + n);
    return host.lines.slice(seen);
  };
  const info = (id: unknown): string => JSON.stringify({ id, call: 'app.info', account: null, input: {} });

  it('answers one line with the id and nothing but the output', async () => {
    const line = await host.raw(info(7), 7);
    assert.deepEqual(Object.keys(line), ['id', 'ok']);
    const { dataDir, electron, node } = calls['app.info'].output.parse(line.ok);
    assert.deepEqual([dataDir, electron, node], [host.dataDir, null, process.versions.node]);
  });

  it('echoes the id as it came, number or string', async () => {
    for (const id of ['seven', '', 0, -1, 1.5, 2 ** 53, '7', 'ключ 🔑'])
      assert.equal((await host.raw(info(id), id)).id, id);
  });

  it('takes account and input as optional, account null as none', async () => {
    for (const text of ['{"id":11,"call":"app.info"}', '{"id":11,"call":"app.info","account":null,"input":null}'])
      assert.ok((await host.raw(text, 11)).ok);
  });

  it('answers what is no request with id null and invalid', async () => {
    for (const text of [
      '{',
      'hello',
      '[]',
      'null',
      '5',
      '"text"',
      '{"call":"app.info"}',
      '{"id":null,"call":"app.info"}',
    ]) {
      const [line, ...more] = await send(`${text}\n`, 1);
      assert.deepEqual([line?.id, line?.error?.kind, more], [null, 'invalid', []], text);
    }
  });

  it('answers a bad request that has an id with that id and invalid', async () => {
    const requests = [
      { id: 21 },
      { id: 21, call: 5 },
      { id: 21, call: 'app.info', surprise: 1 },
      { id: 21, call: 'app.info', account: 5 },
      { id: 21, call: 'x'.repeat(101) },
      { id: 21, call: 'nope.nothing' },
      { id: 21, call: 'toString' },
      { id: 21, call: '__proto__' },
      { id: 21, call: 'app.info', input: 5 },
      { id: 21, call: 'app.info', input: [] },
    ];
    for (const request of requests) {
      const line = await host.raw(JSON.stringify(request), 21);
      assert.deepEqual([line.id, line.error?.kind, 'ok' in line], [21, 'invalid', false], JSON.stringify(request));
    }
  });

  it('answers every call that is not built yet with unsupported', async () => {
    const planned = Object.entries(calls).filter(([, { built }]) => !built);
    for (const [call, { scope }] of planned) {
      const line = await host.ask({ call, account: scope === 'app' ? null : 'some-account', input: { any: 'thing' } });
      assert.equal(line.error?.kind, 'unsupported', call);
    }
    assert.ok(planned.length > 0);
  });

  it('reads two requests in one chunk, one over many chunks, CRLF and empty lines', async () => {
    const two = await send(`${info('a')}\n${info('b')}\n`, 2);
    assert.deepEqual(two.map(({ id }) => String(id)).toSorted(), ['a', 'b']);
    const seen = host.lines.length;
    const bytes = Buffer.from(`${info('größe €🙂')}\n`);
    for (const byte of bytes) {
      host.process.stdin.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    await until('an answer', () => host.lines.length > seen);
    assert.equal(host.lines.at(-1)?.id, 'größe €🙂');
    const lines = await send(`\r\n\n   \n${info('crlf')}\r\n\n`, 1);
    assert.deepEqual(
      lines.map(({ id, error }) => [id, error]),
      [['crlf', undefined]],
    );
  });

  it('takes a string with any character that JSON allows unescaped', async () => {
    for (const id of ['\u2028', '\u2029', '\u0085', '\ufeff', '\u{10ffff}', '\u007f']) {
      const [line] = await send(`{"id":"a${id}b","call":"app.info"}\n`, 1);
      assert.deepEqual([line?.id, line?.error], [`a${id}b`, undefined], JSON.stringify(id));
    }
    // Blanks between tokens may be carriage returns, too (RFC 8259 section 2).
    const [line] = await send(`{"id":"cr",\r"call":"app.info"}\n`, 1);
    assert.deepEqual([line?.id, line?.error], ['cr', undefined]);
  });

  it('answers a line of several MB', async () => {
    const line = await host.raw(JSON.stringify({ id: 31, call: 'app.info', input: { x: '🙂'.repeat(MB) } }), 31);
    assert.deepEqual([line.error?.kind, line.error?.field], ['invalid', 'x']);
  });

  it('refuses a line of 65 MB and goes on', async () => {
    const [refusal] = await send(`{"id":41,"call":"app.info","input":{"x":"${'y'.repeat(65 * MB)}"}}\n`, 1);
    assert.deepEqual([refusal?.id, refusal?.ok], [null, undefined]);
    assert.ok(['invalid', 'tooLarge'].includes(refusal?.error?.kind ?? ''), refusal?.error?.kind);
    assert.ok((await host.raw(info(42), 42)).ok);
  });

  it('answers hundreds of requests at once, each exactly once', async () => {
    const ids = Array.from({ length: 500 }, (_, n) => `many ${n}`);
    const lines = await send(ids.map((id) => `${info(id)}\n`).join(''), ids.length);
    assert.deepEqual(lines.map(({ id }) => String(id)).toSorted(), ids.toSorted());
  });

  it('answers the last line even without a line end', async () => {
    const other = startHost();
    other.process.stdin.write(info('last'));
    assert.equal(await other.end(), 0);
    assert.deepEqual(
      other.lines.map(({ id, error }) => [id, error]),
      [['last', undefined]],
    );
  });
});
