import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { plainTextHtml } from '../../src-main/html/plainText.ts';
import { previewOf } from '../../src-main/html/preview.ts';
import { clean } from './clean.ts';

const shown = (text: string): string =>
  /^<div class="tern--plain" style="white-space:pre-wrap">(.*)<\/div>$/s.exec(plainTextHtml(text))?.[1] ?? '';

test('H26: text stays text', () => {
  assert.equal(
    shown('a < b & c\n  <script>alert(1)</script>'),
    'a &lt; b &amp; c\n  &lt;script&gt;alert(1)&lt;/script&gt;',
  );
  assert.equal(shown('\n\na\r\nb\rc'), '\n\na\nb\nc');
});

test('H26: quotes are nested', () => {
  assert.equal(
    shown('a\n> b\n> > c\n>> d\n> e\nf'),
    'a<blockquote class="tern--quote">b<blockquote class="tern--quote">c\nd</blockquote>e</blockquote>f',
  );
  assert.equal(shown('>'.repeat(10_000)).match(/<blockquote/g)?.length, 30);
});

test('H26: addresses become links, and only those of kinds that links may have', () => {
  assert.match(
    shown('see https://a.example/x?y=1&z. Bye'),
    /see <a href="https:\/\/a\.example\/x\?y=1&amp;z" target="_blank"[^>]*>https:\/\/a\.example\/x\?y=1&amp;z<\/a>\. Bye/,
  );
  assert.match(shown('mail bob@a.example'), /<a href="mailto:bob@a\.example"/);
  assert.match(shown('(www.tern.org)'), /\(<a href="http:\/\/www\.tern\.org\/"[^>]*>www\.tern\.org<\/a>\)/);
  for (const text of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ftp://a.example/x',
    'vbscript:x',
    'data:text/html,x',
  ])
    assert.doesNotMatch(shown(text), /<a /, text);
});

test('H26: empty lines before a quote and a signature stay', () => {
  assert.equal(
    shown('a\n\n> b\n\n> c\n\n-- \nd'),
    'a\n\n<blockquote class="tern--quote">b</blockquote>\n<blockquote class="tern--quote">c</blockquote>\n<div class="tern--signature">-- \nd</div>',
  );
});

test('H26: the signature has an element of its own', () => {
  assert.equal(shown('a\n-- \nBob'), 'a<div class="tern--signature">-- \nBob</div>');
  assert.equal(shown('a\n--\nBob'), 'a\n--\nBob');
});

test('H26: CVE-2023-43770: numbered references make no markup', () => {
  const html = shown(
    '[1] see <https://a.example/"onmouseover="alert(1)>\n\n[1] <https://a.example/"><img src=x onerror=alert(1)>',
  );
  assert.doesNotMatch(html, /<img|<a [^>]* onmouseover/);
});

test('H26: the HTML of any text is safe already', () => {
  const text = fc.array(
    fc.oneof(
      fc.constantFrom(
        '> ',
        '>',
        '-- ',
        '\n',
        '\r\n',
        ' ',
        'https://a.example/',
        'www.b.example',
        'bob@c.example',
        '<b>',
        '"',
        '&amp;',
        '\0',
        '\u00A0',
        '(',
        ')',
      ),
      fc.string({ unit: 'binary' }),
    ),
  );
  fc.assert(
    fc.property(text, (pieces) => {
      const html = plainTextHtml(pieces.join(''));
      assert.equal(clean(html), html);
    }),
    { numRuns: 1000 },
  );
});

test('H27: the preview is one line without quotes, attributions, signature and addresses of links', () => {
  assert.equal(
    previewOf('On Monday, Bob <b@c.example> wrote:\n> old\n\nMy  answer\nhere.\n-- \nAlice'),
    'My answer here.',
  );
  assert.equal(previewOf('Am 1. Mai 2026 um 10:00 schrieb Bob:\n> alt\nNeu'), 'Neu');
  assert.equal(previewOf('On Monday, May 1st,\nBob wrote:\n> old\nNew'), 'New');
  assert.equal(previewOf('Buy here <https://a.example/very/long> now'), 'Buy here now');
  assert.equal(previewOf('Hi\n-----Original Message-----\nFrom: x'), 'Hi');
  assert.equal(previewOf('> only\n> a quote'), 'only a quote');
});

test('H27: the fillers of newsletters are one space, and what holds letters together stays', () => {
  assert.equal(
    previewOf(`Big news${'\u034F \u200C\u00A0\u200B\u00AD\u2007\uFEFF '.repeat(80)}Hello`),
    'Big news Hello',
  );
  assert.equal(previewOf('\uFEFFa\u00ADb\u200Bc'), 'abc');
  assert.equal(previewOf('👩\u200D👩\u200D👧 می\u200Cخواهم'), '👩\u200D👩\u200D👧 می\u200Cخواهم');
  assert.equal(previewOf('a\u202Eb\u2066c'), 'abc');
});

test('H27: the preview has at most 256 units, no character cut in half', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const preview = previewOf(text);
      assert.ok(preview.length <= 256 && preview.isWellFormed() && !/[\n\r\t]/.test(preview));
    }),
  );
  assert.equal(previewOf('😀'.repeat(200)).length, 256);
});
