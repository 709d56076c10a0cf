/** Pieces that differ by their number, one after the other, until there are `n` characters of them. */
export const repeat = (n: number, piece: (at: number) => string): string => {
  const pieces: string[] = [];
  for (let length = 0; length < n; ) {
    const text = piece(pieces.length);
    pieces.push(text);
    length += text.length;
  }
  return pieces.join('');
};
