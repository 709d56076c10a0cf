import { atom, type ImapConnection, uidSet } from './connection.ts';
import { allOf, numbersOf } from './search.ts';
import { openMailbox } from './select.ts';
import { LARGEST_UID, type UidRange } from './uids.ts';

/** The UID of the message with that Message-ID in a mailbox, among those from `first` on; the first of several, null for none. */
export const findMessage = async (
  connection: ImapConnection,
  { path }: { path: string },
  messageId: string,
  first = 1,
): Promise<number | null> => {
  const found: UidRange[] = [];
  const tell = (ranges: UidRange[]): void => void found.push(...ranges);
  await openMailbox(connection, 'EXAMINE', path);
  const newer = first > 1 ? [atom('UID'), uidSet(`${first}:${LARGEST_UID}`)] : [];
  await connection.run('UID SEARCH', [...newer, atom('HEADER'), 'Message-ID', `<${messageId}>`], {
    SEARCH: (response) => tell(numbersOf(response)),
    ESEARCH: (response) => tell(allOf(response)),
  });
  // A range that ends behind the last message stands for that message (RFC 9051 section 9, seq-range).
  const uids = found.map(([uid]) => uid).filter((uid) => uid >= first);
  return uids.length > 0 ? Math.min(...uids) : null;
};
