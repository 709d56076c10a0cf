import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readStructuredField } from '../../src-main/mime/structuredField.ts';

describe('a field with parameters (M5)', () => {
  const cases: [name: string, field: string, value: string, parameters: Record<string, string>][] = [
    ['plain', 'text/plain; charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['in capitals, with blanks', ' TEXT / Plain ;  Charset = UTF-8 ', 'text/plain', { charset: 'UTF-8' }],
    ['quoted', 'a/b; name="a; \\"b\\" (c)"', 'a/b', { name: 'a; "b" (c)' }],
    ['an empty string', 'a/b; name=""; x=y', 'a/b', { name: '', x: 'y' }],
    ['a path', 'a/b; name="C:\\dir\\a.txt"', 'a/b', { name: 'C:\\dir\\a.txt' }],
    ['blanks and no quotes', 'a/b; name=my plan.pdf; x=y', 'a/b', { name: 'my plan.pdf', x: 'y' }],
    ['a quote without an end', 'a/b; name="plan.pdf; x=y', 'a/b', { name: 'plan.pdf', x: 'y' }],
    ['a quote in the middle', 'a/b; name=5" disk; x=y', 'a/b', { name: '5" disk', x: 'y' }],
    ['junk behind a quote', 'a/b; name="x" y; x=y', 'a/b', { name: 'x', x: 'y' }],
    ['comments', '(a) a/b (b (c)); (d) x=y (e); name="z" (f)', 'a/b', { x: 'y', name: 'z' }],
    ['brackets that are no comment', 'a/b; name=plan(1).pdf', 'a/b', { name: 'plan(1).pdf' }],
    ['a comment without an end', 'a/b (c; x=y', 'a/b', { x: 'y' }],
    ['no semicolon', 'text/html charset=utf-8', 'text/html', { charset: 'utf-8' }],
    ['too many semicolons', 'a/b;; ;x=y;', 'a/b', { x: 'y' }],
    ['a name alone', 'a/b; flag; x=y', 'a/b', { x: 'y' }],
    ['a disposition', 'attachment; filename=a', 'attachment', { filename: 'a' }],
    ['nothing', '', '', {}],
    ['parameters alone', ' ; x=y', '', { x: 'y' }],
  ];
  for (const [name, field, value, parameters] of cases)
    it(name, () => {
      const read = readStructuredField(field);
      assert.deepEqual([read.value, Object.fromEntries(read.pairs)], [value, parameters]);
    });

  it('gives back whatever was quoted', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (values) => {
        const quoted = values.map((value, at) => `; n${at}="${value.replaceAll(/[\\"]/g, '\\$&')}"`);
        assert.deepEqual(readStructuredField(`a/b${quoted.join('')}`), {
          value: 'a/b',
          pairs: values.map((value, at) => [`n${at}`, value]),
        });
      }),
    );
  });

  it('never throws, and has 200 parameters at most', () => {
    const piece = fc.constantFrom('"', '\\', '(', ')', ';', '=', ' ', '/', 'a', 'é');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        readStructuredField(pieces.join(''));
      }),
    );
    assert.equal(readStructuredField(`a/b${';x=y'.repeat(1000)}`).pairs.length, 200);
  });
});
