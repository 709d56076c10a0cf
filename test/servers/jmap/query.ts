import * as z from 'zod';
import { stateOf } from './changes.ts';
import { compileFilter } from './filter.ts';
import { idSchema, methodError, parseArguments } from './methodError.ts';
import * as mime from './mime.ts';
import type { Fields, StoredEmail } from './model.ts';
import type { Site } from './site.ts';

const sortSchema = z.array(
  z.strictObject({ property: z.string(), isAscending: z.boolean().default(true), collation: z.string().optional() }),
);

const schema = z.strictObject({
  accountId: z.string(),
  filter: z.looseObject({}).nullish(),
  sort: sortSchema.nullish(),
  position: z.int().default(0),
  anchor: idSchema.nullish(),
  anchorOffset: z.int().default(0),
  limit: z.int().min(0).nullish(),
  calculateTotal: z.boolean().default(false),
  collapseThreads: z.boolean().default(false),
});
type Query = z.infer<typeof schema>;

type Compare = (a: StoredEmail, b: StoredEmail) => number;

const byText =
  (read: (email: StoredEmail) => string): Compare =>
  (a, b) => {
    const left = read(a).toLowerCase();
    const right = read(b).toLowerCase();
    return left < right ? -1 : left > right ? 1 : 0;
  };

const comparators: Record<string, Compare> = {
  receivedAt: (a, b) => a.receivedAt - b.receivedAt,
  sentAt: (a, b) => mime.sentAtOf(a) - mime.sentAtOf(b),
  size: (a, b) => mime.rawSize(a) - mime.rawSize(b),
  subject: byText(mime.subjectOf),
  from: byText((email) => mime.fromOf(email).name ?? mime.fromOf(email).email),
};

const scramble = (seq: number, salt: number): number => Math.imul(seq ^ (salt * 0x9e3779b1), 0x85ebca6b) >>> 0;

type Sort = { key: string; compare: Compare };

const newestFirst: z.infer<typeof sortSchema> = [{ property: 'receivedAt', isAscending: false }];

/** A total order, so that an anchor can be found by bisection; `salt` other than 0 reorders what is equal. */
const compileSort = (asked: Query['sort'], salt: number): Sort => {
  const sort = asked && asked.length > 0 ? asked : newestFirst;
  const steps = sort.map(({ property, isAscending }): Compare => {
    const compare = comparators[property];
    if (!compare) throw methodError('unsupportedSort');
    return isAscending ? compare : (a, b) => compare(b, a);
  });
  const tie: Compare = salt === 0 ? (a, b) => b.seq - a.seq : (a, b) => scramble(a.seq, salt) - scramble(b.seq, salt);
  const compare: Compare = (a, b) => {
    for (const step of steps) {
      const result = step(a, b);
      if (result !== 0) return result;
    }
    return tie(a, b) || a.seq - b.seq;
  };
  return { key: JSON.stringify([sort.map(({ property, isAscending }) => [property, isAscending]), salt]), compare };
};

const defaultKey = compileSort(null, 0).key;

const collapse = (emails: readonly StoredEmail[]): StoredEmail[] => {
  const seen = new Set<string>();
  return emails.filter(({ threadId }) => !seen.has(threadId) && seen.add(threadId));
};

const indexOf = (emails: readonly StoredEmail[], email: StoredEmail, compare: Compare): number => {
  let low = 0;
  let high = emails.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const other = emails[middle];
    if (!other || other === email) return other ? middle : -1;
    if (compare(other, email) < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

/** Results of the latest queries, kept for as long as no email changes, so that paging costs a page. */
export const createQueryCache = () => {
  const results = new Map<string, readonly StoredEmail[]>();
  let state = '';
  return (now: string, key: string, make: () => readonly StoredEmail[]): readonly StoredEmail[] => {
    if (now !== state || results.size > 8) results.clear();
    state = now;
    const known = results.get(key) ?? make();
    results.set(key, known);
    return known;
  };
};
type Cache = ReturnType<typeof createQueryCache>;

const find = (site: Site, cache: Cache, query: Query, sort: Sort): readonly StoredEmail[] => {
  const key = JSON.stringify([sort.key, query.filter ?? null, query.collapseThreads]);
  if (site.faults.noHeaderFilter && JSON.stringify(query.filter ?? {}).includes('"header":'))
    throw methodError('unsupportedFilter');
  const match = compileFilter(query.filter);
  return cache(stateOf(site, 'Email'), key, () => {
    const all = site.store.newestFirst();
    const matching = match ? all.filter(match) : all;
    const sorted = sort.key === defaultKey ? matching : matching.toSorted(sort.compare);
    return query.collapseThreads ? collapse(sorted) : sorted;
  });
};

const startOf = (site: Site, query: Query, found: readonly StoredEmail[], sort: Sort): number => {
  const { anchor, anchorOffset, position } = query;
  if (anchor === undefined || anchor === null) return position < 0 ? Math.max(0, found.length + position) : position;
  const { faults, store } = site;
  if (faults.noAnchors) throw methodError('invalidArguments', { arguments: ['anchor'] });
  if (faults.anchorsNotFound > 0) {
    faults.anchorsNotFound--;
    throw methodError('anchorNotFound');
  }
  const email = store.emails.get(anchor);
  const index = email ? indexOf(found, email, sort.compare) : -1;
  if (index < 0) throw methodError('anchorNotFound');
  return Math.max(0, index + anchorOffset);
};

/** Email/query (RFC 8621 section 4.4), with a cache and a count of queries of its own. */
export const createEmailQuery = (cache: Cache) => {
  let salt = 0;
  return (site: Site, args: Fields): Fields => {
    const query = parseArguments(site, schema, args);
    const { faults } = site;
    const sort = compileSort(query.sort, faults.unstableOrder ? ++salt : 0);
    const whole = find(site, cache, query, sort);
    const empty = faults.emptyQueries > 0;
    if (empty) faults.emptyQueries--;
    const cap = empty ? 0 : (faults.totalCap ?? whole.length);
    const found = cap < whole.length ? whole.slice(0, cap) : whole;
    const start = empty ? 0 : startOf(site, query, found, sort);
    const asked = query.limit ?? Number.POSITIVE_INFINITY;
    const limit = Math.min(asked, faults.capQuery ?? Number.POSITIVE_INFINITY);
    return {
      accountId: query.accountId,
      queryState: stateOf(site, 'Email'),
      canCalculateChanges: false,
      position: start,
      ids: found.slice(start, start + limit).map(({ id }) => id),
      ...(query.calculateTotal ? { total: found.length } : {}),
      ...(limit < asked ? { limit } : {}),
    };
  };
};
