/** A line of format=flowed taken apart: how deep it is quoted, and what it says, the stuffed space gone. */
type Line = { depth: number; text: string };

const SIGNATURE = '-- ';

const readLine = (line: string): Line => {
  let depth = 0;
  while (line[depth] === '>') depth++;
  const text = line.slice(depth);
  return { depth, text: text.startsWith(' ') ? text.slice(1) : text };
};

/** A line as plain text has it. What began with '>' or a space behind the stuffed one must not become a quote. */
const writeLine = ({ depth, text }: Line): string => {
  if (depth > 0) return text === '' ? '>'.repeat(depth) : `${'>'.repeat(depth)} ${text}`;
  return text.startsWith('>') ? ` ${text}` : text;
};

/**
 * Text of format=flowed (RFC 3676) as plain text: lines that flow into the next one joined, '> ' before quotes, the space
 * that was stuffed before other lines gone. With `delSp`, the space at which a line was broken goes, too. A signature's
 * separator stands by itself. Lines end in LF.
 */
export const unflow = (text: string, delSp: boolean): string => {
  const written: string[] = [];
  let pieces: string[] = [];
  let depth = 0;
  const finish = (): void => {
    if (pieces.length > 0) written.push(writeLine({ depth, text: pieces.join('') }));
    pieces = [];
  };
  for (const raw of text.split(/\r?\n/)) {
    const line = readLine(raw);
    const isSignature = line.text === SIGNATURE;
    if (depth !== line.depth || isSignature) finish();
    depth = line.depth;
    const flows = line.text.endsWith(' ') && !isSignature;
    pieces.push(flows && delSp ? line.text.slice(0, -1) : line.text);
    if (!flows) finish();
  }
  finish();
  return written.join('\n');
};

/** In characters, quote marks included, the line end not: RFC 3676 section 4.2 wants at most 78; some add marks of their own. */
const WIDTH = 72;
/** Deeper quotes are not broken: there would be more marks than words. */
const DEEPEST = 40;

/** Where to break a line that is too long: behind its last space that fits, or the first one; its end where there is none. */
const breakOf = (text: string, from: number, width: number): number => {
  if (text.length - from <= width) return text.length;
  const last = text.lastIndexOf(' ', from + width - 1);
  const space = last >= from ? last : text.indexOf(' ', from + width);
  let end = space === -1 ? text.length : space + 1;
  while (text[end] === ' ') end++;
  // Alone, that would be a signature's separator, not the beginning of more.
  return text.slice(from, end) === SIGNATURE ? text.length : end;
};

/** What a receiver would take for a quote, for stuffing, or, in a mailbox file, for the next message. */
const wantsStuffing = (text: string): boolean => /^(?: |>|From )/.test(text);

/**
 * Plain text as format=flowed (RFC 3676), for `unflow` to give back: lines of at most 72 characters where there are
 * spaces to break at, '>' before quotes as plain text has it. Spaces at the ends of lines mean nothing and are left out,
 * but for a signature's separator. Lines end in CRLF.
 */
export const flow = (text: string): string => {
  const written: string[] = [];
  for (const raw of text.split(/\r\n?|\n/)) {
    const { depth, text: said } = readLine(raw.startsWith('>') ? raw : ` ${raw}`);
    const line = said === SIGNATURE ? said : said.trimEnd();
    const marks = '>'.repeat(depth);
    const width = depth > DEEPEST ? Number.POSITIVE_INFINITY : WIDTH - depth - 1;
    let from = 0;
    do {
      const end = breakOf(line, from, width);
      const piece = line.slice(from, end);
      const stuffed = (depth > 0 && piece !== '') || wantsStuffing(piece);
      written.push(`${marks}${stuffed ? ' ' : ''}${piece}`);
      from = end;
    } while (from < line.length);
  }
  return written.join('\r\n');
};
