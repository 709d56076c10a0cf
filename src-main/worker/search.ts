import type { EmailHead } from '../../src-shared/model.ts';
import { parseSearch, type SearchTerm } from '../../src-shared/search.ts';
import type { Driver } from '../driver/driver.ts';
import { searchServer } from '../engine/serverSearch.ts';
import type { Clock } from '../lib/clock.ts';
import type { Page, Place, WorkerCalls } from '../rpc/workerProtocol.ts';
import { bodiesAreMissing } from '../store/bodies.ts';
import type { Store } from '../store/db.ts';
import type { EmailPlace } from '../store/emailPages.ts';
import { isFilled } from '../store/mailboxes.ts';
import { isIndexBehind } from '../store/searchIndex.ts';
import { foundEmails, joinPages, searchEmails } from '../store/searchPages.ts';

type Parts = { account: string; store: Store; clock: Clock; reader: (signal: AbortSignal) => Promise<Driver> };
type Found = ReturnType<typeof searchEmails>;
type Answer = WorkerCalls['search.query']['output'];

/** Answers a search from the index, and with what the server finds where that is wanted. */
export const answerSearch = async (
  parts: Parts,
  { text, limit, after, server }: WorkerCalls['search.query']['input'],
  signal: AbortSignal,
): Promise<Answer> => {
  const { account, store } = parts;
  const search = { terms: parseSearch(text), limit, after: after && { second: after.time, id: after.rank } };
  const inIndex = (): Found => store.read((db) => searchEmails(db, account, search));
  if (!server || search.terms.length === 0) {
    const partial =
      search.terms.length > 0 && store.read((db) => !isFilled(db) || bodiesAreMissing(db) || isIndexBehind(db));
    return { ...pageOf(inIndex()), partial };
  }
  const { remoteIds, isAll } = await searchServer(parts, [...search.terms, ...upTo(search.after)], signal);
  const found = store.read((db) => foundEmails(db, account, remoteIds, search));
  return { ...pageOf(joinPages(inIndex(), found, limit)), partial: !isAll || !store.read(isFilled) };
};

/** The server finds the newest first, too: for a further page only what is not newer is asked for. */
const upTo = (after: EmailPlace | null): SearchTerm[] =>
  after ? [{ type: 'before', second: after.second + 1, not: false }] : [];

const pageOf = ({ rows, places, more }: Found): Page<EmailHead> => ({
  rows,
  places: places.map(({ second, id }): Place => ({ time: second, rank: id })),
  more,
});
