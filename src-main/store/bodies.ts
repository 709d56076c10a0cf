import * as z from 'zod';
import type { BodySource, RenderedBody } from '../../src-shared/body.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { indexEmail } from './searchIndex.ts';
import { secondOfSortKey, sortKeyFloor } from './sortKey.ts';

/** How far an email's body is: the numbers are those of `emails.body_state`. */
export const BODY = { missing: 0, fetched: 1, held: 2, unreadable: 3, evicted: 4 } as const;
type BodyState = (typeof BODY)[keyof typeof BODY];

/**
 * A body as it is kept: what it says, and how it is shown once it was rendered. `hasMore`: the server may have more of it;
 * `length`: in characters, of all that it says; `failures`: how often the rules of that version failed on it.
 */
export type StoredBody = {
  source: BodySource;
  isTruncated: boolean;
  hasMore: boolean;
  length: number;
  version: number;
  failures: number;
  shown: Shown | null;
};
type Shown = Pick<RenderedBody, 'html' | 'text' | 'textHtml' | 'blockedRemote' | 'isFallback'>;

const item = z.object({ part: z.string(), type: z.string() });
const sourceSchema = z.object({
  texts: z.array(
    z.object({
      part: z.string(),
      type: z.enum(['text/plain', 'text/html']),
      text: z.string(),
      isTruncated: z.boolean(),
      isFlowed: z.boolean(),
      delSp: z.boolean(),
    }),
  ),
  textBody: z.array(item),
  htmlBody: z.array(item),
});

const setState = (tx: WriteDb, email: number, state: BodyState): void =>
  void tx.run('UPDATE emails SET body_state = ? WHERE id = ?', state, email);

/**
 * Keeps what an email says, to be rendered. It counts as used when the email was received, so that the oldest mail is the
 * first to go. `isAll`: nobody can get more of it than that; anything else does not take the place of what is held. An email
 * that is gone by now is left alone.
 */
export const storeBody = (tx: WriteDb, email: number, source: BodySource, isAll = false): void => {
  if (!isAll && tx.get('SELECT 1 FROM email_bodies WHERE email_id = ?', email)) return;
  const text = JSON.stringify(source);
  tx.run(
    // What it is found by stays until it is rendered anew.
    `INSERT INTO email_bodies (email_id, source, is_truncated, size, used_at) SELECT id, ?, ?, ?, ? FROM emails WHERE id = ?
     ON CONFLICT (email_id) DO UPDATE SET source = excluded.source, is_truncated = excluded.is_truncated,
       size = excluded.size, used_at = excluded.used_at, version = 0`,
    text,
    source.texts.some(({ isTruncated }) => isTruncated) ? (isAll ? 2 : 1) : 0,
    Buffer.byteLength(text),
    receivedAt(tx, email) * 1000,
    email,
  );
  setState(tx, email, BODY.fetched);
};

const receivedAt = (db: ReadDb, email: number): number =>
  secondOfSortKey(db.get<{ sort_key: number }>('SELECT sort_key FROM emails WHERE id = ?', email)?.sort_key ?? 0);

/** Keeps how a body is shown, by rules of that version; and its first line, where the server gave none. */
export const storeRendered = (tx: WriteDb, email: number, shown: RenderedBody, version: number): void => {
  const { changes } = tx.run(
    `UPDATE email_bodies SET failures = CASE WHEN ? = 0 THEN 0 WHEN version = ? THEN failures + 1 ELSE 1 END,
       version = ?, html = ?, text = ?, words = ?, text_html = ?, blocked_remote = ?,
       size = octet_length(source) + ? WHERE email_id = ?`,
    shown.isFallback ? 1 : 0,
    version,
    version,
    shown.html,
    shown.text,
    shown.words,
    shown.textHtml,
    shown.blockedRemote,
    Buffer.byteLength([shown.html, shown.text, shown.words, shown.textHtml].join('')),
    email,
  );
  if (changes === 0) return;
  setState(tx, email, BODY.held);
  showPreview(tx, email, shown.preview);
  indexEmail(tx, email);
};

