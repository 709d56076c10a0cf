import { rewriteMedia } from './css/media.ts';
import { writtenName } from './names.ts';
import { attribute, type Element, isElement, isHtml, isText, TREE_DEPTH } from './tree.ts';

/** A style element: its text, and its media queries as far as they are kept ('': always). */
export type StyleText = { css: string; media: string };

/** The style sheets that hold for what is written of a document, in their order. */
export const collectStyles = (elements: Element[]): StyleText[] => {
  const found: StyleText[] = [];
  const look = (element: Element, depth: number): void => {
    if (element.tagName === 'style' && isHtml(element)) {
      const media = rewriteMedia(attribute(element, 'media') ?? '');
      const css = element.childNodes.map((child) => (isText(child) ? child.value : '')).join('');
      if (media !== null) found.push({ css, media });
    } else if ((element.tagName === 'head' || writtenName(element) !== null) && depth < TREE_DEPTH) {
      for (const child of element.childNodes) if (isElement(child)) look(child, depth + 1);
    }
  };
  for (const element of elements) look(element, 0);
  return found;
};
