import { useEffect, useRef, useState } from 'preact/hooks';

/** In ms: whoever pauses so long in typing has what was typed kept. */
const PAUSE = 600;

/** What is typed into a field, and kept soon after, at the latest when the field goes away. */
export const useKept = <T>(kept: T, keep: (value: T) => void): [value: T, set: (value: T) => void] => {
  const [value, setValue] = useState(kept);
  const waiting = useRef<{ value: T; timer: ReturnType<typeof setTimeout> } | null>(null);
  const latest = useRef(keep);
  latest.current = keep;
  const flush = (): void => {
    const now = waiting.current;
    if (!now) return;
    clearTimeout(now.timer);
    waiting.current = null;
    latest.current(now.value);
  };
  useEffect(() => flush, []);
  const set = (next: T): void => {
    setValue(next);
    if (waiting.current) clearTimeout(waiting.current.timer);
    waiting.current = { value: next, timer: setTimeout(flush, PAUSE) };
  };
  return [value, set];
};
