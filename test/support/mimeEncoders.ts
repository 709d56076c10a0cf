/** Encoders for tests, written apart from what decodes. */

const LINE_END = '\r\n';

const inLines = (text: string, width: number): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((line) => `${line}${LINE_END}`).join('');

/** RFC 2045 section 6.8, in lines of `width` characters. */
export const inBase64 = (bytes: Uint8Array, width = 76): Buffer =>
  Buffer.from(inLines(Buffer.from(bytes).toString('base64'), width));

/** RFC 2045 section 6.7, in lines of `width` characters, every byte but letters escaped. */
export const inQuotedPrintable = (bytes: Uint8Array, width = 76): Buffer => {
  let text = '';
  let column = 0;
  for (const byte of bytes) {
    const plain = /[a-z]/i.test(String.fromCharCode(byte));
    const piece = plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (column + piece.length >= width) {
      text += `=${LINE_END}`;
      column = 0;
    }
    text += piece;
    column += piece.length;
  }
  return Buffer.from(text);
};

const uuCharacter = (value: number): string => String.fromCharCode(value === 0 ? 0x60 : value + 0x20);

/** What POSIX's uuencode writes. */
export const inUuencode = (bytes: Uint8Array, name = 'file'): Buffer => {
  const lines: string[] = [`begin 644 ${name}`];
  for (let from = 0; from < bytes.length; from += 45) {
    const piece = bytes.subarray(from, from + 45);
    let line = uuCharacter(piece.length);
    for (let at = 0; at < piece.length; at += 3) {
      const bits = ((piece[at] ?? 0) << 16) | ((piece[at + 1] ?? 0) << 8) | (piece[at + 2] ?? 0);
      for (const shift of [18, 12, 6, 0]) line += uuCharacter((bits >> shift) & 0x3f);
    }
    lines.push(line);
  }
  return Buffer.from([...lines, '`', 'end', ''].join('\n'));
};

/** Bytes cut into pieces of these lengths, and one of the rest. */
export const inPieces = (bytes: Buffer, lengths: readonly number[]): Buffer[] => {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(from, from + length));
    from += length;
  }
  return [...pieces, bytes.subarray(from)];
};
