import { VOID } from './names.ts';
import { BODY, mayHoldText, mayOpen, type Place, placeIn } from './nesting.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\u00A0': '&nbsp;' };
const escape = (char: string): string => ESCAPES[char] ?? char;

const escapeText = (text: string): string =>
  /[&<>\u00A0]/.test(text) ? text.replaceAll(/[&<>\u00A0]/g, escape) : text;

/** An attribute as it is written, with a space before it. Carriage returns would be read as line feeds. */
export const writeAttribute = (name: string, value: string): string => {
  const line = value.includes('\r') ? value.replaceAll(/\r\n?/g, '\n') : value;
  return ` ${name}="${/[&<>"\u00A0]/.test(line) ? line.replaceAll(/[&<>"\u00A0]/g, escape) : line}"`;
};

/** Writes HTML that every parser reads back as exactly the tree that was meant. */
export type Writer = {
  /** Opens an element, its attributes as `writeAttribute` makes them; false, and nothing is written, where it may not stand. */
  open(tag: string, attributes?: string): boolean;
  /** Ends the element that was opened last. Those without content end by themselves. */
  close(): void;
  text(text: string): void;
  /** What was written. */
  html(): string;
};

const MOST_NODES = 100_000;

/** A writer of what stands in a body. After 100,000 elements and texts, it writes nothing but what closes the open ones. */
export const htmlWriter = (): Writer => {
  let written = '';
  let nodes = 0;
  let place = BODY;
  let afterPre = false;
  const places: Place[] = [];
  return {
    open: (tag, attributes = '') => {
      if (nodes >= MOST_NODES || !mayOpen(tag, place)) return false;
      nodes++;
      written += `<${tag}${attributes}>`;
      afterPre = tag === 'pre';
      if (VOID.has(tag)) return true;
      places.push(place);
      place = placeIn(tag, place);
      return true;
    },
    close: () => {
      written += `</${place.tag}>`;
      place = places.pop() ?? BODY;
      afterPre = false;
    },
    text: (text) => {
      let line = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
      // A parser leaves out white space before the body's first content, and a line feed right after <pre>.
      if (written === '') line = line.replace(/^[\t\n\f ]+/, '');
      if (afterPre) line = line.replace(/^\n+/, '');
      if (line === '' || nodes >= MOST_NODES || !mayHoldText(place)) return;
      nodes++;
      written += escapeText(line);
      afterPre = false;
    },
    html: () => written,
  };
};
