import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What no person reads: comments, imports, what is said to programmers, and styles. */
const source = (path: string): string =>
  readFileSync(path, 'utf8')
    .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
    .replaceAll(/^(?:import|export) .* from '.*';$/gm, '')
    .replaceAll(
      /new TernError\([^)]*\)|new Error\([^)]*\)|\bclass=(?:"[^"]*"|\{[^}]*\})|querySelector[^(]*\([^)]*\)/g,
      '',
    );

/** Texts that are written in a view, or two words or more in quotes. */
const textsIn = (path: string): string[] => {
  const text = source(path);
  const shown = path.endsWith('.tsx')
    ? [
        ...text.matchAll(/(?<=[a-z"}\])])>\s*([A-Z][a-z]+[^<>{};=]*)</g),
        ...text.matchAll(/\b(?:title|placeholder|alt|label|aria-label)="([A-Z][a-z]+[^"+]*)"/g),
      ]
    : [];
  const quoted = [...text.matchAll(/'([A-Z][a-z]+(?: [A-Za-z]+)+[^']*)'|`([A-Z][a-z]+ [^`]*)`/g)];
  return [...shown, ...quoted].map(([, one, other]) => `${path}: ${one ?? other}`);
};

test('every text of the window and of the desktop program stands in a catalogue', () => {
  const files = globSync([
    'electron/renderer/{state,views,lib}/*.{ts,tsx}',
    'electron/*.ts',
    'src-main/desktop/*.ts',
  ]).map((path) => path.replaceAll('\\', '/'));
  assert.ok(files.length > 80);
  const outside = files.filter((path) => path !== 'src-main/desktop/strings.ts').flatMap(textsIn);
  assert.deepEqual(outside, []);
  assert.ok(textsIn('src-main/desktop/strings.ts').length > 3);
});
