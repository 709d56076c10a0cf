import type { BodySource, BodyText, RenderedBody } from '../../src-shared/body.ts';
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

const HIDDEN = /^<(style|script|head|title)\b/i;

/** Text between tags, as far as one can tell without reading HTML. One look at each character. */
const withoutTags = (html: string): string => {
  const lower = html.toLowerCase();
  let text = '';
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    if (open === -1) return text + html.slice(at);
    text += html.slice(at, open);
    const [, hidden] = HIDDEN.exec(html.slice(open, open + 10)) ?? [];
    const end = hidden === undefined ? open : lower.indexOf(`</${hidden.toLowerCase()}`, open);
    const close = end === -1 ? -1 : html.indexOf('>', end);
    if (close === -1) return text;
    at = close + 1;
  }
  return text;
};

const plainOf = ({ type, text }: BodyText, room: number): string => {
  const cut = cutText(text, room);
  return type === 'text/html'
    ? withoutTags(cut)
        .replaceAll(/[ \t]*\r?\n\s*/g, '\n')
        .trim()
    : cut;
};

/**
 * A body where rendering failed: its plain text, or what stands between the tags of its HTML, escaped, its first 100,000
 * characters. Costs as good as nothing. Never throws.
 */
export const fallbackBody = ({ texts, textBody }: BodySource): RenderedBody => {
  const byPart = new Map(texts.map((text) => [text.part, text]));
  let text = '';
  for (const { part } of textBody) {
    const found = byPart.get(part);
    if (found && text.length < LONGEST) text += `${text === '' ? '' : '\n'}${plainOf(found, LONGEST - text.length)}`;
  }
  const clean = cleanText(text);
  return {
    html: null,
    text: clean,
    words: null,
    textHtml: `<div class="${PLAIN}" style="white-space:pre-wrap">${escaped(clean)}</div>`,
    blockedRemote: 0,
    remote: [],
    preview: cutText(
      clean
        .slice(0, 4 * LONGEST_PREVIEW)
        .replaceAll(/\s+/g, ' ')
        .trim(),
      LONGEST_PREVIEW,
    ),
  };
};
