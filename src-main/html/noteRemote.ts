import { readTokens } from './css/tokens.ts';
import { noteAddresses } from './css/values.ts';
import type { RemoteList } from './remote.ts';
import { type Element, isText } from './tree.ts';
import { remoteUrl } from './urls.ts';

/** Attributes whose address a browser would load without being asked, whatever element has them. */
const SOURCES = new Set('src data poster background lowsrc dynsrc profile codebase attributionsrc'.split(' '));
/** Those that are never written, whatever element has them. */
const NEVER_WRITTEN = new Set(['lowsrc', 'dynsrc', 'attributionsrc']);
/** Elements whose `href` is loaded, not followed. */
const LOADED_BY_HREF = new Set([
  'link',
  'image',
  'feImage',
  'use',
  'pattern',
  'linearGradient',
  'radialGradient',
  'mpath',
]);

const note = (remote: RemoteList, address: string): void => {
  const url = remoteUrl(address);
  if (url !== null) remote.note(url);
};

/**
 * Remembers the candidates of `srcset` (HTML standard, 4.8.4.2.1): the first word of each. Sticky, so that a row of
 * commas is looked at once, not from each of them.
 */
const noteCandidates = (remote: RemoteList, srcset: string): void => {
  for (const [, address = ''] of srcset.matchAll(/[\s,]*([^\s,]\S*)(?:(?<=,)|[^,]*)/gy)) note(remote, address);
};

/** Remembers what CSS would load, of a style sheet or of any attribute that holds `url(...)`. */
const noteStyle = (remote: RemoteList, css: string): void => {
  const tokens = readTokens(css);
  noteAddresses(tokens, 0, tokens.count, remote);
};

const refreshTarget = (element: Element): string | null => {
  if (element.tagName !== 'meta' || !element.attrs.some(({ value }) => /^\s*refresh\s*$/i.test(value))) return null;
  const content = element.attrs.find(({ name }) => name === 'content')?.value ?? '';
  return /^\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(content)?.[1] ?? null;
};

/** Remembers what an element that is not written would have loaded. Scripts load nothing: none would have run. */
export const noteRemote = (element: Element, remote: RemoteList): void => {
  const { tagName } = element;
  if (tagName === 'script') return;
  const target = refreshTarget(element);
  if (target !== null) note(remote, target);
  for (const { name, value } of element.attrs) {
    if (SOURCES.has(name)) note(remote, value);
    else if (name === 'srcset' || name === 'imagesrcset') noteCandidates(remote, value);
    else if (name === 'href' && LOADED_BY_HREF.has(tagName)) note(remote, value);
    else if (/url\s*\(|image\s*\(|@import|\\/i.test(value)) noteStyle(remote, value);
  }
  if (tagName !== 'style') return;
  for (const child of element.childNodes) if (isText(child)) noteStyle(remote, child.value);
};

/** Remembers what an element that is written would have loaded by an attribute that is not. */
export const noteLeftOut = (element: Element, remote: RemoteList): void => {
  for (const { name, value } of element.attrs) {
    if (name === 'srcset') noteCandidates(remote, value);
    else if (NEVER_WRITTEN.has(name)) note(remote, value);
  }
};
