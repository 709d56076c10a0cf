/** Where a text is looked for: anywhere, or in one of the headers. `to` means To and Cc. */
export type SearchField = 'any' | 'subject' | 'from' | 'to' | 'cc';

/** What a person looks for, before it is known what the account calls it (docs/search.md F1 to F6). */
type SearchCondition =
  /** Words; `isPhrase`: in just this order, and none of them the beginning of a longer one. */
  | { type: 'text'; field: SearchField; text: string; isPhrase: boolean }
  | { type: 'attachment' }
  | { type: 'unread' }
  | { type: 'flagged' }
  /** In the mailbox of this name, path or role. */
  | { type: 'in'; mailbox: string }
  /** Received before, or at or after, this second since the epoch. */
  | { type: 'before'; second: number }
  | { type: 'after'; second: number };

/** A condition that has to hold; `not`: that must not. */
export type SearchTerm = SearchCondition & { not: boolean };

const synonyms: Record<string, SearchCondition & { not?: true }> = {
  'has:attachment': { type: 'attachment' },
  'has:attachments': { type: 'attachment' },
  'is:unread': { type: 'unread' },
  'is:read': { type: 'unread', not: true },
  'is:flagged': { type: 'flagged' },
  'is:starred': { type: 'flagged' },
};

/** Reads what a person typed; any text is a search. All terms have to hold. */
export const parseSearch = (text: string): SearchTerm[] => {
  const terms: SearchTerm[] = [];
  const pieces = text
    .normalize('NFC')
    .replaceAll(/[“”„]/g, '"')
    .matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"?|([^\s"]+))/giu);
  for (const [whole, minus = '', name, phrase, word = ''] of pieces) {
    const isPhrase = phrase !== undefined;
    const not = minus === '-';
    const value = phrase ?? word;
    const condition = name === undefined ? undefined : operator(name.toLowerCase(), value, isPhrase);
    // What is no operator with a value that it takes is a word like any other.
    const found =
      condition ?? plain(name === undefined ? value : whole.slice(minus.length), isPhrase && name === undefined);
    if (found) terms.push({ ...found, not: not !== (found.not ?? false) });
  }
  return terms;
};

const plain = (text: string, isPhrase: boolean): (SearchCondition & { not?: true }) | undefined =>
  holdsWords(text) ? { type: 'text', field: 'any', text, isPhrase } : undefined;

/** Whether there is anything in a text that an index knows of. */
const holdsWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

const operator = (name: string, value: string, isPhrase: boolean): (SearchCondition & { not?: true }) | undefined => {
  switch (name) {
    case 'subject':
    case 'from':
    case 'to':
    case 'cc':
      return holdsWords(value) ? { type: 'text', field: name, text: value, isPhrase } : undefined;
    case 'in':
      return value.trim() === '' ? undefined : { type: 'in', mailbox: value.trim() };
    case 'before':
    case 'after': {
      const second = secondOf(value);
      return second === null ? undefined : { type: name, second };
    }
    default: {
      const known = `${name}:${value.toLowerCase()}`;
      return Object.hasOwn(synonyms, known) ? synonyms[known] : undefined;
    }
  }
};

/** When a year, month or day begins, in UTC; null for anything else. */
const secondOf = (value: string): number | null => {
  const match = /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?$/.exec(value);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const time = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC takes years below 100 for those of the last century, and the 31st of February for a day in March.
  const isReal = time.getUTCFullYear() === year && time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  return isReal ? time.getTime() / 1000 : null;
};
