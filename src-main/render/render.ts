import type { BodyItem, BodySource, BodyText, RenderedBody } from '../../src-shared/body.ts';
import { plainTextHtml } from '../html/plainText.ts';
import { previewOf } from '../html/preview.ts';
import { sanitiseHtml } from '../html/sanitise.ts';
import { htmlToText } from '../html/text.ts';
import { unflow } from '../mime/flowed.ts';
import type { RenderOptions } from './job.ts';

/** HTML made safe of one item, and the addresses that it would have loaded. */
type Piece = { html: string; remote: string[] };

/** The texts of a body by part, HTML among them made safe once: what is read, searched and shown is all made of that. */
type Texts = { of(part: string): BodyText | undefined; safe(text: BodyText): Piece };

const textsOf = (source: BodySource, options: RenderOptions): Texts => {
  const texts = new Map(source.texts.map((text) => [text.part, text]));
  const made = new Map<string, Piece>();
  return {
    of: (part) => texts.get(part),
    safe: ({ part, text }) => {
      const piece = made.get(part) ?? sanitiseHtml(text, options);
      made.set(part, piece);
      return piece;
    },
  };
};

const plainOf = (text: BodyText, texts: Texts): string => {
  if (text.type === 'text/html') return htmlToText(texts.safe(text).html);
  return text.isFlowed ? unflow(text.text, text.delSp) : text.text;
};

/** Texts in their turn, each on its own line; pictures between them say nothing. */
const plainTextOf = (items: readonly BodyItem[], texts: Texts): string =>
  items
    .flatMap(({ part }) => texts.of(part) ?? [])
    .map((text) => plainOf(text, texts))
    .map((text, at, all) => (at < all.length - 1 && !text.endsWith('\n') ? `${text}\n` : text))
    .join('');

/** A picture that stands between texts, by an id that no message can know it by. */
const pictureHtml = ({ part }: BodyItem, options: RenderOptions): string => {
  const cid = 'picture';
  return sanitiseHtml(`<img src="cid:${cid}">`, { ...options, parts: new Map([[cid, part]]) }).html;
};

/** Each item is made safe by itself: what one leaves open never takes in another (EFAIL). */
const pieceOf = (item: BodyItem, texts: Texts, options: RenderOptions): Piece => {
  const text = texts.of(item.part);
  if (!text) return { html: item.type.startsWith('image/') ? pictureHtml(item, options) : '', remote: [] };
  return text.type === 'text/html' ? texts.safe(text) : { html: plainTextHtml(plainOf(text, texts)), remote: [] };
};

/**
 * The pieces side by side, their addresses in one list. Each counted its own from 0, so that the numbers in its HTML
 * change; digits become digits and nothing else changes, so that what was safe stays safe.
 */
const joined = (pieces: readonly Piece[], { view, remote: mode }: RenderOptions): Piece => {
  const places = new Map<string, number>();
  const place = (url: string): number => {
    if (!places.has(url)) places.set(url, places.size);
    return places.get(url) ?? 0;
  };
  const html = pieces.map(({ html: one, remote }) => {
    const numbers = remote.map(place);
    if (mode === 'blocked' || numbers.every((number, at) => number === at)) return one;
    const start = `tern-mail://${view}/remote/`;
    const [first = '', ...rest] = one.split(start);
    return first + rest.map((after) => start + after.replace(/^\d{1,7}/, (n) => `${numbers[Number(n)] ?? n}`)).join('');
  });
  return {
    html: html.map((one) => (pieces.length === 1 ? one : `<div>${one}</div>`)).join(''),
    remote: [...places.keys()],
  };
};

/**
 * What the HTML says, which is what is seen; with the plain text where that says far more, as beside pictures of words.
 * Null where the plain text was made of the HTML.
 */
const wordsOf = ({ textBody, htmlBody }: BodySource, text: string, texts: Texts): string | null => {
  if (textBody.every(({ part }, at) => part === htmlBody[at]?.part) && textBody.length === htmlBody.length) return null;
  const seen = plainTextOf(htmlBody, texts);
  return seen.length * 2 < text.length ? `${seen}\n${text}` : seen;
};

/**
 * A body as it is shown. HTML where any of it is HTML, its parts in their turn; the plain text of the same (RFC 8621
 * section 4.1.4), and its preview.
 */
export const renderBody = (source: BodySource, options: RenderOptions): RenderedBody => {
  const texts = textsOf(source, options);
  const text = plainTextOf(source.textBody, texts);
  const hasHtml = source.htmlBody.some(({ part }) => texts.of(part)?.type === 'text/html');
  const common = { text, preview: previewOf(text), isFallback: false };
  if (!hasHtml)
    return { ...common, html: null, words: null, textHtml: plainTextHtml(text), blockedRemote: 0, remote: [] };
  const pieces = source.htmlBody.map((item) => pieceOf(item, texts, options));
  const { html, remote } = joined(pieces, options);
  const words = wordsOf(source, text, texts);
  return { ...common, html, words, textHtml: null, blockedRemote: remote.length, remote };
};
