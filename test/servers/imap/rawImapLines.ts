/** A line of an IMAP server without its CRLF; each `{n}` in `text` stands for the next literal (RFC 3501 section 4.3). */
export type Line = { text: string; literals: Buffer[] };

/** An atom or a quoted string, NIL, a literal, or a parenthesised list. */
export type Token = string | null | Buffer | Token[];

const literalAtEnd = /\{(\d+)\}$/;

/** Cuts a byte stream into lines and hands each to `take`; feed it with what arrives. */
export const lineReader = (take: (line: Line) => void): ((bytes: Buffer) => void) => {
  let parts: Buffer[] = [];
  let held = 0;
  /** So many bytes must be held before it is worth looking again. */
  let wanted = 2;
  let line: Line = { text: '', literals: [] };
  let literal: number | null = null;

  const readOne = (bytes: Buffer, at: number): number | null => {
    if (literal !== null) {
      if (bytes.length - at < literal) return null;
      line.literals.push(bytes.subarray(at, at + literal));
      const next = at + literal;
      literal = null;
      return next;
    }
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    line.text += bytes.toString('utf8', at, end);
    const size = literalAtEnd.exec(line.text)?.[1];
    if (size === undefined) {
      take(line);
      line = { text: '', literals: [] };
    } else literal = Number(size);
    return end + 2;
  };

  return (chunk) => {
    parts.push(chunk);
    held += chunk.length;
    if (held < wanted) return;
    const bytes = Buffer.concat(parts);
    let at = 0;
    for (let next = readOne(bytes, at); next !== null; next = readOne(bytes, at)) at = next;
    const rest = bytes.subarray(at);
    parts = [rest];
    held = rest.length;
    wanted = literal ?? 0;
  };
};

const special = /[\s()"]/;

/** Where an atom that begins at `at` ends; a section such as `BODY[HEADER.FIELDS (SUBJECT)]` is part of it. */
const atomEnd = (text: string, at: number): number => {
  let depth = 0;
  let end = at;
  for (; end < text.length; end += 1) {
    const char = text[end] ?? '';
    if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    else if (depth <= 0 && special.test(char)) break;
  }
  return end;
};

/** The tokens of a line. Status texts are free prose: read `text` for those. */
export const tokensOf = ({ text, literals }: Line): Token[] => {
  const stack: Token[][] = [[]];
  let literal = 0;
  let at = 0;
  const put = (token: Token): void => void stack.at(-1)?.push(token);
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === ' ') at += 1;
    else if (char === '(') {
      stack.push([]);
      at += 1;
    } else if (char === ')') {
      put(stack.pop() ?? []);
      at += 1;
    } else if (char === '"') {
      const [whole = '"'] = /^"(?:[^"\\]|\\.)*"?/.exec(text.slice(at)) ?? [];
      put(whole.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
      at += whole.length;
    } else {
      const end = atomEnd(text, at);
      const atom = text.slice(at, end);
      if (/^\{\d+\}$/.test(atom)) put(literals[literal++] ?? null);
      else put(atom.toUpperCase() === 'NIL' ? null : atom);
      at = Math.max(end, at + 1);
    }
  }
  return stack[0] ?? [];
};

/** The text of a token: of a literal as UTF-8, of NIL and lists ''. */
export const textOf = (token: Token | undefined): string =>
  Buffer.isBuffer(token) ? token.toString() : typeof token === 'string' ? token : '';

/** A list of names and values in turn, as FETCH and STATUS answer (RFC 3501 section 7.4.2). Names are upper-case. */
export const pairsOf = (token: Token | undefined): Map<string, Token> => {
  const list = Array.isArray(token) ? token : [];
  const pairs = new Map<string, Token>();
  for (let at = 0; at + 1 < list.length; at += 2) pairs.set(textOf(list[at]).toUpperCase(), list[at + 1] ?? null);
  return pairs;
};

/** UIDs of a set without `*`, in its order (RFC 4315 section 4). */
export const expandSet = (set: string): number[] =>
  set.split(',').flatMap((range) => {
    const [first = '0', last = first] = range.split(':');
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => Number(first) + n);
  });
