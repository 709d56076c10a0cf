import { LinkifyIt } from 'linkify-it';
import { linkAttributes } from './attributes.ts';
import { PLAIN_CLASS, QUOTE_CLASS, SIGNATURE_CLASS } from './names.ts';
import { linkUrl } from './urls.ts';
import { htmlWriter, type Writer, writeAttribute } from './writer.ts';

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, maxLength: 2000 });

const DEEPEST_QUOTE = 30;
/** Lines longer than this hold no text that anyone wrote, and no links. */
const LONGEST_LINE = 20_000;

const PLAIN = writeAttribute('class', PLAIN_CLASS) + writeAttribute('style', 'white-space:pre-wrap');
const QUOTE = writeAttribute('class', QUOTE_CLASS);
const SIGNATURE = writeAttribute('class', SIGNATURE_CLASS);

/** A line without its quote marks, and how many those were. A space belongs to each mark. */
const unquoted = (line: string): { depth: number; text: string } => {
  let depth = 0;
  let at = 0;
  while (line[at] === '>' || (line[at] === ' ' && line[at + 1] === '>' && depth > 0)) {
    if (line[at] === '>') depth++;
    at++;
  }
  const from = depth > 0 && line[at] === ' ' ? at + 1 : at;
  return { depth: Math.min(depth, DEEPEST_QUOTE), text: line.slice(from) };
};

const writeLine = (writer: Writer, line: string): void => {
  let done = 0;
  const found = line.length > LONGEST_LINE ? null : linkify.match(line);
  for (const { index, lastIndex, url, raw } of found ?? []) {
    const href = linkUrl(url);
    if (href === null || index < done) continue;
    writer.text(line.slice(done, index));
    const opened = writer.open('a', linkAttributes(href, raw));
    writer.text(raw);
    if (opened) writer.close();
    done = lastIndex;
  }
  writer.text(line.slice(done));
};

/**
 * A plain text as HTML that `sanitiseHtml` would not change: quotes as nested `<blockquote class="tern--quote">`, addresses
 * as links, the signature (RFC 3676 section 4.3) in `<div class="tern--signature">`, white space as it is.
 */
export const plainTextHtml = (text: string): string => {
  const writer = htmlWriter();
  const lines = text
    .toWellFormed()
    .replaceAll('\0', '\uFFFD')
    .split(/\r\n?|\n/);
  writer.open('div', PLAIN);
  let open = 0;
  let inSignature = false;
  let before: string | null = null;
  for (const line of lines) {
    const { depth, text: said } = unquoted(line);
    const begins = line === '-- ' && !inSignature;
    // Between two blocks there is no line end: each begins a line of its own. An empty line before that needs one.
    if (before !== null && ((depth === open && !begins) || before === '')) writer.text('\n');
    before = said;
    for (; open > depth; open--) writer.close();
    for (; open < depth; open++) writer.open('blockquote', QUOTE);
    if (begins) {
      writer.open('div', SIGNATURE);
      inSignature = true;
    }
    writeLine(writer, said);
  }
  for (; open > 0; open--) writer.close();
  if (inSignature) writer.close();
  writer.close();
  return writer.html();
};
