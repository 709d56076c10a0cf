import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Function as FUNCTION } from 'css-tree/tokenizer';
import * as fc from 'fast-check';
import { type DefaultTreeAdapterTypes as Dom, parse, parseFragment, serialize } from 'parse5';
import { mayHave } from '../../src-main/html/attributes.ts';
import { FUNCTIONS, PROPERTIES } from '../../src-main/html/css/properties.ts';
import { kindOf, readTokens, textOf } from '../../src-main/html/css/tokens.ts';
import { ELEMENTS } from '../../src-main/html/names.ts';
import { htmlToText } from '../../src-main/html/text.ts';
import { someCss, someHtml } from './arbitrary.ts';
import { clean, cleanStyle } from './clean.ts';

// Thousands of cases by default; TERN_CASES sets another number for a long run.
const numRuns = Number(process.env['TERN_CASES'] ?? 3000);
const modes = fc.constantFrom('blocked' as const, 'linked' as const);
const OURS = new Set(['target', 'rel', 'data-tern-warning']);
const SCHEMES =
  /^(?:https?:\/\/|mailto:|tel:|#tern-|tern-mail:\/\/v1\/(?:part\/2\.1$|remote\/\d+$)|data:image\/(?:png|jpeg|gif|webp);base64,)/;

const walk = (node: Dom.ParentNode, visit: (element: Dom.Element) => void): void => {
  for (const child of node.childNodes) {
    if (!('tagName' in child)) continue;
    visit(child);
    walk(child, visit);
  }
};

const checkStyle = (css: string): void => {
  const tokens = readTokens(css);
  for (let at = 0; at < tokens.count; at++) {
    const text = textOf(tokens, at).toLowerCase();
    if (kindOf(tokens, at) === FUNCTION) assert.ok(FUNCTIONS.has(text) || text === 'url', text);
    if (/^(?:https?:|\/\/|data:|tern-mail:|javascript:)/.test(text))
      assert.match(text, /^(?:tern-mail:\/\/v1\/remote\/\d+$|data:image\/)/);
  }
};

const checkAttribute = (element: Dom.Element, name: string, value: string): void => {
  const known = mayHave(name) || OURS.has(name);
  assert.ok(known, `<${element.tagName} ${name}>`);
  if (['href', 'src', 'background'].includes(name)) assert.match(value, SCHEMES);
  if (name === 'style') checkStyle(value);
  if (name === 'style')
    for (const each of value.split(/;(?=[a-z-]+:)/)) assert.ok(PROPERTIES.has(each.split(':')[0] ?? ''), each);
};

test('H2: sanitising twice changes nothing', () => {
  fc.assert(
    fc.property(someHtml, modes, (html, remote) => {
      const once = clean(html, { remote });
      assert.equal(clean(once, { remote }), once);
    }),
    { numRuns },
  );
});

test('H2: every parser reads what is written as the tree it was written from', () => {
  fc.assert(
    fc.property(someHtml, modes, (html, remote) => {
      const once = clean(html, { remote });
      assert.equal(serialize(parseFragment(once)), once);
      const shown = `<!DOCTYPE html><html><head></head><body>${once}</body></html>`;
      for (const scriptingEnabled of [true, false]) assert.equal(serialize(parse(shown, { scriptingEnabled })), shown);
    }),
    { numRuns },
  );
});

test('H3, H4, H6, H14: only what is listed is left, and no address of another kind', () => {
  fc.assert(
    fc.property(someHtml, modes, (html, remote) => {
      const once = clean(html, { remote });
      walk(parseFragment(once), (element) => {
        assert.ok(ELEMENTS.has(element.tagName) || element.tagName === 'style', element.tagName);
        for (const { name, value } of element.attrs) checkAttribute(element, name, value);
        for (const child of element.childNodes)
          if (element.tagName === 'style' && 'value' in child) {
            assert.doesNotMatch(child.value, /</);
            checkStyle(child.value);
          }
      });
    }),
    { numRuns },
  );
});

test('H14: a style made safe again stays as it is', () => {
  fc.assert(
    fc.property(someCss, (css) => {
      const once = cleanStyle(css.replaceAll('&', ''));
      assert.equal(cleanStyle(once.replaceAll('&', '')), once);
    }),
    { numRuns },
  );
});

test('H24: the text of any HTML is well-formed, and the same of what is shown as of what came, hidden things aside', () => {
  fc.assert(
    fc.property(someHtml, (html) => {
      const text = htmlToText(clean(html));
      assert.ok(text.isWellFormed());
      assert.equal(htmlToText(clean(clean(html))), text);
    }),
    { numRuns },
  );
});
