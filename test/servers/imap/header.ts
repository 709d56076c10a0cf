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
