import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean, sanitised } from './clean.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const linked = { remote: 'linked' } as const;

const hrefOf = (href: string): string => / href="([^"]*)"/.exec(clean(`<a href="${href}">x</a>`))?.[1] ?? '';
const warningOf = (href: string, text: string): string =>
  / data-tern-warning="([^"]*)"/.exec(clean(`<a href="${href}">${text}</a>`))?.[1] ?? '';

test('H6: links lead to the web, to mail and to telephones, nowhere else', () => {
  assert.equal(hrefOf(' HTTPS://A.example/x?a=1&amp;b'), 'https://a.example/x?a=1&amp;b');
  assert.equal(hrefOf('//a.example/x'), 'https://a.example/x');
  assert.equal(hrefOf('tel:+49 (30) 1-2'), 'tel:+49(30)1-2');
  assert.equal(hrefOf('#top'), '#tern-top');
  for (const scheme of [
    'javascript:',
    'JaVaScRiPt:',
    'java&#10;script:',
    '&#1;javascript:',
    'vbscript:',
    'data:text/html,',
    'blob:',
  ])
    assert.equal(hrefOf(`${scheme}alert(1)`), '', scheme);
  for (const scheme of [
    'file:///',
    'smb://',
    'ftp://',
    'mailbox:///',
    'imap://',
    'cid:',
    'tern-mail://',
    'about:',
    'ms-word:',
  ])
    assert.equal(hrefOf(`${scheme}x`), '', scheme);
  assert.equal(hrefOf('page.html'), '');
});

test('H6: a mail link can attach nothing and forge no header', () => {
  assert.equal(
    hrefOf('mailto:a@b.example?subject=x&amp;attach=/etc/passwd&amp;attachment=y&amp;X-Y=z&amp;body=b'),
    'mailto:a@b.example?subject=x&amp;body=b',
  );
});

test('H7: a link opens nothing in place and its title is where it leads', () => {
  assert.equal(
    clean(
      '<a href="https://a.example/" title="https://b.example" target="_top" rel="opener" ping="https://c.example" download>x</a>',
    ),
    '<a href="https://a.example/" target="_blank" rel="noopener noreferrer nofollow" title="https://a.example/">x</a>',
  );
});

test('H8: a text that names another domain than the link leads to is marked', () => {
  assert.equal(warningOf('https://evil.example/', 'https://www.paypal.com/login'), 'other-domain');
  assert.equal(warningOf('https://evil.example/', 'Go to <b>pay</b>pal.com now'), 'other-domain');
  assert.equal(warningOf('https://evil.example/', 'paypal\u200B.com'), 'other-domain');
  assert.equal(warningOf('https://evil.example/', 'paypal。com'), 'other-domain');
  assert.equal(warningOf('https://evil.example/', 'ｐａｙｐａｌ.com'), 'other-domain');
  assert.equal(warningOf('https://x.github.io/', 'y.github.io'), 'other-domain');
  assert.equal(warningOf('https://mail.paypal.com/', 'www.paypal.com'), '');
  assert.equal(warningOf('https://evil.example/', 'Click here, version 2.0, e.g. now'), '');
});

test('H8: a text that names another address is marked', () => {
  assert.equal(warningOf('mailto:eve@evil.example', 'bob@bank.com'), 'other-address');
  assert.equal(warningOf('mailto:bob@bank.com?subject=x', 'Bob@bank.com'), '');
  assert.equal(warningOf('https://evil.example/', 'bob@bank.com'), 'other-address');
});

test('H8: punycode, mixed scripts and user names before the host are marked', () => {
  assert.equal(warningOf('https://bücher.example/', 'x'), 'punycode');
  assert.equal(warningOf('https://p\u0430ypal.com/', 'x'), 'punycode mixed-script');
  assert.equal(warningOf('https://paypal.com@evil.example/', 'x'), 'user-info');
});

test('H9: cid: names parts of the same message, only in the source of a picture', () => {
  assert.equal(clean('<img src="cid:logo@mail.example">'), '<img src="tern-mail://v1/part/2.1">');
  assert.equal(clean('<img src="CID:logo%40mail.example">'), '<img src="tern-mail://v1/part/2.1">');
  assert.equal(clean('<img src="cid:other@mail.example">'), '<img>');
  const elsewhere = '<body background="cid:logo@mail.example"><b style="background:url(cid:logo@mail.example)">x</b>';
  assert.equal(
    clean(elsewhere),
    '<div class="tern--body" style="background-image:none"><b style="background:none">x</b></div>',
  );
  const odd = { parts: new Map([['a', '../x y"']]) };
  assert.equal(clean('<img src="cid:a">', odd), '<img src="tern-mail://v1/part/..%2Fx%20y%22">');
});

