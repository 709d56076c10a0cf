import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * For the element that a person begins with: it has the focus as soon as it shows. `autofocus` works once a page, and whenever a
 * dialog opens, which is after what is in it was made.
 */
export const useFocus = <T extends HTMLElement>(wanted = true): RefObject<T | null> => {
  const element = useRef<T>(null);
  useLayoutEffect(() => {
    if (!wanted || !element.current) return;
    element.current.autofocus = true;
    element.current.focus();
  }, []);
  return element;
};
