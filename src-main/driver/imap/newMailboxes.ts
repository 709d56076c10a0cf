import type { RemoteEmail } from '../../../src-shared/remote.ts';
import { cursorOf, type PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchUids, type Generation, opened } from './fetch.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { searchUids } from './search.ts';

/** A mailbox with more is filled as it is: mail that was moved there is taken for new. */
const MOST = 2_000;

/**
 * What is in mailboxes that were made since the last pull, by what tells messages apart: what is gone elsewhere may have been
 * moved there, and is the same email then (docs/sync.md I5). During the first fill every mailbox is new.
 */
export const identitiesInNew = async (context: PullContext, matched: readonly Matched[]): Promise<RemoteEmail[]> => {
  if (context.cursor('filled') === null) return [];
  const found: RemoteEmail[] = [];
  for (const mailbox of matched) {
    const status = syncedStatus(mailbox);
    const cursor = cursorOf(context, mailbox.key);
    const isNew = cursor && cursor.validity === status?.validity && cursor.low > 1 && cursor.low > cursor.last;
    if (!isNew || status.messages === 0 || status.messages > MOST) continue;
    const place = { key: mailbox.key, path: mailbox.path, validity: cursor.validity };
    found.push(...((await unlessRefused(mailbox, identitiesIn(context, place, cursor.last))) ?? []));
  }
  return found;
};

const identitiesIn = async (context: PullContext, place: Generation, last: number): Promise<RemoteEmail[]> => {
  const uids = await searchUids(await opened(context, place), 1, last);
  return (await fetchUids(context, place, uids, 'identity')).emails;
};
