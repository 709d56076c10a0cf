import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type DefaultTreeAdapterTypes as Dom, parseFragment } from 'parse5';
import { plainTextHtml } from '../../src-main/html/plainText.ts';
import { quotableHtml } from '../../src-main/html/quotable.ts';
import { htmlToText } from '../../src-main/html/text.ts';
import { someHtml } from './arbitrary.ts';
import { BOMBS } from './bombs.ts';
import { CSS_BOMBS } from './bombsCss.ts';
import { clean } from './clean.ts';
import { assertLinear } from './cost.ts';

const cids = new Map([['2.1', 'new@mail.example']]);
const quoted = (html: string, options: Parameters<typeof clean>[1] = {}): string =>
  quotableHtml(clean(html, options), cids).html;

test('H29: sheets become style attributes, in their order', () => {
  const html =
    '<style>p{color:red;margin:0}.x{color:blue}p{padding:1px!important}</style><p class=x style="margin:1px;padding:2px">a</p>';
  assert.equal(quoted(html), '<p style="color:blue;margin:1px;padding:1px">a</p>');
  const shorthand = '<style>b{background:red}b{background-color:lime}</style><b style="background:blue">a</b>';
  assert.equal(quoted(shorthand), '<b style="background-color:lime;background:blue">a</b>');
});

test('H29: no rule reaches the words around it', () => {
  for (const rule of ['p{color:red}', '*{display:none}', 'body{color:white}', '@media (max-width:9px){p{color:red}}'])
    assert.doesNotMatch(quoted(`<style>${rule}</style><p>a</p>`), /<style|class=|id=/);
  assert.equal(
    quoted('<p id=a class=b name=c>a <a name=x id=y>b</a> <a href="#x">c</a></p>'),
    '<p>a <a>b</a> <a>c</a></p>',
  );
});

test('H29: what is hidden is not there, so that quoting cannot show it', () => {
  for (const hide of [
    'display:none',
    'font-size:0',
    'visibility:hidden',
    'color:#fff',
    'max-height:0;overflow:hidden',
  ]) {
    assert.doesNotMatch(quoted(`<style>.x{${hide}}</style>a<div class=x>secret</div>`), /secret/, hide);
    assert.doesNotMatch(quoted(`a<div style="${hide}"><b>secret</b></div>`), /secret/, hide);
  }
  assert.doesNotMatch(quoted('a<p hidden>secret</p>'), /secret/);
  const narrow =
    '<style>@media (max-width:400px){.x{display:block!important}}.x{display:none}</style><p class=x>secret';
  assert.equal(quoted(narrow), '');
});

test('H29: its own pictures have the ids of the new message, others are words', () => {
  const html =
    '<img src="cid:logo@mail.example" alt=Logo width=10><img src="https://a.example/x.png" alt="A dog"><img src="https://t.example/t.gif" width=1 alt=t>';
  assert.deepEqual(quotableHtml(clean(html), cids), {
    html: '<img src="cid:new@mail.example" alt="Logo" width="10">A dog',
    parts: ['2.1'],
  });
  assert.deepEqual(quotableHtml(clean(html), new Map()), { html: 'LogoA dog', parts: [] });
  const data = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">';
  assert.equal(quoted(data), data);
});

test('H29: nothing is loaded, and no address of a view is told', () => {
  const html =
    '<table background="https://a.example/x.png"><tr><td style="background:url(https://a.example/y.png) red">a<img src="https://a.example/z.png"></table><ul style="list-style:url(https://a.example/l.png)"><li>b</ul>';
  for (const remote of ['blocked', 'linked'] as const)
    assert.doesNotMatch(quoted(html, { remote }), /a\.example|tern-mail|url\(|src=/);
  const data = 'background:url("data:image/gif;base64,R0lGODlhAQABAAAAACw=")';
  assert.match(quoted(`<p style='${data}'>a</p>`), /url\(&quot;data:image\/gif;/);
});

test('H29: links lead where they led', () => {
  assert.equal(
    quoted('<a href="https://a.example/" title=x>b.example</a>'),
    '<a href="https://a.example/">b.example</a>',
  );
});

test('H29: plain text as HTML is quoted, too', () => {
  const html = quotableHtml(plainTextHtml('a\n> b\n-- \nMe'), new Map()).html;
  assert.equal(htmlToText(html), htmlToText(plainTextHtml('a\n> b\n-- \nMe')));
  assert.doesNotMatch(html, /tern-/);
});

test('H29: whatever it is, it says what is seen, is safe, and shows nothing of the view', () => {
  fc.assert(
    fc.property(someHtml, fc.constantFrom('blocked' as const, 'linked' as const), (html, remote) => {
      const once = clean(html, { remote });
      const { html: quote } = quotableHtml(once, cids);
      isPlain(parseFragment(quote));
      assert.equal(words(htmlToText(quote)), words(htmlToText(once)));
      const parts = new Map([['new@mail.example', '2.1']]);
      assert.equal(words(htmlToText(clean(quote, { parts }))), words(htmlToText(quote)));
    }),
    { numRuns: Number(process.env['TERN_CASES'] ?? 1500) },
  );
});

const GONE = new Set(['class', 'id', 'name', 'target', 'rel', 'background', 'usemap', 'data-tern-warning']);

/** Whether nothing in it depends on a sheet, loads anything from elsewhere or means something only in a view. */
const isPlain = (node: Dom.ParentNode): void => {
  for (const child of node.childNodes) {
    if (!('tagName' in child)) continue;
    assert.notEqual(child.tagName, 'style');
    for (const { name, value } of child.attrs) {
      assert.ok(!GONE.has(name), name);
      if (name === 'src') assert.match(value, /^(?:cid:new@mail\.example$|data:image\/)/);
      if (name === 'href') assert.match(value, /^(?:https?|mailto|tel):/);
      if (name === 'style') assert.doesNotMatch(value, /url\((?!["']?data:)|tern-mail:/);
    }
    isPlain(child);
  }
};

const words = (text: string): string => text.replaceAll(/[\s|>-]+/g, ' ').trim();

test('H29: the time it takes grows no faster than the HTML', () => {
  for (const [name, bomb] of Object.entries({ ...BOMBS, ...CSS_BOMBS }))
    assertLinear((html: string) => quotableHtml(html, cids).html, bomb, name);
});
