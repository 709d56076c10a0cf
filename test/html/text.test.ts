import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlToText } from '../../src-main/html/text.ts';

test('H24: paragraphs stand apart, divs and breaks end lines, white space is one space', () => {
  assert.equal(htmlToText('<p>one\n  two</p><p>three</p>'), 'one two\n\nthree');
  assert.equal(htmlToText('<div>one</div><div>two<br>three<br><br>four</div>'), 'one\ntwo\nthree\n\nfour');
  assert.equal(htmlToText('<b>a</b> <i>b</i>c <span> d</span>'), 'a bc d');
  assert.equal(htmlToText('<pre>  a\n    b\n\nc</pre>'), '  a\n    b\n\nc');
  assert.equal(htmlToText('<style>x</style><script>y</script><title>z</title><!-- c -->a'), 'a');
});

test('H24: quotes, lists, tables and links are readable', () => {
  assert.equal(htmlToText('<p>a</p><blockquote>b<blockquote>c</blockquote></blockquote>d'), 'a\n\n> b\n>\n> > c\n\nd');
  assert.equal(htmlToText('<ul><li>a<li>b<ol start=3><li>c<li>d</ol></ul>'), '- a\n- b\n  3. c\n  4. d');
  assert.equal(htmlToText('<table><tr><td>a<td>b<tr><td>c<td>d</table>'), 'a | b\nc | d');
  assert.equal(htmlToText('<table><tr><td><p>a</p><p>b</p><td>c</table>'), 'a\n\nb\nc');
  assert.equal(htmlToText('<a href="https://a.example/x">here</a>.'), 'here <https://a.example/x>.');
  assert.equal(
    htmlToText('<a href="https://a.example/">a.example</a> <a href="mailto:b@a.example">b@a.example</a>'),
    'a.example b@a.example',
  );
  assert.equal(htmlToText('<a href="javascript:x">here</a><img alt="A dog"><img alt="x" width=1>'), 'hereA dog');
});

test('H25: what styles hide is left out', () => {
  for (const style of [
    'display:none',
    'visibility:hidden',
    'opacity:0',
    'font-size:0',
    'font:1px/1 Arial',
    'max-height:0;overflow:hidden',
    'width:1px;overflow-x:hidden',
    'text-indent:-9999px',
    'margin-left:-999em',
    'color:#fff',
    'color:rgba(0,0,0,0)',
    'color:#fefefe',
    'background:#000',
    'display:none!important;display:block',
  ])
    assert.equal(htmlToText(`a<div style="${style}">hidden</div>`), 'a', style);
  assert.equal(htmlToText('a<div hidden>b</div>'), 'a');
  assert.equal(htmlToText('<table bgcolor="#fff"><td><font color=white>b</font>'), '');
});

test('H25: what is shown again within is shown', () => {
  assert.equal(htmlToText('<div style="visibility:hidden">a<b style="visibility:visible">b</b></div>'), 'b');
  assert.equal(htmlToText('<div style="font-size:0">a<b style="font-size:12px">b</b></div>'), 'b');
  assert.equal(htmlToText('<div style="display:none">a<b style="display:block">b</b></div>'), '');
  assert.equal(htmlToText('<div style="background:#036"><b style="color:#fff">b</b></div>'), 'b');
  assert.equal(htmlToText('<div style="background:url(https://x.example/) #fff;color:#fff">b</div>'), 'b');
});

test('H25: style sheets hide what they mean, by weight and order, in a window of 700 pixels', () => {
  const shown = (css: string, html = '<div class=x>a</div><p>b</p>'): string =>
    htmlToText(`<style>${css}</style>${html}`);
  assert.equal(shown('.x{display:none}'), 'b');
  assert.equal(shown('div.x{display:block}.x{display:none}'), 'a\n\nb');
  assert.equal(shown('#y .x{display:none}'), 'a\n\nb');
  assert.equal(shown('.x{display:none!important}', '<div class=x style="display:block">a</div>b'), 'b');
  assert.equal(shown('@media (max-width:600px){.x{display:none}}'), 'a\n\nb');
  assert.equal(shown('@media (min-width:1px){.x{display:none}}'), 'b');
  assert.equal(shown('div + p{display:none}'), 'a');
  assert.equal(shown('.x:first-child{display:none}'), 'b');
  assert.equal(shown('p:nth-of-type(2n+1){display:none}'), 'a');
  assert.equal(shown('p:hover{display:none}'), 'a\n\nb');
  assert.equal(shown('[class=x]{display:none}'), 'b');
  assert.equal(
    shown('.a > .b .c{display:none}', '<i class=a><i class=b><i class=b><i class=c>a</i></i></i></i>b'),
    'b',
  );
});

test('H25: a kobold letter says in the quote what it said on the screen', () => {
  const css = '.k{display:none}.moz-text-html>div>.k{display:block}';
  assert.equal(htmlToText(`<style>${css}</style><div><p class=k>Pay now</p><p>Hello</p></div>`), 'Hello');
});

test('H25: what costs more comparisons than anyone needs is judged by its style attributes alone', () => {
  const rules = Array.from({ length: 4000 }, (_, at) => `.a${at} *{color:red}`).join('');
  const html = `<style>.k{display:none}${rules}</style><b class=k>a</b>${'<p>'.repeat(4000)}<b class=k>b</b>`;
  assert.equal(htmlToText(`${html}<b style="display:none">c</b>`), 'b');
});

test('H25: the first colour in a background is its ground, whatever stands in brackets', () => {
  assert.equal(htmlToText('<b style="background:rgb(0, 0, 0) repeat;color:#fff">a</b>'), 'a');
  assert.equal(htmlToText('<b style="background:min(max(1px, 2px) , red) #fff;color:#fff">a</b>'), '');
});
