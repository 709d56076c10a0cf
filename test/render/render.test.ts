import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { PLAIN_CLASS } from '../../src-main/html/names.ts';
import { parseMessage } from '../../src-main/mime/message.ts';
import { fallbackBody } from '../../src-main/render/fallback.ts';
import { renderBody } from '../../src-main/render/render.ts';
import type { BodyItem, BodySource, BodyText, RenderedBody } from '../../src-shared/body.ts';
import { assertLinear } from '../html/cost.ts';
import { broken } from '../mime/corpus/broken.ts';
import { encodings } from '../mime/corpus/encodings.ts';
import { structures } from '../mime/corpus/structures.ts';

const plain = (part: string, text: string, more: Partial<BodyText> = {}): BodyText => ({
  part,
  type: 'text/plain',
  text,
  isTruncated: false,
  isFlowed: false,
  delSp: false,
  ...more,
});
const html = (part: string, text: string): BodyText => ({ ...plain(part, text), type: 'text/html' });

/** A source that shows these texts and pictures in turn, both ways. */
const sourceOf = (...items: (BodyText | BodyItem)[]): BodySource => {
  const shown = items.map(({ part, type }) => ({ part, type }));
  return { texts: items.filter((item) => 'text' in item), textBody: shown, htmlBody: shown };
};

const rendered = (
  source: BodySource,
  { remote = 'blocked', parts = {} }: { remote?: 'blocked' | 'linked'; parts?: Record<string, string> } = {},
): RenderedBody => renderBody(source, { view: 'v', parts: new Map(Object.entries(parts)), remote });

const picture = { part: '2', type: 'image/png' };

describe('a body as it is shown (M14)', () => {
  it('of plain text has no HTML, and the text as HTML', () => {
    const body = rendered(sourceOf(plain('1', 'Hello <you>\n> quoted\n')));
    assert.equal(body.html, null);
    assert.equal(body.text, 'Hello <you>\n> quoted\n');
    assert.match(body.textHtml ?? '', /Hello &lt;you&gt;.*<blockquote .*quoted/s);
    assert.equal(body.preview, 'Hello <you>');
  });

  it('of HTML has that, made safe, and its text', () => {
    const body = rendered(sourceOf(html('1', '<p>Hello<script>x</script></p><img src="cid:a">')), {
      parts: { a: '1.2' },
    });
    assert.equal(body.html, '<p>Hello</p><img src="tern-mail://v/part/1.2">');
    assert.equal(body.text.trim(), 'Hello');
    assert.equal(body.textHtml, null);
  });

  it('of both has each where it is wanted', () => {
    const source: BodySource = {
      texts: [plain('1', 'Plain'), html('2', '<b>Rich</b>')],
      textBody: [{ part: '1', type: 'text/plain' }],
      htmlBody: [{ part: '2', type: 'text/html' }],
    };
    const { html: safe, text, preview } = rendered(source);
    assert.deepEqual([safe, text, preview], ['<b>Rich</b>', 'Plain', 'Plain']);
  });

  it('of both is found by what its HTML says, and by both where the text says far more', () => {
    const source = (text: string, rich: string): BodySource => ({
      texts: [plain('1', text), html('2', rich)],
      textBody: [{ part: '1', type: 'text/plain' }],
      htmlBody: [{ part: '2', type: 'text/html' }],
    });
    const { words, text } = rendered(source('See it in a browser.', '<p>Forty kinds of tulips</p>'));
    assert.deepEqual([words?.trim(), text], ['Forty kinds of tulips', 'See it in a browser.']);
    const poster = rendered(source('Forty kinds of tulips, and all the rest', '<img alt="poster">'));
    assert.match(poster.words ?? '', /Forty kinds of tulips/);
    assert.equal(rendered(sourceOf(html('1', '<p>one</p>'))).words, null);
    assert.equal(rendered(sourceOf(plain('1', 'one'))).words, null);
  });

  it('of flowed text has its lines joined', () => {
    const body = rendered(sourceOf(plain('1', 'one \r\ntwo', { isFlowed: true })));
    assert.equal(body.text, 'one two');
    assert.match(body.textHtml ?? '', /one two/);
  });

  it('of several parts has them in their turn, and pictures between', () => {
    const body = rendered(sourceOf(html('1', '<p>one'), picture, html('3', '<p>two'), plain('4', 'three < four')));
    assert.match(
      body.html ?? '',
      /^<div><p>one<\/p><\/div><div><img src="tern-mail:\/\/v\/part\/2"><\/div><div><p>two<\/p><\/div><div>.*three &lt; four.*<\/div>$/s,
    );
    assert.deepEqual(body.text.match(/one|two|three/g), ['one', 'two', 'three']);
  });

  it('of plain text and pictures alone has no HTML', () => {
    assert.equal(rendered(sourceOf(plain('1', 'a'), picture, plain('3', 'b'))).html, null);
    assert.equal(rendered(sourceOf(plain('1', 'a'), picture, plain('3', 'b'))).text, 'a\nb');
  });

  it('of parts that leave something open keeps them apart', () => {
    const open = '<div title="x"><img src="http://evil.example/';
    const body = rendered(sourceOf(html('1', open), plain('2', 'a secret word'), html('3', '"></div>')));
    assert.doesNotMatch(body.html ?? '', /evil/);
    assert.match(body.html ?? '', /a secret word/);
    const unclosed = rendered(
      sourceOf(html('1', '<table><tr><td><b><a href="http://x.example/">'), html('2', 'after')),
    );
    assert.ok(unclosed.html?.endsWith('<div>after</div>'), unclosed.html ?? '');
  });

  it('of nothing is nothing', () => {
    assert.deepEqual(rendered({ texts: [], textBody: [], htmlBody: [] }), {
      html: null,
      text: '',
      words: null,
      textHtml: rendered(sourceOf(plain('1', ''))).textHtml,
      isFallback: false,
      blockedRemote: 0,
      remote: [],
      preview: '',
    });
  });

  it('of parts whose text is not there leaves them out', () => {
    const items = [
      { part: '1', type: 'text/html' },
      { part: '2', type: 'application/pdf' },
    ];
    assert.equal(rendered({ texts: [], textBody: items, htmlBody: items }).text, '');
  });
});

