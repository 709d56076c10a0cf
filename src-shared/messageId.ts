/** A longer one would not fit on a line, which ends at 998 bytes (RFC 5322 section 2.1.1). */
const LONGEST_ID = 900;
const MOST_REFERENCES = 30;

/**
 * Whether a message id, without its brackets, can be written into a header as it is: printable ASCII around one '@' or
 * more (RFC 5322 section 3.6.4, and what the world's mail has instead).
 */
export const isMessageId = (id: string): boolean => id.length <= LONGEST_ID && /^[!-;=?-~]+@[!-;=?-~]+$/.test(id);

/**
 * The ids of a References field, each once: of more than 30 the first, which is the thread, and the last 29, which are
 * nearest (RFC 5322 section 3.6.4; RFC 5537 section 3.4.4).
 */
export const cappedReferences = (ids: readonly string[]): string[] => {
  const [root, ...others] = ids;
  if (root === undefined) return [];
  const rest = [...new Set(others.toReversed())].toReversed().filter((id) => id !== root);
  return [root, ...rest.slice(1 - MOST_REFERENCES)];
};
