import type { ImapResponse } from 'imapflow';
import { atom, type ImapConnection, uidSet } from './connection.ts';
import { numberOf, textOf } from './tokens.ts';
import { expandUids, parseUids } from './uids.ts';

/** UIDs that the selected mailbox has from `first` to `last`, ascending (RFC 9051 section 6.4.4, RFC 4731). */
export const searchUids = async (connection: ImapConnection, first: number, last: number): Promise<number[]> => {
  if (first > last) return [];
  const found: number[] = [];
  const compact = connection.has('ESEARCH') ? [atom('RETURN'), [atom('ALL')]] : [];
  await connection.run('UID SEARCH', [...compact, atom('UID'), uidSet(`${first}:${last}`)], {
    SEARCH: (response) => found.push(...numbersOf(response)),
    ESEARCH: (response) => found.push(...allOf(response)),
  });
  // A range that ends behind the last message stands for that message (RFC 9051 section 9, seq-range).
  return [...new Set(found)].filter((uid) => uid >= first && uid <= last).toSorted((a, b) => a - b);
};

const numbersOf = ({ numbers, attributes }: ImapResponse): number[] =>
  numbers ?? (attributes ?? []).flatMap((token) => numberOf(token) ?? []);

const allOf = ({ attributes = [] }: ImapResponse): number[] => {
  const at = attributes.findIndex((token) => textOf(token)?.toUpperCase() === 'ALL');
  return at < 0 ? [] : expandUids(parseUids(textOf(attributes[at + 1]) ?? ''));
};
