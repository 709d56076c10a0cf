import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFields } from '../../src-main/mime/fields.ts';

const read = (header: string | Buffer, ...wanted: string[]): Record<string, string> =>
  Object.fromEntries(readFields(Buffer.from(header as string), new Set(wanted.length > 0 ? wanted : ['a', 'b'])));

describe('header fields', () => {
  const cases: [name: string, header: string, fields: Record<string, string>][] = [
    ['two lines', 'A: 1\r\nB: 2\r\n\r\n', { a: '1', b: '2' }],
    ['no end', 'A: 1\r\nB: 2', { a: '1', b: '2' }],
    ['a body behind', 'A: 1\r\n\r\nB: 2\r\n', { a: '1' }],
    ['folded by spaces and tabs', 'A: 1\r\n 2\r\n\t3\r\nB: 4\r\n', { a: '1 2\t3', b: '4' }],
    ['folded right behind the name', 'A:\r\n 1\r\n', { a: '1' }],
    ['a line of blanks within', 'A: 1\r\n  \r\n 2\r\nB: 3\r\n', { a: '1   2', b: '3' }],
    ['LF alone', 'A: 1\n 2\nB: 3\n\nB: 4', { a: '1 2', b: '3' }],
    ['CR alone', 'A: 1\r 2\rB: 3\r\rB: 4', { a: '1 2', b: '3' }],
    ['a stray CR', 'A: 1\r2\r\nB: 3\r\r\n\r\n', { a: '1\r2', b: '3' }],
    ['junk lines', 'From me Mon Jan 1\r\njunk\r\n: no name\r\n folded junk\r\nA: 1\r\n', { a: '1' }],
    ['a fold first', ' 0\r\nA: 1\r\n', { a: '1' }],
    ['space before the colon', 'A : 1\r\n', { a: '1' }],
    ['case', 'a: 1\r\n', { a: '1' }],
    ['the last of several', 'A: 1\r\nB: x\r\nA: 2\r\n', { a: '2', b: 'x' }],
    ['colons in the value', 'A: b: c\r\n', { a: 'b: c' }],
    ['nothing', '', {}],
    ['only an end', '\r\nA: 1', {}],
    ['an empty value', 'A:\r\nB:', { a: '', b: '' }],
  ];
  for (const [name, header, fields] of cases) it(name, () => assert.deepEqual(read(header), fields));

  it('may be the first of several', () => {
    const fields = readFields(Buffer.from('A: 1\r\nA: 2\r\n'), new Set(['a']), 'first');
    assert.equal(fields.get('a'), '1');
  });

  it('are UTF-8 when they are that, else windows-1252, each by itself', () => {
    const header = Buffer.concat([Buffer.from('A: é✓\r\nB: '), Buffer.from([0xe9, 0x80]), Buffer.from('\r\n')]);
    assert.deepEqual(read(header), { a: 'é✓', b: 'é€' });
  });

  it('are ISO-2022-JP where its escapes say so', () => {
    assert.deepEqual(read('A: \x1b$B%F%9%H\x1b(B!'), { a: 'テスト!' });
  });

  it('are not read behind the first megabyte', () => {
    const filler = `X: ${'y'.repeat(1000)}\r\n`.repeat(1100);
    assert.deepEqual(read(`A: 1\r\n${filler}B: 2\r\n`), { a: '1' });
    assert.ok((read(`A: ${'1'.repeat(3_000_000)}`)['a'] ?? '').length <= 1024 * 1024);
  });
});
