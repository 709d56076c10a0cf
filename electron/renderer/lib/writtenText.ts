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

/** The empty line between paragraphs, before something is said again. */
const gap = (lines: Lines): void => {
  if (lines.wantsGap && lines.done.length > 0) lines.done.push('');
  lines.wantsGap = false;
};

const say = (lines: Lines, text: string): void => {
  const isNew = (lines.open ?? '') === '' || lines.open?.endsWith(' ');
  const said = isNew ? text.replace(/^ /, '') : text;
  if (said === '') return;
  gap(lines);
  lines.open = (lines.open ?? '') + said;
};

const writeText = (lines: Lines, text: string, keepsSpace: boolean): void => {
  if (!keepsSpace) return say(lines, text.replaceAll(/[\t\n\f\r ]+/g, ' '));
  for (const [at, line] of text.split('\n').entries()) {
    if (at > 0) end(lines, true);
    if (line !== '') lines.open = (lines.open ?? '') + line;
  }
};

/** What stands before a thing of a list. */
const markOf = (item: Element): string => {
  const list = item.parentElement;
  if (!(list instanceof HTMLOListElement)) return '- ';
  const items = [...list.children].filter(({ localName }) => localName === 'li');
  return `${list.start + items.indexOf(item)}. `;
};

/** An address without what nobody types of it. */
const bare = (address: string): string => address.replace(/^(?:https?:\/\/|mailto:)/i, '').replace(/\/$/, '');

/** Where a link leads, where it does not say so itself. Quoted are the words alone. */
const leadsTo = (link: Element): string => {
  const href = link.getAttribute('href') ?? '';
  const said = link.textContent.trim();
  const isTold = said === '' || !/^(?:https?:|mailto:)/i.test(href) || bare(said) === bare(href);
  return isTold || link.closest('blockquote') ? '' : `<${href}>`;
};

/** Behind the words of the link, or below them where they are lines of their own. */
const sayWhere = (lines: Lines, where: string): void => {
  if (where === '') return;
  if (lines.open === null) lines.done.push(where);
  else lines.open = lines.open.replace(/( ?)$/, ` ${where}$1`);
};

/** The lines of an element that is laid out by itself, as they stand in the whole. */
const setOff = (element: Element, keepsSpace: boolean): string[] | null => {
  if (element.localName === 'blockquote')
    return linesOf(element, keepsSpace).map((line) => (/^(?:>|$)/.test(line) ? `>${line}` : `> ${line}`));
  if (element.localName !== 'li') return null;
  const mark = markOf(element);
  const [first = '', ...others] = linesOf(element, keepsSpace);
  return [ended(mark + first), ...others.map((line) => ended(' '.repeat(mark.length) + line))];
};

const writeElement = (lines: Lines, element: Element, keepsSpace: boolean): void => {
  if (element.localName === 'br') return end(lines, true);
  if (element.matches('td + td, th + td, th + th')) lines.open = `${lines.open ?? ''}\t`;
  const isBlock = element.matches(BLOCKS);
  if (isBlock) end(lines);
  if (element.localName === 'p') lines.wantsGap = true;
  const own = setOff(element, keepsSpace);
  if (own?.length) {
    gap(lines);
    lines.done.push(...own);
  } else if (!own) write(lines, element, keepsSpace);
  if (element.localName === 'a') sayWhere(lines, leadsTo(element));
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
 * What is written in the editor as plain text: line by line as it is seen, quotes behind `>`, lists with their marks. (`innerText` counts the `<br>` that
 * holds an empty line open as a line more.)
 */
export const textOf = (element: HTMLElement): string => linesOf(element, false).join('\n').replaceAll('\u00a0', ' ');
