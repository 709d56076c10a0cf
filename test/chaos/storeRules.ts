import type { ReadDb } from '../../src-main/store/db.ts';
import { readBase } from '../../src-main/store/emailState.ts';
import { type EmailEffect, project } from '../../src-shared/project.ts';
import type { Readable } from './actor.ts';

const active = "stage IN ('queued', 'inflight', 'acknowledged')";

/** Queries that find nothing in a replica that keeps its rules, each with what it would mean. */
const rules: Record<string, string> = {
  'an email_base row without pending changes':
    'SELECT email_id FROM email_base WHERE email_id NOT IN (SELECT id FROM emails WHERE pending > 0)',
  'an email with pending changes and no email_base row':
    'SELECT id FROM emails WHERE pending > 0 AND id NOT IN (SELECT email_id FROM email_base)',
  'emails.pending is not the number of active effects': `SELECT id FROM emails WHERE pending <>
    (SELECT count(*) FROM pending_emails WHERE email_id = emails.id AND ${active})`,
  'held counters differ from counted rows': `SELECT id, held_total, held_unread FROM mailboxes WHERE held_total <>
    (SELECT count(*) FROM email_mailboxes WHERE mailbox_id = mailboxes.id) OR held_unread <>
    (SELECT coalesce(sum(is_unread), 0) FROM email_mailboxes WHERE mailbox_id = mailboxes.id)`,
  'an unread mark of a place differs from its email': `SELECT email_id FROM email_mailboxes JOIN emails
    ON emails.id = email_id WHERE email_mailboxes.is_unread <> emails.is_unread`,
  'a place of an email that is not held':
    'SELECT email_id FROM email_mailboxes WHERE email_id NOT IN (SELECT id FROM emails)',
  'a place in a mailbox that is not held':
    'SELECT mailbox_id FROM email_mailboxes WHERE mailbox_id NOT IN (SELECT id FROM mailboxes)',
  'a marked email that is not hidden':
    'SELECT id FROM emails WHERE instr(keywords, \'"$deleted"\') > 0 AND is_hidden = 0',
  'a place whose thread differs from its email': `SELECT email_id FROM email_mailboxes JOIN emails
    ON emails.id = email_id WHERE email_mailboxes.thread_id <> emails.thread_id`,
  'a thread without emails that is not being merged': `SELECT id FROM threads WHERE id NOT IN
    (SELECT thread_id FROM emails) AND id NOT IN (SELECT thread_id FROM thread_merges UNION SELECT into_id FROM thread_merges)`,
  'a note of what is settled': `SELECT change_id FROM pending_emails WHERE journal IS NOT NULL
    AND stage NOT IN ('queued', 'inflight', 'acknowledged')`,
  'a hidden email with a place':
    'SELECT email_id FROM email_mailboxes WHERE email_id IN (SELECT id FROM emails WHERE is_hidden = 1)',
  'a mailbox_base row without pending changes': `SELECT mailbox_id FROM mailbox_base WHERE mailbox_id NOT IN
    (SELECT mailbox_id FROM pending_mailboxes JOIN pending_changes ON id = change_id WHERE ${active})`,
  'a settled change with emails that are not': `SELECT id FROM pending_changes WHERE stage = 'done' AND id IN
    (SELECT change_id FROM pending_emails WHERE stage <> 'done')`,
  'an unknown outcome of what is not under way': `SELECT id FROM pending_changes WHERE outcome_unknown = 1
    AND stage <> 'inflight' AND id NOT IN (SELECT change_id FROM pending_emails WHERE stage = 'inflight')`,
};

/** What an email shows is what the server has with the changes on top. */
const misprojected = (db: ReadDb): string[] =>
  db
    .all<{ id: number; keywords: string; is_hidden: number }>(
      'SELECT id, keywords, is_hidden FROM emails WHERE pending > 0',
    )
    .flatMap(({ id, keywords, is_hidden }) => {
      const base = readBase(db, id);
      if (!base) return [];
      const effects = db
        .all<{ effect: string }>(
          `SELECT effect FROM pending_emails WHERE email_id = ? AND ${active} ORDER BY change_id`,
          id,
        )
        .map(({ effect }) => JSON.parse(effect) as EmailEffect);
      const wanted = project(base, effects);
      const places = db
        .all<{ id: number }>('SELECT mailbox_id AS id FROM email_mailboxes WHERE email_id = ? ORDER BY mailbox_id', id)
        .map((row) => row.id);
      const known = wanted.mailboxes.filter((box) => db.get('SELECT 1 FROM mailboxes WHERE id = ?', box));
      const shown = { keywords: JSON.parse(keywords), mailboxes: places, destroyed: is_hidden === 1 };
      // What its changes leave in no mailbox that is listed may be shown where the server has it.
      const listed = wanted.mailboxes.some((box) =>
        db.get('SELECT 1 FROM mailboxes WHERE id = ? AND is_listed = 1', box),
      );
      const unseen = wanted.destroyed || wanted.keywords.includes('$deleted');
      const anywhere = listed || unseen ? {} : { mailboxes: places };
      // Of what nobody sees only that it is hidden counts.
      const hidden = unseen ? { keywords: shown.keywords, mailboxes: [], destroyed: true } : {};
      const same = JSON.stringify(shown) === JSON.stringify({ ...wanted, mailboxes: known, ...anywhere, ...hidden });
      return same ? [] : [`email ${id} shows ${JSON.stringify(shown)}, not ${JSON.stringify(wanted)}`];
    });

/** Which rules of a replica do not hold right now, in words. */
export const brokenRules = (store: Readable): string[] =>
  store.read((db) => [
    ...Object.entries(rules).flatMap(([what, sql]) => {
      const rows = db.all(sql);
      return rows.length === 0 ? [] : [`${what}: ${JSON.stringify(rows)}`];
    }),
    ...misprojected(db),
  ]);

/** The same for the file as such. */
export const brokenFile = (store: Readable): string[] =>
  store.read((db) => [
    ...db
      .all<{ integrity_check: string }>('PRAGMA integrity_check')
      .flatMap((row) => (row.integrity_check === 'ok' ? [] : [row.integrity_check])),
    ...db.all('PRAGMA foreign_key_check').map((row) => `a dangling reference: ${JSON.stringify(row)}`),
  ]);
