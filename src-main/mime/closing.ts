/** A field that is read. `unclosed` tells which brackets have no end from here on, so that nobody looks again. */
export type Enclosing = { text: string; unclosed: Set<string> };

/** Where the quoted string or comment that begins at `at` ends; -1 where it does not. Comments nest (RFC 5322 section 3.2). */
export const closing = ({ text, unclosed }: Enclosing, at: number, open: string, close: string): number => {
  if (unclosed.has(open)) return -1;
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    const char = text[index];
    if (char === '\\') index++;
    else if (char === close && (open !== close || index > at)) {
      depth--;
      if (depth <= 0) return index;
    } else if (char === open) depth++;
  }
  unclosed.add(open);
  return -1;
};
