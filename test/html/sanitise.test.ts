import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean } from './clean.ts';

test('H1: reads HTML as a browser without scripts does, whatever doctype it has', () => {
  assert.equal(clean('<p>one<table><td>two</table>'), '<p>one</p><table><tbody><tr><td>two</td></tr></tbody></table>');
  const old = '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 3.2//EN">';
  assert.equal(clean(`${old}<p>one<table></table>`), '<p>one</p><table></table>');
  assert.equal(clean('<b><i>x</b>y</i>'), '<b><i>x</i></b><i>y</i>');
  assert.equal(
    clean('<img alt="<b>">&lt;b&gt;&amp;&nbsp;&#0;&#x3c;'),
    '<img alt="&lt;b&gt;">&lt;b&gt;&amp;&nbsp;\uFFFD&lt;',
  );
});

test('H2: never writes a tag that a parser would move or take for an end', () => {
  assert.equal(clean('<p>a<button><div>b</div></button></p>'), '<p>a<span>b</span></p>');
  assert.equal(clean('<li>a<button><li>b</li></button></li>'), '<li>a<span>b</span></li>');
  assert.equal(clean('<dd>a<object></object><marquee><dd>b</marquee>'), '<dd>a<div>b</div></dd>');
  assert.equal(clean('<h1>a<custom-one><h2>b</h2></custom-one></h1>'), '<h1>ab</h1>');
  assert.equal(clean('<table>a<tr>b<td>c</table>'), 'ab<table><tbody><tr><td>c</td></tr></tbody></table>');
  assert.equal(clean('<pre>\n\n\nx</pre>'), '<pre>x</pre>');
  assert.equal(clean('a&#13;b<i title="c&#13;d"></i>'), 'a\nb<i title="c\nd"></i>');
  assert.equal(clean(' \n <style></style> x'), 'x');
});

test('H3: only known elements are written; unknown ones leave their content', () => {
  assert.equal(clean('<o:p>a</o:p><custom-element>b</custom-element><nobr>c</nobr>'), 'abc');
  assert.equal(clean('<center><font color="red">a</font></center>'), '<center><font color="red">a</font></center>');
  assert.equal(clean('<constructor>a</constructor><valueof>b</valueof><toString>c</toString>'), 'abc');
});

test('H3: what could run, load, ask or frame is left out with all it holds', () => {
  const names = `script style svg math template noscript iframe object audio video applet canvas noembed noframes
    textarea select title dialog`.split(/\s+/);
  for (const name of names) assert.equal(clean(`a<${name}>x</${name}>b`), 'ab', name);
  for (const name of ['link', 'meta', 'base', 'input', 'source', 'track', 'frame', 'embed', 'param', 'bgsound'])
    assert.equal(clean(`a<${name} src="x" href="x" content="x">b`), 'ab', name);
});

test('H3: of form elements that hold text only the text is left', () => {
  assert.equal(
    clean('<form action="https://a.example"><label>a</label><button>b</button></form>'),
    '<div><span>a</span><span>b</span></div>',
  );
  assert.equal(clean('<details><summary>a</summary>b</details>'), '<div><div>a</div>b</div>');
  assert.equal(clean('<xmp><b>a</b></xmp>'), '<pre>&lt;b&gt;a&lt;/b&gt;</pre>');
  assert.equal(clean('<plaintext><b>a'), '<pre>&lt;b&gt;a</pre>');
});

test('H3: comments are left out, conditional ones of Outlook, too', () => {
  assert.equal(clean('a<!-- x -->b<!--[if mso]><b>x</b><![endif]-->c<![if !mso]>d<![endif]>e<?php x ?>f'), 'abcdef');
  assert.equal(clean('<!--><img src=x onerror=1>-->'), '<img>--&gt;');
});

test('H4: only known attributes are written, and only values of their own kind', () => {
  assert.equal(
    clean('<b onclick="x()" style="" nonce="x" data-x="1" slot="s" is="x-y" contenteditable tabindex=0>a</b>'),
    '<b>a</b>',
  );
  assert.equal(clean('<td>'), '');
  assert.equal(
    clean('<table width="100%" height="9999999" border="javascript:1" cellpadding=" 4 "></table>'),
    '<table width="100%" cellpadding="4"></table>',
  );
  assert.equal(
    clean('<table><td rowspan="65534" colspan="x"></table>'),
    '<table><tbody><tr><td rowspan="1000"></td></tr></tbody></table>',
  );
  assert.equal(clean('<b __proto__="x" constructor="y" hasownproperty="z">a</b>'), '<b>a</b>');
});

test('H5: ids, names and classes are prefixed wherever they stand, once', () => {
  assert.equal(clean('<b id="cookie" class="a tern-b">x</b>'), '<b id="tern-cookie" class="tern-a tern-b">x</b>');
  assert.equal(
    clean('<map name="m"><area href="#x" shape="rect" coords="0,0,9,9"></map><img usemap="#m">'),
    '<map name="tern-m"><area shape="rect" coords="0,0,9,9" href="#tern-x"></map><img usemap="#tern-m">',
  );
  assert.equal(
    clean('<style>#a.b{color:red}[class="c d"]{color:red}</style>'),
    '<style>#tern-a.tern-b{color:red}[class="tern-c tern-d"]{color:red}</style>',
  );
});

test('what stands for the body keeps its colours, its class and its rules', () => {
  assert.equal(
    clean('<body bgcolor="ffffff" text="#000" class="a" style="margin:0"><p>x'),
    '<div class="tern--body tern-a" style="background-color:#ffffff;color:#000;margin:0"><p>x</p></div>',
  );
  assert.equal(
    clean('<style>html body > p{color:red}</style>x'),
    '<style>.tern--body>p{color:red}</style><div class="tern--body">x</div>',
  );
  assert.equal(clean('<body onload="x()">x'), 'x');
});

test('H21: what is too deep, too much or too long is cut, and everything is closed', () => {
  const deep = clean(`${'<div>'.repeat(5000)}x`);
  assert.equal(deep, `${'<div>'.repeat(500)}x${'</div>'.repeat(500)}`);
  const many = clean('<i>x</i>'.repeat(150_000));
  assert.equal(many.match(/<i>|x/g)?.length, 100_000);
  assert.ok(many.endsWith('</i>'));
  const rule = '.a{color:red}';
  const sheet = clean(`<style>${rule.repeat(300_000)}</style>x`);
  assert.ok(sheet.length <= 2 * 1024 * 1024 + 20 && sheet.endsWith('}</style>x'));
  assert.equal(clean(`<b style="color:red;${' '.repeat(3_000_000)}">x</b>`), '<b>x</b>');
});
