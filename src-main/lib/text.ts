/** Text that every part of Tern can carry: no lone surrogate, no NUL. */
export const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** The first `limit` UTF-16 units of a text, no character cut in half. */
export const cutText = (text: string, limit: number): string =>
  text.length > limit ? text.slice(0, text.charCodeAt(limit - 1) >> 10 === 0x36 ? limit - 1 : limit) : text;
