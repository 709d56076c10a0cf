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

/** For an element that the focus stays with where what had it within is gone, as the button of a file that was removed. */
export const useKeptFocus = () => {
  const ref = useRef<HTMLElement>(null);
  const focused = useRef<EventTarget | null>(null);
  useLayoutEffect(() => {
    const isGone = focused.current instanceof Element && !focused.current.isConnected;
    if (isGone && document.activeElement === document.body) ref.current?.focus();
  });
  return { ref, tabIndex: -1, onFocusIn: ({ target }: FocusEvent) => void (focused.current = target) };
};
