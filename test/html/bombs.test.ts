import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainTextHtml } from '../../src-main/html/plainText.ts';
import { previewOf } from '../../src-main/html/preview.ts';
import { htmlToText } from '../../src-main/html/text.ts';
import { BOMBS } from './bombs.ts';
import { clean } from './clean.ts';

const SIZE = 60_000;
const TRIES = 4;

/** The processor's time for one run, in ms; not the clock's, which others' work moves on, too. */
const cost = (run: () => void): number => {
  const before = process.cpuUsage().user;
  run();
  return (process.cpuUsage().user - before) / 1000;
};

/** Fails where twice the input takes more than three times as long, each time of several; what takes no time may. */
const assertLinear = (read: (text: string) => unknown, bomb: (n: number) => string, name: string): void => {
  const measured: string[] = [];
  for (let round = 0; round < TRIES; round++) {
    const [one, two] = [bomb(SIZE), bomb(2 * SIZE)];
    const single = cost(() => read(one));
    const double = cost(() => read(two));
    if (double <= 3 * single + 30) return;
    measured.push(`${single} ms, then ${double} ms`);
  }
  assert.fail(`${name}: ${measured.join('; ')}`);
};

test('H22: the time to make HTML safe grows no faster than the HTML', () => {
  for (const [name, bomb] of Object.entries(BOMBS)) assertLinear(clean, bomb, name);
});

test('H22: the time to say it as text grows no faster than the HTML', () => {
  for (const [name, bomb] of Object.entries(BOMBS)) assertLinear(htmlToText, bomb, name);
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