describe('remote content of several parts (M14)', () => {
  const image = (name: string): string => `<img src="https://x.example/${name}.png">`;
  const source = sourceOf(
    html('1', image('a') + image('b')),
    html('2', image('c') + image('a')),
    html('3', image('c')),
  );
  const urls = ['a', 'b', 'c'].map((name) => `https://x.example/${name}.png`);

  it('is counted once for each address', () => {
    const { html: safe, remote, blockedRemote } = rendered(source);
    assert.deepEqual([remote, blockedRemote], [urls, 3]);
    assert.doesNotMatch(safe ?? '', /x\.example|remote/);
  });

  it('is named by its place in the one list', () => {
    const { html: safe, remote } = rendered(source, { remote: 'linked' });
    assert.deepEqual(remote, urls);
    assert.deepEqual(safe?.match(/(?<=remote\/)\d+/g), ['0', '1', '2', '0', '2']);
  });

  it('is changed in nothing but its numbers', () => {
    const piece = fc.constantFrom(
      'tern-mail://v/remote/',
      '1',
      '9',
      '">',
      '<i>',
      'a',
      image('a'),
      image('b'),
      image('c'),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), (one, two) => {
        const parts = [one, two].map((pieces, at) => html(`${at}`, pieces.join('')));
        const alone = parts.map((part) => rendered(sourceOf(part), { remote: 'linked' }).html ?? '');
        const together = rendered(sourceOf(...parts), { remote: 'linked' }).html ?? '';
        const blurred = (text: string): string => text.replaceAll(/(?<=tern-mail:\/\/v\/remote\/)\d+/g, '');
        assert.equal(blurred(together), blurred(alone.map((part) => `<div>${part}</div>`).join('')));
      }),
    );
  });
});

describe('mail of the corpus', () => {
  for (const { name, message } of [...structures, ...broken, ...encodings])
    it(`is shown: ${name}`, () => {
      const { source } = parseMessage(message);
      for (const body of [rendered(source), fallbackBody(source)]) {
        assert.ok(body.text.isWellFormed() && body.preview.length <= 256);
        assert.ok((body.html === null) !== (body.textHtml === null));
        const said = source.texts.some(
          ({ part, text }) => /Hello/.test(text) && source.textBody.some((item) => item.part === part),
        );
        if (said) assert.match(body.text, /Hello/);
      }
    });
});

