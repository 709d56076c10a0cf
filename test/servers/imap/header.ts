/** A header field: its name and its value as written, folds included, without the last CRLF. */
export type Field = { name: string; value: string };

/** The fields of a header in latin1, in order; what is no field is left out (RFC 5322 section 2.2). */
export const fieldsOf = (header: string): Field[] =>
  header.split(/\r?\n(?![ \t])/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1) }] : [];
  });

/** The value of the first field of a name, unfolded (RFC 5322 section 2.2.3); null where there is none. */
export const valueOf = (fields: readonly Field[], name: string): string | null => {
  const found = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  return found ? found.value.replaceAll(/\r?\n(?=[ \t])/g, '').trim() : null;
};

const decodeWord = (encoding: string, text: string): string => {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString();
  const octets = text
    .replaceAll('_', ' ')
    .replaceAll(/=([\dA-F]{2})/gi, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString();
};

/** A header's text, given in latin1: UTF-8, and encoded words of UTF-8 (RFC 2047). */
export const decodeText = (text: string): string =>
  Buffer.from(text, 'latin1')
    .toString()
    .replaceAll(/(=\?utf-8\?[bq]\?[^?]*\?=)\s+(?==\?utf-8\?)/gi, '$1')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_whole, encoding: string, word: string) =>
      decodeWord(encoding, word),
    );

/** A value with parameters, as of Content-Type (RFC 2045 section 5.1). */
export type Parameterised = { value: string; params: [string, string][] };

/** Takes `text/plain; charset=utf-8` apart; parameter names as written. */
export const parseParameters = (text: string): Parameterised => {
  const params: [string, string][] = [];
  const [value = ''] = text.split(';', 1);
  for (const match of text.slice(value.length).matchAll(/;\s*([^=;\s]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g)) {
    params.push([match[1] ?? '', match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? '']);
  }
  return { value: value.trim(), params };
};
