import { decodeHTML } from 'entities/decode';
import type { BodyItem, BodySource, BodyText, RenderedBody } from '../../src-shared/body.ts';
import { cleanText, cutText } from '../lib/text.ts';

/** In UTF-16 units: enough to read, and as good as nothing to prepare. */
const LONGEST = 100_000;
const LONGEST_PREVIEW = 256;

/** `PLAIN_CLASS` of html/names.ts, which would bring a parser of HTML into a process that has no other use for it. */
const PLAIN = 'tern--plain';

const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (char) => ESCAPES.get(char) ?? '');

/** What a browser takes for a tag: any other '<' is text. */
const TAG = /<(?:!--|(style|script|title)(?=[\s/>])|[a-z/!?])/iy;
/** Where what no reader sees ends. A head is not among it: its end tag is often left out. */
const ENDS = { style: /<\/style/gi, script: /<\/script/gi, title: /<\/title/gi };

const indexAfter = (text: string, pattern: RegExp, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

/** Where the text goes on after the '<' at `open`; -1 where it never does. */
const tagEnd = (html: string, open: number): number => {
  TAG.lastIndex = open;
  const found = TAG.exec(html);
  if (!found) return open;
  if (found[0] === '<!--') {
    // `<!-->` is a whole comment.
    const end = html.indexOf('-->', open + 2);
    return end === -1 ? -1 : end + 3;
  }
  const hidden = found[1]?.toLowerCase();
  const isHidden = hidden === 'style' || hidden === 'script' || hidden === 'title';
  const end = isHidden ? indexAfter(html, ENDS[hidden], open) : open;
  return end === -1 ? -1 : html.indexOf('>', end) + 1 || -1;
};

/** Rows of white space as one; it is looked at once. */
const tidy = (text: string): string => text.replaceAll(/\s+/g, (space) => (space.includes('\n') ? '\n' : ' '));

/**
 * Text between tags, as far as one can tell without reading HTML, its character references decoded, until there is `room` of
 * it. One look at each character.
 */
const withoutTags = (html: string, room: number): string => {
  let text = '';
  let seen = 0;
  for (let at = 0; at !== -1 && seen < room; ) {
    const open = html.indexOf('<', at);
    const next = open === -1 ? -1 : tagEnd(html, open);
    // A '<' that opens nothing stands for itself.
    const isText = open !== -1 && next === open;
    // Decoded only here, where no '<' that comes of it can be taken for a tag.
    const piece = tidy(decodeHTML(html.slice(at, open === -1 ? undefined : isText ? open + 1 : open)));
    // White space alone fills no room, so that there are words wherever any follow.
    if (piece.trim() !== '') seen += piece.length;
    text += piece;
    at = isText ? open + 1 : next;
  }
  return tidy(text).trim();
};

const plainOf = ({ type, text }: BodyText, room: number): string => {
  if (type === 'text/html') return cutText(withoutTags(text, room), room);
  const cut = cutText(text, room);
  return cut.trim() === '' ? cutText(text.trimStart(), room) : cut;
};

const textOf = (texts: ReadonlyMap<string, BodyText>, items: readonly BodyItem[]): string => {
  let text = '';
  for (const { part } of items) {
    const found = texts.get(part);
    if (found && text.length < LONGEST) text += `${text === '' ? '' : '\n'}${plainOf(found, LONGEST - text.length)}`;
  }
  return text;
};

/**
 * A body where rendering failed: its plain text, or what stands between the tags of its HTML, as text, its first 100,000
 * characters. Empty only where there are no words: what comes before them, such as a style sheet, may be of any length.
 * Takes time linear in the texts, and little. Never throws.
 */
export const fallbackBody = ({ texts, textBody, htmlBody }: BodySource): RenderedBody => {
  const byPart = new Map(texts.map((text) => [text.part, text]));
  const plain = textOf(byPart, textBody);
  const text = plain.trim() === '' ? textOf(byPart, htmlBody) : plain;
  const clean = cleanText(text);
  return {
    html: null,
    text: clean,
    words: null,
    textHtml: `<div class="${PLAIN}" style="white-space:pre-wrap">${escaped(clean)}</div>`,
    blockedRemote: 0,
    remote: [],
    isFallback: true,
    preview: cutText(
      clean
        .slice(0, 4 * LONGEST_PREVIEW)
        .replaceAll(/\s+/g, ' ')
        .trim(),
      LONGEST_PREVIEW,
    ),
  };
};
