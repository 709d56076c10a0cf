/** The first `most` bytes of what comes in pieces; what is behind them is not asked for. */
export const beginningOf = async (pieces: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> => {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    kept.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return Buffer.concat(kept).subarray(0, most);
};
