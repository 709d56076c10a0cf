import { writtenName } from './names.ts';
import { type ChildNode, type Element, isElement, isText } from './tree.ts';

const LONGEST = 1000;

/** The text of what is written of a link, as far as it matters. */
export const linkText = (element: Element): string => {
  let text = '';
  const add = (node: ChildNode): void => {
    if (text.length > LONGEST) return;
    if (isText(node)) text += node.value;
    else if (isElement(node) && writtenName(node) !== null) node.childNodes.forEach(add);
  };
  element.childNodes.forEach(add);
  return text;
};
