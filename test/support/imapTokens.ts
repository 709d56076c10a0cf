import parse from 'imapflow/lib/handler/imap-parser.js';
import type { Token } from '../../src-main/driver/imap/tokens.ts';

/** A data item of a FETCH as imapflow hands it over, of how it looks on the wire; '{n}' stands for the next literal. */
export const tokensOf = async (wire: string, literals: Buffer[] = []): Promise<Token> => {
  const line = Buffer.from(`* 1 FETCH (ITEM ${wire})`);
  const { attributes } = await parse(line, { literals });
  const items = attributes?.[1];
  return Array.isArray(items) ? (items[1] ?? null) : null;
};
