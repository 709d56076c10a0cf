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
