import type { Address } from '../../src-shared/model.ts';
import { storedList } from '../lib/json.ts';
import type { ReadDb, Store, WriteDb } from './db.ts';
import { bodyText, headerText } from './searchText.ts';

/** What of an email is indexed. `text`: of its body, as far as it was rendered. */
type Known = {
  subject: string | null;
  from: readonly Address[];
  to: readonly Address[];
  cc: readonly Address[];
  preview: string;
  attachments: readonly { name: string | null }[];
  text?: string;
};

/** Adds an email to the index, as it is stored. */
export const indexNewEmail = (tx: WriteDb, sortKey: number, known: Known): void => {
  tx.run(
    `INSERT INTO email_words (rowid, subject, sender, recipients, copied, files, text)
     VALUES (CAST(? AS INTEGER), ?, ?, ?, ?, ?, ?)`,
    sortKey,
    headerText(known.subject ?? '', 'subject'),
    people(known.from, 'from'),
    people(known.to, 'to'),
    people(known.cc, 'to'),
    bodyText(known.attachments.flatMap(({ name }) => name ?? []).join('\n')),
    bodyText(`${known.preview}\n${known.text ?? ''}`),
  );
  mergeSome(tx);
};

/** The same few people are in much mail: what was made of them is at hand for a while. */
const MOST_PEOPLE = 500;
const LONG_LIST = 500;
const madeOf = new Map<string, string>();

const people = (list: readonly Address[], header: 'from' | 'to'): string => {
  if (list.length === 0) return '';
  const text = list.map(({ name, email }) => (name === null ? email : `${name} ${email}`)).join('\n');
  const known = `${header} ${text}`;
  const made = madeOf.get(known) ?? headerText(text, header);
  if (madeOf.size >= MOST_PEOPLE) madeOf.clear();
  if (text.length < LONG_LIST) madeOf.set(known, made);
  return made;
};

/** Brings the index to what is held of an email by now; one that is gone is left alone. */
export const indexEmail = (tx: WriteDb, email: number): void => {
  const found = heldEmail(tx, email);
  if (!found) return;
  forgetWords(tx, found.sortKey);
  indexNewEmail(tx, found.sortKey, found);
};

/** Takes an email out of the index, by its sort key. */
export const forgetWords = (tx: WriteDb, sortKey: number): void =>
  void tx.run('DELETE FROM email_words WHERE rowid = CAST(? AS INTEGER)', sortKey);

type Row = {
  sort_key: number;
  subject: string | null;
  from_list: string;
  to_list: string;
  cc_list: string;
  preview: string;
  body: string | null;
};

const heldEmail = (db: ReadDb, email: number): (Known & { sortKey: number }) | undefined => {
  const row = db.get<Row>(
    `SELECT e.sort_key, e.subject, e.from_list, e.to_list, e.cc_list, e.preview, coalesce(b.words, b.text) AS body
     FROM emails e LEFT JOIN email_bodies b ON b.email_id = e.id WHERE e.id = ?`,
    email,
  );
  return (
    row && {
      sortKey: row.sort_key,
      subject: row.subject,
      from: storedList(row.from_list),
      to: storedList(row.to_list),
      cc: storedList(row.cc_list),
      preview: row.preview,
      attachments: db.all('SELECT name FROM attachments WHERE email_id = ? ORDER BY part', email),
      ...(row.body === null ? {} : { text: row.body }),
    }
  );
};

/** Every so many emails of a transaction, so many pages of the index are merged: 3 ms a batch at most (measured). */
const MERGED_EVERY = 25;
const MERGED_PAGES = 32;

const indexed = new WeakMap<WriteDb, number>();

/** Each commit adds a segment to the index. Merged steadily, none has to merge many of them while reads wait. */
const mergeSome = (tx: WriteDb): void => {
  const count = indexed.get(tx) ?? 0;
  indexed.set(tx, count + 1);
  if (count % MERGED_EVERY === 0)
    tx.run("INSERT INTO email_words (email_words, rank) VALUES ('merge', ?)", MERGED_PAGES);
};

/** So many segments of a size are merged into one of the next: steadily, and in idle time. */
const SEGMENTS = 4;
const IDLE_SEGMENTS = 2;
/** In smaller steps: there is time, and reads wait for each. */
const IDLE_PAGES = 16;

/** Few enough more than there were after the last tidying are let be: that would be to write without need. */
const MORE_SEGMENTS = 4;

/**
 * Merges what commits left behind, in idle time: with few segments a word is found ten times as fast (measured). Ends when there
 * is nothing to merge, or with `signal`.
 */
export const createTidier = (store: Store): ((signal: AbortSignal) => Promise<void>) => {
  let left = 0;
  return async (signal) => {
    if (signal.aborted || store.read(countSegments) <= left + MORE_SEGMENTS) return;
    store.write((tx) => setting(tx, 'usermerge', IDLE_SEGMENTS));
    while (!signal.aborted && store.write(mergedPages) > 1) await store.pause();
    if (signal.aborted) return;
    store.write((tx) => setting(tx, 'usermerge', SEGMENTS));
    left = store.read(countSegments);
  };
};

/** From segment to segment: each has many rows. */
const countSegments = (db: ReadDb): number =>
  db.get<{ n: number }>(
    `WITH RECURSIVE found (segment) AS (
       SELECT min(segid) FROM email_words_idx
       UNION ALL
       SELECT (SELECT min(segid) FROM email_words_idx WHERE segid > found.segment) FROM found WHERE found.segment IS NOT NULL
     )
     SELECT count(segment) AS n FROM found`,
  )?.n ?? 0;

/** One change at least: the command is one (https://sqlite.org/fts5.html, section 6.6). */
const mergedPages = (tx: WriteDb): number => {
  const changes = (): number => tx.get<{ n: number }>('SELECT total_changes() AS n')?.n ?? 0;
  const before = changes();
  setting(tx, 'merge', IDLE_PAGES);
  return changes() - before;
};

const setting = (tx: WriteDb, command: string, value: number): void =>
  void tx.run('INSERT INTO email_words (email_words, rank) VALUES (?, CAST(? AS INTEGER))', command, value);

const INDEXED_AT_ONCE = 25;

/** Indexes emails from before there was an index, newest first. */
export const indexHeld = async (store: Store, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const some = store.read(unindexed);
    if (some.length === 0) return;
    store.write((tx) => {
      for (const email of some) {
        indexEmail(tx, email);
        tx.run('DELETE FROM emails_unindexed WHERE email_id = ?', email);
      }
    });
    await store.pause();
  }
};

const unindexed = (db: ReadDb): number[] =>
  db
    .all<{ email_id: number }>('SELECT email_id FROM emails_unindexed ORDER BY email_id DESC LIMIT ?', INDEXED_AT_ONCE)
    .map(({ email_id }) => email_id);

/** Whether emails are held that the index does not know. */
export const isIndexBehind = (db: ReadDb): boolean => db.get('SELECT 1 FROM emails_unindexed LIMIT 1') !== undefined;
