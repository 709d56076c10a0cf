/** UIDs from the first to the last, both in it. */
export type UidRange = [first: number, last: number];

/** UIDs are 32 bits wide (RFC 9051 section 2.3.1.1). */
export const LARGEST_UID = 2 ** 32 - 1;

/** A sequence set as ranges; `*` is the largest UID. What is no set is no range. */
export const parseUids = (text: string): UidRange[] =>
  text.split(',').flatMap((piece): UidRange[] => {
    const found = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(piece.trim());
    if (!found) return [];
    const [first = 0, last = 0] = [found[1], found[2] ?? found[1]].map((end) =>
      end === '*' ? LARGEST_UID : Number(end),
    );
    return [[Math.min(first, last), Math.max(first, last)]];
  });

/** Each UID of ranges that hold few. */
export const expandUids = (ranges: readonly UidRange[], most = 1_000_000): number[] => {
  const uids: number[] = [];
  for (const [first, last] of ranges) for (let uid = first; uid <= last && uids.length < most; uid++) uids.push(uid);
  return uids;
};

/** Tells whether a UID is in some of the ranges, in logarithmic time. */
export const inUids = (ranges: readonly UidRange[]): ((uid: number) => boolean) => {
  const sorted = ranges.toSorted(([a], [b]) => a - b);
  // Where ranges overlap, the one that begins last may end first.
  let furthest = 0;
  const ends = sorted.map(([, last]) => {
    furthest = Math.max(furthest, last);
    return furthest;
  });
  return (uid) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.[0] ?? 0) <= uid) low = middle + 1;
      else high = middle;
    }
    return low > 0 && (ends[low - 1] ?? 0) >= uid;
  };
};

/** Servers take command lines of 8,000 characters and more (RFC 7162 section 4). */
const LONGEST_SET = 7_000;

/** UIDs as sequence sets, ascending, runs as ranges; several where one would be too long for a line. */
export const uidSets = (uids: readonly number[]): string[] => {
  const sets: string[] = [];
  let set = '';
  const sorted = [...new Set(uids)].toSorted((a, b) => a - b);
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] ?? 0;
    let end = at;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1;
    const last = sorted[end] ?? first;
    const piece = first === last ? `${first}` : `${first}:${last}`;
    if (set.length + piece.length >= LONGEST_SET) {
      sets.push(set);
      set = '';
    }
    set += set === '' ? piece : `,${piece}`;
    at = end + 1;
  }
  return set === '' ? sets : [...sets, set];
};
