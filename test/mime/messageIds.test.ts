import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseMessageIds } from '../../src-main/mime/messageIds.ts';

describe('message ids', () => {
  const cases: [name: string, field: string, ids: string[]][] = [
    ['one', '<1@a>', ['1@a']],
    ['several', '<1@a> <2@b>\t<3@c>', ['1@a', '2@b', '3@c']],
    ['no space between', '<1@a><2@b>,<3@c>', ['1@a', '2@b', '3@c']],
    ['folded within', '<1\r\n @a>', ['1@a']],
    ['words around', 'Your message of Monday <1@a> (x@y)', ['1@a']],
    ['no brackets', '1@a 2@b', ['1@a', '2@b']],
    ['no brackets and no host', '12345', ['12345']],
    ['no id', 'your message of Monday', []],
    ['no end', '<1@a <2@b>', ['2@b']],
    ['brackets without an end', '<1@a', ['1@a']],
    ['nothing in brackets', '<> < >', []],
    ['nothing', '', []],
    ['no host', '<abc>', ['abc']],
    ['any sign', '<a+b/c=$é"x"@[::1]>', ['a+b/c=$é"x"@[::1]']],
    ['too long', `<${'x'.repeat(999)}> <1@a>`, ['1@a']],
  ];
  for (const [name, field, ids] of cases) it(name, () => assert.deepEqual(parseMessageIds(field), ids));

  it('of 10,000 are the first and the last 499', () => {
    const ids = parseMessageIds(Array.from({ length: 10_000 }, (_, n) => `<${n}@a>`).join(' '));
    assert.deepEqual([ids.length, ids[0], ids[1], ids.at(-1)], [500, '0@a', '9501@a', '9999@a']);
  });

  it('are sound, whatever is written', () => {
    const piece = fc.constantFrom('<', '>', 'a', '@', ' ', '\0', ',', '\uD800', '\r\n ');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const id of parseMessageIds(pieces.join('')))
          assert.ok(id !== '' && id.isWellFormed() && !/[<>\s\0]/.test(id));
      }),
    );
  });
});
