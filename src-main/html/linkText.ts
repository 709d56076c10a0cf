import { writtenName } from './names.ts';
import { type ChildNode, type Element, isElement, isText } from './tree.ts';

/** Enough that nobody can push what it says out of sight, by what is seen. */
const LONGEST = 100_000;

/** The text of what is written of a link, as far as it matters. */
export const linkText = (element: Element): string => {
  let text = '';
  const add = (node: ChildNode): void => {
    if (text.length > LONGEST) return;
    if (isText(node)) text += node.value.replaceAll(/\s+/g, ' ');
    else if (isElement(node) && writtenName(node) !== null) node.childNodes.forEach(add);
  };
  element.childNodes.forEach(add);
  return text;
};
