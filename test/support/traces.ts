import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A secret somewhere it has no business to be: which one, written how, and where. */
export type Trace = { secret: string; how: string; where: string };

/** Base64 of a text that stands in a longer one: what of it no neighbour changes, at each of the three places. */
const insideBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
  });

/** Every way in which a secret may be found written down, by the name of the way. */
const waysOf = (secret: string): [how: string, bytes: Buffer][] => {
  const plain = Buffer.from(secret);
  const utf16 = Buffer.from(secret, 'utf16le');
  const base64 = [...insideBase64(plain), ...insideBase64(utf16)];
  const texts: [string, string][] = [
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1)],
    ['URL', encodeURIComponent(secret)],
    ['form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['hex', plain.toString('hex')],
    ['hex in capitals', plain.toString('hex').toUpperCase()],
    ['list of bytes', [...plain].join(',')],
    ...base64.map((text): [string, string] => ['base64', text]),
    ...base64.map((text): [string, string] => ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')]),
    ...base64.map((text): [string, string] => ['base64 in a URL', encodeURIComponent(text)]),
  ];
  return [
    ['plain', plain],
    ['latin1', Buffer.from(secret, 'latin1')],
    ['UTF-16', utf16],
    ['UTF-16 the other way round', Buffer.from(utf16).swap16()],
    ...texts.map(([how, text]): [string, Buffer] => [how, Buffer.from(text)]),
  ];
};

/** Looks for secrets in bytes, in every way of writing them down. */
export const tracesIn = (bytes: Buffer, secrets: readonly string[], where: string): Trace[] =>
  secrets.flatMap((secret) =>
    waysOf(secret).flatMap(([how, written]) => (bytes.includes(written) ? [{ secret, how, where }] : [])),
  );

/** Looks into every file of a folder and below, and at their names. */
export const tracesBelow = (folder: string, secrets: readonly string[]): Trace[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(folder, name);
    const bytes = statSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0);
    return [...tracesIn(Buffer.from(name), secrets, `the name ${name}`), ...tracesIn(bytes, secrets, name)];
  });