/** Some servers take an email's HTML as it is for its beginning, tags, hidden words and all (Cyrus). */
const MARKUP = /<[a-z!/][^>]*>|&(?:nbsp|zwnj|#\d+);/i;

const showPreview = (tx: WriteDb, email: number, preview: string): void => {
  const row = tx.get<{ preview: string }>('SELECT preview FROM emails WHERE id = ?', email);
  if (preview === '' || !row || (row.preview !== '' && !MARKUP.test(row.preview))) return;
  tx.run('UPDATE emails SET preview = ? WHERE id = ?', preview, email);
  tx.changed.email(email, 'updated');
};

/** The server cannot hand this body over, now: nobody asks for it again in this run but a person. */
export const bodyUnreadable = (tx: WriteDb, email: number): void => setState(tx, email, BODY.unreadable);

type BodyRow = {
  source: string;
  is_truncated: number;
  version: number;
  failures: number;
  html: string | null;
  text: string;
  text_html: string | null;
  blocked_remote: number;
};

/** A body that is kept; undefined where there is none, or none that can be read any more. */
export const readBody = (db: ReadDb, email: number): StoredBody | undefined => {
  const row = db.get<BodyRow>(
    `SELECT source, is_truncated, version, failures, html, text, text_html, blocked_remote FROM email_bodies
     WHERE email_id = ?`,
    email,
  );
  if (!row) return undefined;
  const source = sourceSchema.safeParse(safeJson(row.source));
  if (!source.success) return undefined;
  const { version, failures, html, text, text_html: textHtml, blocked_remote: blockedRemote } = row;
  const shown = version === 0 ? null : { html, text, textHtml, blockedRemote, isFallback: failures > 0 };
  const isTruncated = row.is_truncated > 0;
  const hasMore = row.is_truncated === 1;
  return { source: source.data, isTruncated, hasMore, length: row.source.length, version, failures, shown };
};

const DAY_MS = 24 * 3600 * 1000;

/** Notes that a body was opened. `now` in ms since the epoch. */
export const bodyUsed = (tx: WriteDb, email: number, now: number): void =>
  void tx.run('UPDATE email_bodies SET used_at = ? WHERE email_id = ?', now, email);

/** Whether opening a body now is worth a note: when it was used is right to a day. */
export const isUseNews = (db: ReadDb, email: number, now: number): boolean =>
  db.get('SELECT 1 FROM email_bodies WHERE email_id = ? AND used_at < ?', email, now - DAY_MS) !== undefined;

/** Emails whose bodies were fetched and not rendered yet, newest first, by local id. */
export const bodiesToRender = (db: ReadDb, limit: number): number[] =>
  db
    .all<{ id: number }>(
      `SELECT id FROM emails INDEXED BY emails_to_render WHERE body_state = ${BODY.fetched} ORDER BY sort_key DESC LIMIT ?`,
      limit,
    )
    .map(({ id }) => id);

/** An email whose body is missing. `size` of the whole message, in bytes. */
export type Bodiless = { id: number; remoteId: string; size: number };

/** Emails without a body, received since that second, small ones (up to 128 kB) before large ones, newest first. */
export const missingBodies = (db: ReadDb, limit: number, since: number): Bodiless[] => {
  const some = (isLarge: 0 | 1, count: number): Bodiless[] =>
    db.all<Bodiless>(
      `SELECT id, remote_id AS remoteId, size FROM emails INDEXED BY emails_without_body
       WHERE body_state = ${BODY.missing} AND (size > 131072) = ? AND sort_key >= ? AND remote_id IS NOT NULL
       ORDER BY sort_key DESC LIMIT ?`,
      isLarge,
      sortKeyFloor(since),
      count,
    );
  const small = some(0, limit);
  return small.length === limit ? small : [...small, ...some(1, limit - small.length)];
};

/** Whether a body may still come that the search would have to know. */
export const bodiesAreMissing = (db: ReadDb): boolean =>
  db.get(`SELECT 1 FROM emails INDEXED BY emails_without_body WHERE body_state = ${BODY.missing} LIMIT 1`) !==
    undefined || bodiesToRender(db, 1).length > 0;

/** How much room the kept bodies take, in bytes as UTF-8. */
export const bodiesSize = (db: ReadDb): number =>
  db.get<{ size: number | null }>('SELECT sum(size) AS size FROM email_bodies INDEXED BY email_bodies_by_use')?.size ??
  0;

/**
 * Takes out bodies that nobody opened since `before` (ms since the epoch), longest unused first, until that gave `enough`
 * room, at most `limit` of them; answers how many, and how much room.
 */
export const evictBodies = (
  tx: WriteDb,
  { before, enough, limit }: { before: number; enough: number; limit: number },
): { bodies: number; size: number } => {
  const found = tx.all<{ email_id: number; size: number }>(
    'SELECT email_id, size FROM email_bodies INDEXED BY email_bodies_by_use WHERE used_at < ? ORDER BY used_at LIMIT ?',
    before,
    limit,
  );
  let bodies = 0;
  let freed = 0;
  for (const { email_id: email, size } of found) {
    if (freed >= enough) break;
    tx.run('DELETE FROM email_bodies WHERE email_id = ?', email);
    setState(tx, email, BODY.evicted);
    bodies += 1;
    freed += size;
  }
  return { bodies, size: freed };
};

/** Whoever could not be read may be by now: it is asked for again, once in each run of the program. */
export const forgetUnreadable = (tx: WriteDb): void =>
  void tx.run(
    `UPDATE emails INDEXED BY emails_unreadable SET body_state = ${BODY.missing} WHERE body_state = ${BODY.unreadable}`,
  );

/** Bodies that were taken out may be fetched again: there is more room for them. */
export const forgetEvictions = (tx: WriteDb): void =>
  void tx.run(`UPDATE emails SET body_state = ${BODY.missing} WHERE body_state = ${BODY.evicted}`);
