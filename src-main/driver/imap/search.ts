import type { ImapResponse } from 'imapflow';
import { TernError } from '../../../src-shared/errors.ts';
import { atom, type ImapConnection, uidSet } from './connection.ts';
import { fetchItems, numberOf, textOf } from './tokens.ts';
import { expandUids, parseUids, type UidRange } from './uids.ts';

/** No mailbox has more; a server that says so is not believed. */
const MOST = 10_000_000;

/**
 * UIDs that the selected mailbox has from `first` to `last`, ascending (RFC 9051 section 6.4.4, RFC 4731). Mail is removed by
 * what is not among them: a server that answers OK and no list is asked by FETCH. Throws `tooLarge` for more than a mailbox has.
 */
export const searchUids = async (connection: ImapConnection, first: number, last: number): Promise<number[]> => {
  if (first > last) return [];
  const found: UidRange[] = [];
  let isTold = false;
  const tell = (ranges: UidRange[]): void => {
    isTold = true;
    for (const range of ranges) found.push(range);
  };
  const set = uidSet(`${first}:${last}`);
  const compact = connection.has('ESEARCH') ? [atom('RETURN'), [atom('ALL')]] : [];
  await connection.run('UID SEARCH', [...compact, atom('UID'), set], {
    SEARCH: (response) => tell(numbersOf(response)),
    ESEARCH: (response) => tell(allOf(response)),
  });
  if (!isTold)
    await connection.run('UID FETCH', [set, [atom('UID')]], {
      FETCH: (response) => tell(rangeOf(numberOf(fetchItems(response).get('UID')))),
    });
  // A range that ends behind the last message stands for that message (RFC 9051 section 9, seq-range).
  const within = found
    .map(([low, high]): UidRange => [Math.max(low, first), Math.min(high, last)])
    .filter(([low, high]) => low <= high);
  if (within.reduce((sum, [low, high]) => sum + high - low + 1, 0) > MOST)
    throw new TernError('tooLarge', 'the server lists more messages than a mailbox has');
  return [...new Set(expandUids(within, MOST))].toSorted((a, b) => a - b);
};

const rangeOf = (uid: number | null): UidRange[] => (uid === null ? [] : [[uid, uid]]);

/** What an untagged SEARCH lists. */
export const numbersOf = ({ numbers, attributes }: ImapResponse): UidRange[] =>
  (numbers ?? (attributes ?? []).map((token) => numberOf(token))).flatMap(rangeOf);

/** What an untagged ESEARCH lists as ALL (RFC 4731). */
export const allOf = ({ attributes = [] }: ImapResponse): UidRange[] => {
  const at = attributes.findIndex((token) => textOf(token)?.toUpperCase() === 'ALL');
  return at < 0 ? [] : parseUids(textOf(attributes[at + 1]) ?? '');
};
