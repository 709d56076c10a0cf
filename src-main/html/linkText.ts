import { writtenName } from './names.ts';
import { type ChildNode, type Element, isElement, isText } from './tree.ts';

/** In characters, so that what it names is not behind text that nobody sees. */
const LONGEST = 20_000;

/** Of what is longer its beginning and its end, on one line. */
const endsOf = (text: string): string =>
  (text.length > 2 * LONGEST ? `${text.slice(0, LONGEST)} ${text.slice(-LONGEST)}` : text).replaceAll(/\s+/g, ' ');

/** The text of what is written of a link, as far as it matters. */
export const linkText = (element: Element): string => {
  let text = '';
  const add = (node: ChildNode): void => {
    if (text.length > LONGEST) return;
    if (isText(node)) text += endsOf(node.value);
    else if (isElement(node) && writtenName(node) !== null) node.childNodes.forEach(add);
  };
  element.childNodes.forEach(add);
  return text;
};