test('H10: data: holds raster pictures that are what they say, nothing else', () => {
  assert.equal(clean(`<img src="data:image/png;base64,${PNG}">`), `<img src="data:image/png;base64,${PNG}">`);
  assert.equal(clean(`<img src="data:image/gif;base64,${PNG}">`), `<img src="data:image/png;base64,${PNG}">`);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('base64');
  for (const source of [
    `image/svg+xml;base64,${svg}`,
    `image/png;base64,${svg}`,
    'text/html,x',
    'image/png,x',
    'image/png;charset=x;base64,x',
  ])
    assert.equal(clean(`<img src="data:${source}">`), '<img>', source);
});

test('H11: what would be loaded from elsewhere is left out, counted once and listed in order', () => {
  const html = `<img src="https://a.example/1"><table background="http://b.example/2"><td style="background:#fff url('//c.example/3')">x</table>
    <img src="https://a.example/1"><video poster="https://d.example/4"></video><link rel=stylesheet href="https://e.example/5">`;
  const { html: shown, blockedRemote, remote } = sanitised(html);
  assert.deepEqual(remote, [
    'https://a.example/1',
    'http://b.example/2',
    'https://c.example/3',
    'https://d.example/4',
    'https://e.example/5',
  ]);
  assert.equal(blockedRemote, 5);
  assert.doesNotMatch(shown, /example/);
  assert.match(shown, /background:#fff none/);
});

test('H11: addresses in what is left out count, too', () => {
  const count = (html: string): number => sanitised(html).blockedRemote;
  assert.equal(count('<style>@import "https://a.example/x";</style>'), 1);
  assert.equal(count('<style>@font-face{src:url(https://a.example/x)}</style>'), 1);
  assert.equal(count('<b style="--x:url(https://a.example/x);background:var(--x)">'), 1);
  assert.equal(count('<b style="background:image-set(\'https://a.example/x\' 1x)">'), 1);
  assert.equal(count('<b style="background:\\75rl(https://a.example/x)">'), 1);
  assert.equal(count('<b style="background:\\75rl(\\75 rl(https://a.example/x))">'), 1);
  assert.equal(count('<b style="color:v\\61r(--x,\\75rl(https://a.example/x))">'), 1);
  assert.equal(count('<img srcset="https://a.example/1, https://a.example/2,, https://a.example/3 2x">'), 3);
  assert.equal(count('<img srcset="https://a.example/1 1x, https://a.example/2 2x">'), 2);
  assert.equal(count('<svg><image href="https://a.example/x"/><rect fill="url(https://a.example/y)"/></svg>'), 2);
  assert.equal(count('<a href="https://a.example">x</a><script src="https://b.example"></script>'), 0);
});

test('H12: where remote content is allowed, its addresses are numbered and fetched by Tern', () => {
  const html =
    '<img src="https://a.example/1" srcset="https://a.example/2"><b style="background:url(https://a.example/3)">x</b>';
  assert.equal(
    clean(html, linked),
    '<img src="tern-mail://v1/remote/0"><b style="background:url(&quot;tern-mail://v1/remote/2&quot;)">x</b>',
  );
});

test('H12: nothing is loaded by the pointer or by the size of the window', () => {
  const css =
    'a:hover{background:url(https://a.example/1)}@media (max-width:9px){a{background:url(https://a.example/2)}}';
  assert.equal(
    clean(`<style>${css}</style>`, linked),
    '<style>a:hover{background:none}@media (max-width:9px){a{background:none}}</style>',
  );
});

test('H13: an address of this very program in an email is left out, unless this view writes just that', () => {
  for (const url of [
    'tern-mail://v1/part/9',
    'tern-mail://v2/part/2.1',
    'tern-mail://v1/remote/0',
    'tern-mail://v1/part/2.1?x',
    'tern-app://x',
  ])
    assert.equal(clean(`<img src="${url}">`), '<img>', url);
  assert.equal(clean('<img src="tern-mail://v1/part/2.1">'), '<img src="tern-mail://v1/part/2.1">');
  assert.equal(clean('<img src="tern-mail://v1/remote/0">', linked), '<img src="tern-mail://v1/remote/0">');
  assert.equal(clean('<a href="tern-mail://v1/part/2.1">x</a>'), '<a>x</a>');
});
