/** A source file: its path from the repository's root with '/', and its text. */
export type SourceFile = { path: string; text: string };

/** A source file split into what the laws look at. */
export type SourceParts = {
  /** The code alone: comments and regular expressions gone, strings as `""`, expressions inside templates kept. */
  code: string;
  /** What stands between quotes, templates included. */
  strings: string[];
  /** Specifiers of static and dynamic imports, type imports, re-exports and `require`. */
  imports: string[];
};

type Reading = { text: string; code: string; quoted: string[]; templates: string[] };

const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const QUOTED = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"`;
// A regular expression may hold quotes. It stands only where no value has just ended; a slash elsewhere divides.
const REGEXP = String.raw`(?<=(?:[(,=:[!&|?{};+>]|\breturn)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*`;
const TOKEN = `${COMMENT}|${QUOTED}|${REGEXP}|[\`{}]`;

// Quoted text stands in the code as `"index"`, so that no word inside it can pass for code.
const IMPORT =
  /\b(?:import|export)\b[^"();=]*?\bfrom\s*"(\d+)"|\bimport\s*"(\d+)"|\b(?:import|require)\s*\(\s*"(\d+)"/g;

/** Reads a template from behind its opening backtick; answers the index behind its closing one. */
const readTemplate = (reading: Reading, from: number): number => {
  const { text } = reading;
  let literal = '';
  let at = from;
  while (at < text.length && text[at] !== '`') {
    if (text.startsWith('${', at)) {
      at = readCode(reading, at + 2, true);
      literal += '?';
    } else {
      const step = text[at] === '\\' ? 2 : 1;
      literal += text.slice(at, at + step);
      at += step;
    }
  }
  reading.templates.push(literal);
  reading.code += '``';
  return at + 1;
};

/** Reads code to the end, or to the brace that closes a template's expression; answers the index behind it. */
function readCode(reading: Reading, from: number, inTemplate: boolean): number {
  const token = new RegExp(TOKEN, 'g');
  let depth = 0;
  let at = from;
  for (;;) {
    token.lastIndex = at;
    const match = token.exec(reading.text);
    reading.code += reading.text.slice(at, match?.index);
    if (!match) return reading.text.length;
    const [found] = match;
    at = match.index + found.length;
    if (found === '{' || found === '}') {
      if (found === '}' && inTemplate && depth === 0) return at;
      depth += found === '{' ? 1 : -1;
      reading.code += found;
    } else if (found === '`') {
      at = readTemplate(reading, at);
    } else if (found.startsWith("'") || found.startsWith('"')) {
      reading.code += `"${reading.quoted.push(found.slice(1, -1)) - 1}"`;
    } else {
      reading.code += ' ';
    }
  }
}

/** Splits TypeScript source without a parser (TypeScript 7 lends programs none): enough for imports and names. */
export const splitSource = (text: string): SourceParts => {
  const reading: Reading = { text, code: '', quoted: [], templates: [] };
  readCode(reading, 0, false);
  const imports = [...reading.code.matchAll(IMPORT)].map(
    ([, from, bare, dynamic]) => reading.quoted[Number(from ?? bare ?? dynamic)] ?? '',
  );
  return {
    code: reading.code.replaceAll(/"\d+"/g, '""'),
    strings: [...reading.quoted, ...reading.templates],
    imports,
  };
};
