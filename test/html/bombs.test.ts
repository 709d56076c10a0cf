import { test } from 'node:test';
import { plainTextHtml } from '../../src-main/html/plainText.ts';
import { previewOf } from '../../src-main/html/preview.ts';
import { htmlToText } from '../../src-main/html/text.ts';
import { BOMBS } from './bombs.ts';
import { CSS_BOMBS } from './bombsCss.ts';
import { clean } from './clean.ts';
import { assertLinear } from './cost.ts';

const ALL = Object.entries({ ...BOMBS, ...CSS_BOMBS });

test('H22: the time to make HTML safe grows no faster than the HTML', () => {
  for (const [name, bomb] of ALL) assertLinear(clean, bomb, name);
});

test('H22: the time to say it as text grows no faster than the HTML', () => {
  for (const [name, bomb] of ALL) assertLinear(htmlToText, bomb, name);
});

test('H22: nor does the time for plain text', () => {
  const bombs: Record<string, (n: number) => string> = {
    'quote marks': (n) => '>'.repeat(n),
    'quote marks and spaces': (n) => '> '.repeat(n / 2),
    'lines of quotes': (n) => '>>>>>>>>>>\n>\n'.repeat(n / 13),
    addresses: (n) => 'https://a.example/x '.repeat(n / 20),
    'one address': (n) => `https://a.example/${'x'.repeat(n)}`,
    brackets: (n) => '('.repeat(n),
    'at signs': (n) => 'a@'.repeat(n / 2),
    dots: (n) => 'a.'.repeat(n / 2),
    schemes: (n) => 'https://'.repeat(n / 8),
    spaces: (n) => ' '.repeat(n),
    fillers: (n) => '\u200B\u034F'.repeat(n / 2),
    'lines that introduce nothing': (n) => `On ${'x '.repeat(140)}\n`.repeat(n / 284),
    signatures: (n) => '-- \n'.repeat(n / 4),
  };
  for (const [name, bomb] of Object.entries(bombs)) {
    for (const separator of ['', '\n']) assertLinear(plainTextHtml, (n) => bomb(n) + separator, name);
    assertLinear(previewOf, bomb, name);
  }
});
