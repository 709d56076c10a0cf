import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** For the element that a person begins with: it has the focus as soon as it shows (`autofocus` works once a page). */
export const useFocus = <T extends HTMLElement>(wanted = true): RefObject<T | null> => {
  const element = useRef<T>(null);
  useLayoutEffect(() => {
    if (wanted) element.current?.focus();
  }, []);
  return element;
};
