import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { flow, unflow } from '../../src-main/mime/flowed.ts';
import { assertLinear } from '../support/linear.ts';

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

/** What a text says whose lines had spaces at their ends, in the one form that plain text has of it. */
const tidy = (text: string): string =>
  text
    .split(/\r\n?|\n/)
    .map((line) => {
      const [marks = ''] = /^>*/.exec(line) ?? [];
      const said = line.slice(marks.length).replace(marks === '' ? '' : /^ /, '');
      const kept = said === '-- ' ? said : said.trimEnd();
      return marks === '' || kept === '' ? marks + kept : `${marks} ${kept}`;
    })
    .join('\n');

describe('text that is made to flow', () => {
  const words = (count: number): string => Array.from({ length: count }, (_, at) => `word${at}`).join(' ');
  const line = fc.stringMatching(/^>{0,3}(?:[ab>-]| |From |-- ){0,60}$/);
  const anyText = fc.array(fc.oneof(line, fc.string(), fc.constantFrom('-- ', '> -- ', '>', '> ', ' ', '')));

  it('is broken behind spaces, and joined by who reads it', () => {
    const flowed = flow(words(40));
    assert.ok(flowed.split('\r\n').every((each) => each.length <= 72));
    assert.equal(
      flowed
        .split('\r\n')
        .slice(0, -1)
        .filter((each) => !each.endsWith(' ')).length,
      0,
    );
    assert.equal(unflow(flowed, false), words(40));
  });

  it('keeps its quotes on every line', () => {
    const flowed = flow(`>> ${words(40)}`);
    assert.ok(flowed.split('\r\n').every((each) => each.startsWith('>> ') && each.length <= 72));
    assert.equal(unflow(flowed, false), `>> ${words(40)}`);
  });

  it('loses spaces at the ends of lines, which would join them to the next', () => {
    assert.equal(flow('one  \ntwo \n \n> three \n> \nfour'), 'one\r\ntwo\r\n\r\n> three\r\n>\r\nfour');
  });

  it('keeps the separator of a signature, and makes none', () => {
    assert.equal(flow('bye\n-- \nMe'), 'bye\r\n-- \r\nMe');
    const long = 'x'.repeat(80);
    assert.equal(flow(`-- ${long}`), `-- ${long}`);
    assert.equal(unflow(flow(`${'a '.repeat(34)}-- ${long} b`), false), `${'a '.repeat(34)}-- ${long} b`);
  });

  it('is stuffed where it would be a quote, stuffing, or the beginning of a message in a file', () => {
    assert.equal(flow(' > no quote'), '  > no quote');
    assert.equal(flow('From here'), ' From here');
    assert.equal(flow('  indented'), '   indented');
    assert.equal(flow(`${'a '.repeat(35)}> b`).split('\r\n')[1], ' > b');
  });

  it('does not break words, however long, nor quotes that are very deep', () => {
    assert.equal(flow('x'.repeat(2000)), 'x'.repeat(2000));
    assert.equal(flow(`${'>'.repeat(100)} ${words(40)}`), `${'>'.repeat(100)} ${words(40)}`);
  });

  it('is given back whatever it is', () => {
    fc.assert(
      fc.property(anyText, (lines) => {
        const text = lines.join('\n');
        assert.equal(unflow(flow(text), false), tidy(text));
        assert.equal(flow(unflow(flow(text), false)), flow(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes time in step with its size', () => {
    assertLinear(
      (size) => 'a '.repeat(size),
      (text) => flow(text),
    );
    assertLinear(
      (size) => 'a'.repeat(size),
      (text) => flow(text),
    );
    assertLinear(
      (size) => `-- ${' '.repeat(size)}a`,
      (text) => flow(text),
    );
    assertLinear(
      (size) => `${'>'.repeat(size)} ${'a '.repeat(size)}`,
      (text) => flow(text),
    );
  });
});
