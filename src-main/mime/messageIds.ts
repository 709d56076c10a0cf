const MOST_IDS = 500;
const LONGEST_ID = 998;

/**
 * The message ids of a Message-ID, In-Reply-To or References field, without angle brackets (RFC 5322 section 3.6.4,
 * RFC 8621 section 4.1.2.4). Where none is in brackets, words with '@' count, or a word that stands alone. Of more than
 * 500 ids the first and the last 499 count: the root of a thread and what is nearest.
 */
export const parseMessageIds = (field: string): string[] => {
  const ids = (bracketedTexts(field) ?? bareIds(field))
    .filter((id) => id.length > 0 && id.length <= LONGEST_ID)
    .map((id) => id.toWellFormed());
  return ids.length > MOST_IDS ? [...ids.slice(0, 1), ...ids.slice(1 - MOST_IDS)] : ids;
};

/** What stands in angle brackets, without white space and control characters; null without any. */
const bracketedTexts = (field: string): string[] | null =>
  field.match(/<[^<>]*>/g)?.map((text) => text.slice(1, -1).replaceAll(/[\s\p{Cc}]+/gu, '')) ?? null;

const bareIds = (field: string): string[] => {
  const words = field.split(/[\s\p{Cc},<>]+/u).filter((word) => word !== '');
  return words.length === 1 ? words : words.filter((word) => word.includes('@'));
};
