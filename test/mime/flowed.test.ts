import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { unflow } from '../../src-main/mime/flowed.ts';

describe('flowed text (M6)', () => {
  const cases: [name: string, flowed: string, delSp: boolean, text: string][] = [
    ['lines that end in a space go on', 'one \r\ntwo \r\nthree\r\nfour', false, 'one two three\nfour'],
    ['with delsp, that space goes', 'one \r\ntwo \r\nthree\r\n', true, 'onetwothree\n'],
    ['with delsp, two spaces leave one', 'one  \r\ntwo', true, 'one two'],
    ['LF alone ends lines, too', 'one \ntwo\n', false, 'one two\n'],
    ['the stuffed space goes', ' From here\r\n  two spaces\r\n >no quote', false, 'From here\n two spaces\n >no quote'],
    ['a stuffed line goes on', 'one \r\n two', false, 'one two'],
    ['quotes', '> one \r\n> two\r\n>> deeper\r\nme', false, '> one two\n>> deeper\nme'],
    ['quotes without a space', '>one \r\n>two', false, '> one two'],
    ['an empty quote', '>\r\n>\r\n', false, '>\n>\n'],
    ['a paragraph ends where the depth changes', '> one \r\ntwo \r\n> three', false, '> one \ntwo \n> three'],
    ['a signature stands alone', 'bye \r\n-- \r\nMe', false, 'bye \n-- \nMe'],
    ['a signature in a quote', '> bye\r\n> -- \r\n> Me', true, '> bye\n> -- \n> Me'],
    ['empty lines stay', 'a\r\n\r\n\r\nb', false, 'a\n\n\nb'],
    ['nothing', '', false, ''],
  ];
  for (const [name, flowed, delSp, text] of cases) it(name, () => assert.equal(unflow(flowed, delSp), text));

  it('gives back any paragraphs that were broken into lines', () => {
    const word = fc.stringMatching(/^[a-z>][a-z>-]{0,8}$/);
    const paragraphs = fc.array(fc.array(word, { minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(paragraphs, fc.nat(3), fc.boolean(), (texts, depth, delSp) => {
        const quote = '>'.repeat(depth);
        const flowed = texts
          .map((words) => words.map((one) => `${quote} ${one}`).join(delSp ? '  \r\n' : ' \r\n'))
          .join('\r\n');
        const plain = texts.map((words) => words.join(' '));
        const expected = plain.map((text) => (depth > 0 ? `${quote} ${text}` : text.replace(/^>/, ' >')));
        assert.equal(unflow(flowed, delSp), expected.join('\n'));
      }),
    );
  });
});
