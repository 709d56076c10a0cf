import type { Fields } from './model.ts';

/** Each change in order: its modseq and the id, which is empty for a quiet one. */
type Log = { modseqs: number[]; ids: string[] };
type Entry = { created: number; latest: number; properties: number; destroyed: boolean };

/** One page of changes; `upTo` is the modseq that the page leads to (RFC 8620 section 5.2). */
export type ChangesPage = {
  created: string[];
  updated: string[];
  destroyed: string[];
  upTo: number;
  hasMore: boolean;
  /** True where something other than counters changed in an updated object. */
  properties: boolean;
};

/** What happened to the objects of one type, in order of modseq (RFC 8620 section 5.2). */
export type Journal = {
  /** Modseq of the last change. */
  state(): number;
  created(id: string): void;
  /** `countersOnly` marks a change that RFC 8621 section 2.2 lets clients read cheaply. */
  updated(id: string, countersOnly?: boolean): void;
  destroyed(id: string): void;
  /** Does the work; what it changes moves the state, and no page ever lists it. */
  quietly<T>(work: () => T): T;
  /** At most `max` changes after modseq `since`; `lateOnly` lists each object at its last change alone, like Cyrus. */
  since(since: number, max: number, lateOnly: boolean): ChangesPage;
};

type Kind = 'created' | 'updated' | 'destroyed';

/** How the change at modseq `at` shows to who knows everything up to `since`; null: it doesn't. */
const classify = (entry: Entry, at: number, since: number, lateOnly: boolean): Kind | null => {
  const fresh = entry.created > since;
  if (entry.destroyed) return at === entry.latest && !fresh ? 'destroyed' : null;
  // Listing a new object where it was created keeps every intermediate state true; Cyrus lists it where it last
  // changed, so after an intermediate state in between it comes as updated and never as created.
  if (fresh) return at === (lateOnly ? entry.latest : entry.created) ? 'created' : null;
  return at === entry.latest ? 'updated' : null;
};

const firstAfter = (modseqs: readonly number[], since: number): number => {
  let low = 0;
  let high = modseqs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((modseqs[middle] ?? 0) > since) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** One page, which ends at the last change that it lists. */
const readPage = (
  { modseqs, ids }: Log,
  entries: ReadonlyMap<string, Entry>,
  since: number,
  max: number,
  lateOnly: boolean,
): ChangesPage => {
  const page: ChangesPage = {
    created: [],
    updated: [],
    destroyed: [],
    upTo: since,
    hasMore: false,
    properties: false,
  };
  let count = 0;
  for (let i = firstAfter(modseqs, since); i < modseqs.length; i++) {
    const at = modseqs[i] ?? 0;
    const id = ids[i] ?? '';
    const entry = entries.get(id);
    const kind = entry ? classify(entry, at, since, lateOnly) : null;
    if (!entry || !kind) continue;
    if (count === max) return { ...page, hasMore: true };
    page[kind].push(id);
    page.upTo = at;
    count++;
    if (kind === 'updated' && entry.properties > since) page.properties = true;
  }
  return page;
};

/** An empty journal that takes its modseqs from the account's one counter; reading it costs what changed, no more. */
export const createJournal = (nextModseq: () => number): Journal => {
  const entries = new Map<string, Entry>();
  const log: Log = { modseqs: [], ids: [] };
  let quiet = false;

  const append = (id: string): number => {
    const modseq = nextModseq();
    log.modseqs.push(modseq);
    log.ids.push(quiet ? '' : id);
    return modseq;
  };

  /** A quiet change leaves the entry alone, so that the loud one before it stays the latest that is told. */
  const change = (id: string, what: (entry: Entry) => void): void => {
    const entry = entries.get(id);
    if (!entry) return;
    const latest = append(id);
    if (quiet) return;
    entry.latest = latest;
    what(entry);
  };

  const state = () => log.modseqs.at(-1) ?? 0;

  return {
    state,
    created(id) {
      const modseq = append(id);
      entries.set(id, { created: modseq, latest: modseq, properties: modseq, destroyed: false });
    },
    updated: (id, countersOnly = false) =>
      change(id, (entry) => {
        if (!countersOnly) entry.properties = entry.latest;
      }),
    destroyed: (id) =>
      change(id, (entry) => {
        entry.destroyed = true;
      }),
    quietly(work) {
      quiet = true;
      try {
        return work();
      } finally {
        quiet = false;
      }
    },
    since(since, max, lateOnly) {
      const page = readPage(log, entries, since, max, lateOnly);
      return page.hasMore ? page : { ...page, upTo: Math.max(since, state()) };
    },
  };
};

/** The lists of a page as an answer carries them (RFC 8620 section 5.2). */
export const pageLists = (page: ChangesPage): Fields => ({
  created: page.created,
  updated: page.updated,
  destroyed: page.destroyed,
});
