/** Text that every part of Tern can carry: no lone surrogate, no NUL. */
export const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** The first `limit` UTF-16 units of a text, no character cut in half. */
export const cutText = (text: string, limit: number): string =>
  text.length > limit ? text.slice(0, text.charCodeAt(limit - 1) >> 10 === 0x36 ? limit - 1 : limit) : text;

/** The beginning of a text that takes at most `limit` bytes as UTF-8, no character cut in half. */
export const cutBytes = (text: string, limit: number): string => {
  if (Buffer.byteLength(text) <= limit) return text;
  // As part of a stream, a character that the cut goes through is left out.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text).subarray(0, limit), { stream: true });
};