describe('a body that could not be made safe (M13)', () => {
  it('is its plain text, escaped', () => {
    const body = fallbackBody(sourceOf(plain('1', 'a <b> & "c"\r\nd')));
    assert.deepEqual([body.html, body.text, body.preview], [null, 'a <b> & "c"\r\nd', 'a <b> & "c" d']);
    assert.ok(body.textHtml?.startsWith(`<div class="${PLAIN_CLASS}"`));
    assert.match(body.textHtml ?? '', />a &lt;b&gt; &amp; &quot;c&quot;\r\nd</);
  });

  it('is what stands between tags, where there is only HTML', () => {
    const source = sourceOf(html('1', '<title>no</title><STYLE>no</style><p title="x">one\n  <b>two</b><script>no'));
    assert.equal(fallbackBody(source).text, 'one\ntwo');
  });

  it('has characters in place of their references, which make no tags', () => {
    const body = fallbackBody(
      sourceOf(html('1', '<p>Gr&uuml;&#223;e &amp;amp; Co&#x2e;&nbsp;1 &lt;b&gt; 2 &copy 3 &unknown; AT&T&#0;</p>')),
    );
    assert.equal(body.text, 'Grüße &amp; Co. 1 <b> 2 © 3 &unknown; AT&T\ufffd');
    assert.match(body.textHtml ?? '', />Grüße &amp;amp; Co. 1 &lt;b&gt; 2 /);
    assert.equal(fallbackBody(sourceOf(html('1', '&lt;<b>style>seen</b>'))).text, '<style>seen');
    assert.equal(fallbackBody(sourceOf(plain('1', 'plain &amp; simple'))).text, 'plain &amp; simple');
  });

  it('has the words that come after a style sheet, comments, tags or white space of any length', () => {
    const long = 1_900_000;
    for (const before of [
      `<style>${'a{color:red}'.repeat(long / 12)}</style>`,
      `<html><head><STYLE\n>${'a{color:red}'.repeat(long / 12)}</STYLE ><body>`,
      `<script>${'x()<b;'.repeat(long / 6)}</script>`,
      `<!--${'<b>x</b>'.repeat(long / 8)}-->`,
      `<style>${'\u0130'.repeat(long)}</style>`,
      '<br>'.repeat(long / 4),
      `<b title="${'x'.repeat(long)}">`,
      ' \n'.repeat(long / 2),
      '<td> </td>\n'.repeat(long / 11),
      '&nbsp;\n'.repeat(long / 7),
    ])
      assert.equal(fallbackBody(sourceOf(html('1', `${before}<p>seen <b>words</b></p>`))).text, 'seen words');
    assert.equal(fallbackBody(sourceOf(plain('1', `${'\n'.repeat(long)}seen`))).text, 'seen');
  });

  it('takes a sign for a tag only where a browser would', () => {
    assert.equal(
      fallbackBody(sourceOf(html('1', '1 < 2 and 2 <3, <styles>they say'))).text,
      '1 < 2 and 2 <3, they say',
    );
  });

  it('is what the HTML says, where the plain text beside it says nothing', () => {
    const source = {
      texts: [plain('1', ' \n'), html('2', '<p>seen</p>')],
      textBody: [{ part: '1', type: 'text/plain' }],
      htmlBody: [{ part: '2', type: 'text/html' }],
    };
    assert.equal(fallbackBody(source).text, 'seen');
  });

  it('takes no longer than twice the time for twice the text', () => {
    for (const piece of [
      ' \t',
      '<',
      '<style',
      '<!--',
      '<head>\n \n',
      '< ',
      '</title',
      '<b title="',
      '\n',
      '&amp;',
      '&#1',
      '&Counter',
    ])
      assertLinear(
        (text) => fallbackBody(sourceOf(html('1', text))),
        (n) => piece.repeat(n / piece.length),
        piece,
      );
  });

  it('is its beginning, and never an error, whatever it says', () => {
    assert.equal(fallbackBody(sourceOf(plain('1', 'x'.repeat(200_000)))).text.length, 100_000);
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      'style',
      '<script',
      '</style>',
      '"',
      '&',
      '&lt;',
      '&#0',
      '\0',
      '\ud800',
      'a',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, isHtml) => {
        const text = pieces.join('');
        const body = fallbackBody(sourceOf(isHtml ? html('1', text) : plain('1', text)));
        assert.doesNotMatch(body.textHtml?.replaceAll(/^<div[^>]*>|<\/div>$/g, '') ?? '', /[<>"]/);
        assert.ok(body.text.isWellFormed() && !body.text.includes('\0'));
      }),
    );
  });
});
