import type { Answer } from '../rawImap.ts';
import { type Line, pairsOf, type Token, textOf, tokensOf } from '../rawImapLines.ts';

const isNumber = /^\d+$/;

/** A token as JSON: literals as text, names that are the same in any case in lower case. */
const plain = (token: Token): unknown => {
  if (Array.isArray(token)) return token.map(plain);
  return Buffer.isBuffer(token) ? token.toString('latin1') : token;
};

const sorted = (token: Token | undefined): string[] =>
  (Array.isArray(token) ? token : [])
    .map(textOf)
    .filter((name) => name !== '\\Recent')
    .toSorted();

const lower = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(lower) : typeof value === 'string' ? value.toLowerCase() : value;

const item = (name: string, value: Token): unknown => {
  if (name === 'FLAGS') return sorted(value);
  if (name === 'MODSEQ') return 'a modseq';
  if (name === 'INTERNALDATE') return textOf(value).replace(/^ /, '0');
  return name.startsWith('BODY') && Array.isArray(value) ? lower(plain(value)) : plain(value);
};

const fetched = (token: Token | undefined): Record<string, unknown> =>
  Object.fromEntries(
    [...pairsOf(token)]
      .map(([name, value]): [string, unknown] => [name, item(name, value)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const statusOf = (token: Token | undefined): Record<string, unknown> =>
  Object.fromEntries(
    [...pairsOf(token)]
      .map(([name, value]): [string, unknown] => {
        const opaque = ['UIDVALIDITY', 'HIGHESTMODSEQ', 'RECENT'].includes(name);
        return [name, opaque ? 'a number' : plain(value)];
      })
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** A response code without the numbers that each server gives as it likes. */
const codeOf = (text: string): string => {
  const code = /^\[((?:[^\]"]|"[^"]*")*)\]/.exec(text)?.[1] ?? '';
  const [name = '', ...rest] = code.split(' ');
  if (['UIDVALIDITY', 'HIGHESTMODSEQ'].includes(name)) return `${name} a number`;
  if (['APPENDUID', 'COPYUID'].includes(name)) return [name, 'a number', ...rest.slice(1)].join(' ');
  if (name === 'PERMANENTFLAGS')
    return `${name} ${code.slice(name.length).replaceAll(/[()]/g, '').trim().split(' ').toSorted().join(' ')}`;
  return name === 'CAPABILITY' ? name : code;
};

/** What a line says; null for what nobody needs. */
const lineOf = (line: Line): unknown => {
  const [, first = null, second = null, ...rest] = tokensOf(line);
  const word = textOf(first).toUpperCase();
  if (['OK', 'NO', 'BAD', 'BYE'].includes(word)) {
    const code = codeOf(line.text.slice(line.text.indexOf(' ', 2) + 1));
    return word === 'OK' && code === '' ? null : [word, code];
  }
  if (isNumber.test(word)) {
    const kind = textOf(second).toUpperCase();
    if (kind === 'RECENT') return null;
    return kind === 'FETCH' ? [Number(word), kind, fetched(rest[0])] : [Number(word), kind];
  }
  if (word === 'FLAGS') return [word, sorted(second)];
  if (word === 'LIST' || word === 'LSUB') return [word, lower(sorted(second)), ...rest.map(plain)];
  if (word === 'STATUS') return [word, plain(second), statusOf(rest[0])];
  if (word === 'CAPABILITY' || word === 'ID') return [word];
  if (word === 'SEARCH') return line.text.replace(/MODSEQ \d+/, 'MODSEQ').trim();
  if (word === 'ESEARCH') return line.text.replace(/TAG "[^"]*"/, 'TAG').replace(/MODSEQ \d+/, 'MODSEQ');
  return [word, plain(second), ...rest.map(plain)];
};

type Shown = [number, string, ...unknown[]];
const isExpunge = (shown: unknown): shown is Shown => Array.isArray(shown) && shown[1] === 'EXPUNGE';

/** Numbers of EXPUNGE as they were before the first of them, whichever the server tells first. */
const settled = (lines: unknown[]): unknown[] => {
  const left = Array.from({ length: 1000 }, (_, index) => index + 1);
  const gone = lines.filter(isExpunge).flatMap(([number]) => left.splice(number - 1, 1));
  const others = lines.filter((line) => !isExpunge(line));
  return gone.length === 0 ? others : [['EXPUNGE', ...gone.toSorted((a, b) => a - b)], ...others];
};

/** What came of a command, as two servers should answer it alike: untagged lines in any order, how often each was said. */
export const normal = ({ status, text, lines }: Answer): unknown => {
  const shown = settled(lines.map(lineOf).filter((line) => line !== null));
  const counts = new Map<string, number>();
  for (const line of shown.map((each) => JSON.stringify(each))) counts.set(line, (counts.get(line) ?? 0) + 1);
  return { status, code: codeOf(text), ...(counts.size > 0 ? { lines: Object.fromEntries(counts) } : {}) };
};
