import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean, cleanSheet, cleanStyle } from './clean.ts';

test('H14: known properties are kept, their values written anew', () => {
  assert.equal(cleanStyle('COLOR : RED ; margin:0 auto!important;;'), 'color:RED;margin:0 auto!important');
  assert.equal(cleanStyle('font:bold 12px/1.5 "Open Sans",Arial'), 'font:bold 12px/1.5 "Open Sans",Arial');
  assert.equal(cleanStyle('width:calc(100% - 2 * (1em + 3px))'), 'width:calc(100% - 2 * (1em + 3px))');
  assert.equal(
    cleanStyle('background:linear-gradient(90deg,#fff,rgba(0,0,0,.5))'),
    'background:linear-gradient(90deg,#fff,rgba(0,0,0,.5))',
  );
  assert.equal(cleanStyle('color:rgb(1,2,3'), 'color:rgb(1,2,3)');
});

test('H14: escapes and comments are decoded before anything is looked at', () => {
  assert.equal(cleanStyle('c\\6flor:r\\65 d'), 'color:red');
  assert.equal(cleanStyle('po\\73ition:fixed'), '');
  assert.equal(cleanStyle('width:ex/**/pression(alert(1))'), '');
  assert.equal(cleanStyle('width:e\\78pression(alert(1))'), '');
  assert.equal(cleanStyle('background:u\\72l(javascript:1)'), '');
});

test('H14: unknown properties, units and words of other browsers are left out, the rest stays', () => {
  assert.equal(cleanStyle('behavior:url(x.htc);-moz-binding:url(x);mso-hide:all;--x:1;color:red'), 'color:red');
  assert.equal(cleanStyle('filter:progid:DXImageTransform.Microsoft.Alpha(opacity=0);color:red'), 'color:red');
  assert.equal(cleanStyle('width:1foo;height:{1};color:#12;color:"red";color:red'), 'color:red');
  assert.equal(cleanStyle('constructor:x;__proto__:x'), '');
});

test('H15: nothing can be laid over another thing', () => {
  for (const style of ['position:fixed', 'position:sticky', 'position:absolute', 'z-index:9', 'top:0', 'inset:0'])
    assert.equal(cleanStyle(style), '', style);
  for (const style of ['transform:scale(9)', 'filter:invert(1)', 'mix-blend-mode:difference', 'clip-path:circle(1px)'])
    assert.equal(cleanStyle(style), '', style);
  for (const style of [
    'mask:none',
    'animation:x 1s',
    'transition:all 1s',
    'cursor:none',
    'content:"x"',
    'text-shadow:0 0 red',
    'all:unset',
  ])
    assert.equal(cleanStyle(style), '', style);
  assert.equal(cleanStyle('opacity:.5;unicode-bidi:bidi-override'), '');
  assert.equal(cleanStyle('opacity:.05'), 'opacity:0');
});

test('H16: functions that load or look something up are left out', () => {
  for (const name of [
    'var(--x)',
    'env(x)',
    'attr(title)',
    'image-set("x" 1x)',
    'image("x")',
    'element(#x)',
    'light-dark(red,blue)',
  ])
    assert.equal(cleanStyle(`color:${name}`), '', name);
});

test('H17: of at-rules only media queries about the width are kept', () => {
  assert.equal(
    cleanSheet('@media only screen and (max-width: 600px), print{a{color:red}}'),
    '@media (max-width:600px){a{color:red}}',
  );
  assert.equal(cleanSheet('@media screen{a{color:red}}@media print{a{color:blue}}'), 'a{color:red}');
  for (const rule of [
    '@import "x.css";',
    '@font-face{font-family:x;src:url(x)}',
    '@charset "x";',
    '@namespace x url(x);',
  ])
    assert.equal(cleanSheet(`${rule}a{color:red}`), 'a{color:red}', rule);
  for (const rule of [
    '@supports (color:red){b{color:red}}',
    '@keyframes x{to{color:red}}',
    '@layer x{b{color:red}}',
    '@container (width>1px){b{color:red}}',
  ])
    assert.equal(cleanSheet(`${rule}a{color:red}`), 'a{color:red}', rule);
  assert.equal(
    cleanSheet('@media (max-width:1px){@media (min-width:1px){a{color:red}}b{color:red}}'),
    '@media (max-width:1px){b{color:red}}',
  );
});

test('H17: a sheet for print is left out, one for narrow screens keeps its query', () => {
  assert.equal(clean('<style media="print">a{color:red}</style>x'), 'x');
  assert.equal(clean('<style media="screen">a{color:red}</style>x'), '<style>a{color:red}</style>x');
  assert.equal(
    clean('<style media="(max-width:9px)">a{color:red}</style>x'),
    '<style>@media (max-width:9px){a{color:red}}</style>x',
  );
});

test('H18: selectors say nothing about where the reader has been', () => {
  assert.equal(
    cleanSheet('a:visited{color:red}a:link{color:red}a:hover{color:red}'),
    'a:any-link{color:red}a:hover{color:red}',
  );
  assert.equal(
    cleanSheet('a:not(.x){color:red}a::before{color:red}:root{color:red}:host{color:red}b,c|d{color:red}'),
    'b{color:red}',
  );
  assert.equal(cleanSheet('tr:nth-child( 2n + 1 )>td{color:red}'), 'tr:nth-child(2n+1)>td{color:red}');
  assert.equal(cleanSheet('[style*=x],[onclick],[data-x]{color:red}[dir=rtl]{color:red}'), '[dir="rtl"]{color:red}');
});

test('H19: all style sheets become one, in which no text can end it', () => {
  assert.equal(
    clean('<style>a{color:red}</style><p>x<style>b{color:red}</style>'),
    '<style>a{color:red}b{color:red}</style><p>x</p>',
  );
  assert.equal(cleanSheet('a{font-family:"x</style><script>"}'), 'a{font-family:"x"}');
  assert.equal(
    clean('<style>a{font-family:"<\\/style><img>"}</style>'),
    '<style>a{font-family:"\\3c /style>\\3c img>"}</style>',
  );
  assert.equal(cleanSheet('<!-- a{color:red} --> b{color:red}'), 'a{color:red}b{color:red}');
  assert.equal(cleanSheet('a{color:red'), 'a{color:red}');
  assert.equal(cleanSheet('a{color:red}}b{color:red}i{color:red}'), 'a{color:red}i{color:red}');
  assert.equal(clean('<svg><style>a{color:red}</style></svg>x'), 'x');
});

test('H20: there are no rules for dark mode; those for light mode always hold', () => {
  assert.equal(cleanSheet('@media (prefers-color-scheme:dark){.x{display:block;color:#fff}}'), '');
  assert.equal(cleanSheet('@media (prefers-color-scheme:light){.x{color:#fff}}'), '.tern-x{color:#fff}');
  assert.equal(cleanSheet('@media (forced-colors:active){.x{color:#fff}}@media not all{.x{color:#fff}}'), '');
  assert.equal(cleanStyle('color-scheme:dark'), '');
});
