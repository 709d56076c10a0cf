import { asTernError, TernError } from '../../src-shared/errors.ts';
import type { SearchTerm } from '../../src-shared/search.ts';
import type { Driver, ServerSearch, ServerTerm } from '../driver/driver.ts';
import { raceSignal, throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { ReadDb, Store } from '../store/db.ts';
import { heldEmails } from '../store/emails.ts';
import { mailboxesWithRole, remoteMailboxId } from '../store/mailboxes.ts';
import { mailboxesCalled } from '../store/searchMailboxes.ts';
import { readCursors } from '../store/syncState.ts';

type Parts = { store: Store; clock: Clock; reader: (signal: AbortSignal) => Promise<Driver> };

/** What a server found, by its ids. `isAll`: there is no more, and all of it is held. */
export type ServerFound = { remoteIds: string[]; isAll: boolean };

/** Somebody waits: what the server found by then is shown. */
const PATIENCE_MS = 8_000;

/** So many of each answer are enough for a page, and so many in all. */
const LIMIT = 200;
const MOST = 10_000;

/** Asks the server. One that is away, refuses or takes too long has found what it told so far: that is no error. */
export const searchServer = async (
  { store, clock, reader }: Parts,
  terms: readonly SearchTerm[],
  signal: AbortSignal,
): Promise<ServerFound> => {
  const search = store.read((db) => serverSearchOf(db, terms));
  // Rows know all but the words: there is nothing to ask for.
  if (!search) return { remoteIds: [], isAll: true };
  const over = new AbortController();
  const disarm = clock.after(PATIENCE_MS, () => over.abort(new TernError('network', 'the mail server takes too long')));
  const until = AbortSignal.any([signal, over.signal]);
  const remoteIds: string[] = [];
  const isHeld = (): boolean => store.read((db) => heldEmails(db, remoteIds)).size === new Set(remoteIds).size;
  try {
    const driver = await reader(until);
    const found = driver.search(search, { cursors: store.read(readCursors) }, until);
    for (;;) {
      const step = await raceSignal(found.next(), until);
      if (step.done) return { remoteIds, isAll: step.value && isHeld() };
      remoteIds.push(...step.value);
      if (remoteIds.length > MOST) return { remoteIds, isAll: false };
    }
  } catch (error) {
    throwIfAborted(signal);
    if (asTernError(error).kind === 'bug') throw error;
    return { remoteIds, isAll: false };
  } finally {
    disarm();
    over.abort(new TernError('cancelled', 'the search is over'));
  }
};

/** A search as the account's server knows it; null for one that it has nothing to say to. */
const serverSearchOf = (db: ReadDb, terms: readonly SearchTerm[]): ServerSearch | null => {
  if (!terms.some(({ type }) => type === 'text')) return null;
  const asked: ServerTerm[] = [];
  for (const term of terms) {
    if (term.type !== 'in') asked.push(term);
    else {
      const mailboxes = mailboxesCalled(db, term.mailbox);
      if (mailboxes === 'all') continue;
      const remote = remoteIdsOf(db, mailboxes);
      if (remote.length > 0) asked.push({ type: 'in', mailboxes: remote, not: term.not });
      else if (!term.not) return null;
    }
  }
  if (terms.some(({ type, not }) => type === 'in' && !not)) return { terms: asked, limit: LIMIT };
  const bins = remoteIdsOf(db, [...mailboxesWithRole(db, 'trash'), ...mailboxesWithRole(db, 'junk')]);
  if (bins.length > 0) asked.push({ type: 'beyond', mailboxes: bins, not: false });
  return { terms: asked, limit: LIMIT };
};

const remoteIdsOf = (db: ReadDb, mailboxes: readonly number[]): string[] =>
  mailboxes.flatMap((mailbox) => remoteMailboxId(db, mailbox) ?? []);
