const BLOCKS =
  'address,article,aside,blockquote,caption,center,dd,div,dl,dt,figcaption,figure,footer,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,tr,ul';

/** What keeps its white space, as the editor shows it too. */
const KEEPS_SPACE = 'pre,[data-as-style*="white-space:pre"]';

/** The lines that are done, and the one that is not: null where nothing was said in it. */
type Lines = { done: string[]; open: string | null; wantsGap: boolean };

/** Spaces at the end say nothing, but in the line above a signature (RFC 3676 section 4.3). */
const ended = (line: string): string => (line === '-- ' ? line : line.replace(/ +$/, ''));

/** Ends the line, also an empty one where that is `forced`. */
const end = (lines: Lines, isForced = false): void => {
  if (lines.open !== null || isForced) lines.done.push(ended(lines.open ?? ''));
  lines.open = null;
};

const say = (lines: Lines, text: string): void => {
  const isNew = (lines.open ?? '') === '' || lines.open?.endsWith(' ');
  const said = isNew ? text.replace(/^ /, '') : text;
  if (said === '') return;
  if (lines.wantsGap && lines.done.length > 0) lines.done.push('');
  lines.wantsGap = false;
  lines.open = (lines.open ?? '') + said;
};

const writeText = (lines: Lines, text: string, keepsSpace: boolean): void => {
  if (!keepsSpace) return say(lines, text.replaceAll(/[\t\n\f\r ]+/g, ' '));
  for (const [at, line] of text.split('\n').entries()) {
    if (at > 0) end(lines, true);
    if (line !== '') lines.open = (lines.open ?? '') + line;
  }
};

const writeElement = (lines: Lines, element: Element, keepsSpace: boolean): void => {
  if (element.localName === 'br') return end(lines, true);
  if (element.matches('td + td, th + td, th + th')) lines.open = `${lines.open ?? ''}\t`;
  const isBlock = element.matches(BLOCKS);
  if (isBlock) end(lines);
  if (element.localName === 'p') lines.wantsGap = true;
  if (element.localName === 'blockquote')
    lines.done.push(...linesOf(element, keepsSpace).map((line) => (/^(?:>|$)/.test(line) ? `>${line}` : `> ${line}`)));
  else write(lines, element, keepsSpace);
  if (isBlock) end(lines);
  if (element.localName === 'p') lines.wantsGap = true;
};

const write = (lines: Lines, within: Element, around: boolean): void => {
  const keepsSpace = around || within.matches(KEEPS_SPACE);
  for (const node of within.childNodes) {
    if (node instanceof Text) writeText(lines, node.data, keepsSpace);
    else if (node instanceof Element) writeElement(lines, node, keepsSpace);
  }
};

const linesOf = (element: Element, keepsSpace: boolean): string[] => {
  const lines: Lines = { done: [], open: null, wantsGap: false };
  write(lines, element, keepsSpace);
  end(lines);
  return lines.done;
};

/**
 * What is written in the editor as plain text: line by line as it is seen, quotes behind `>`. (`innerText` counts the `<br>` that
 * holds an empty line open as a line more.)
 */
export const textOf = (element: HTMLElement): string => linesOf(element, false).join('\n').replaceAll('\u00a0', ' ');
