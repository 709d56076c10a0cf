import type { EmailHead } from '../../../src-shared/model.ts';
import { rowKey } from './keys.ts';
import type { RowList } from './rowList.ts';

/** The place where a row of that moment stands among others, the newest first. */
const placeAt = (list: RowList, receivedAt: string): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list.at(middle)?.receivedAt ?? '') < receivedAt) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The list with one more row, where it belongs by its time; as it is where it has that one. */
export const withRow = (list: RowList, row: EmailHead): RowList => {
  const key = rowKey(row);
  if (list.placeOf(key) >= 0) return list;
  const here = placeAt(list, row.receivedAt);
  const slice = (first: number, end: number): EmailHead[] => [
    ...(first < here ? list.slice(first, Math.min(end, here)) : []),
    ...(first <= here && here < end ? [row] : []),
    ...(end > here + 1 ? list.slice(Math.max(first - 1, here), end - 1) : []),
  ];
  return {
    length: list.length + 1,
    at: (place) => (place === here ? row : list.at(place < here ? place : place - 1)),
    slice,
    placeOf: (wanted) => {
      const place = list.placeOf(wanted);
      if (wanted === key) return here;
      return place < here ? place : place + 1;
    },
    all: () => slice(0, list.length + 1),
    without: (keys) => {
      const gone = new Set(keys);
      const rest = list.without(gone);
      return gone.has(key) ? rest : withRow(rest, row);
    },
  };
};
