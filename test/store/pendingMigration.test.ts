import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Store } from '../../src-main/store/db.ts';
import { putEmail } from '../../src-main/store/emails.ts';
import { listMailboxes, putMailbox } from '../../src-main/store/mailboxes.ts';
import { loadMigrations, migrate } from '../../src-main/store/migrate.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';

type Row = Record<string, string | number | null>;

const rows = (store: Store, table: string): Row[] => store.read((db) => db.all<Row>(`SELECT * FROM ${table}`));

/** A store of version 1 with mailboxes, mail in them, and ids that were used and given up. */
const versionOne = (): Store => {
  const store = Store.open(':memory:', { create: true });
  migrate(store, loadMigrations().slice(0, 1));
  store.script(`
    INSERT INTO mailboxes (id, remote_id, is_listed, name, parent_remote_id, role, sort_order, is_subscribed, rights,
      is_filled, server_total, server_unread) VALUES
      (2, 'inbox', 1, 'Inbox', NULL, 'inbox', 3, 1, '{"mayRename":true}', 1, 7, 5),
      (4, 'child', 1, 'Child', 'inbox', NULL, 0, 0, '{}', 1, 1, 0),
      (5, 'orphan', 1, 'Orphan', 'never read', NULL, 0, 1, '{}', 0, 9, 8),
      (6, 'placeholder', 0, '', NULL, NULL, 0, 0, '{}', 1, 0, 0),
      (90, 'gone', 1, 'Gone', NULL, NULL, 0, 0, '{}', 1, 0, 0);
    DELETE FROM mailboxes WHERE id = 90;
    INSERT INTO threads (id, remote_id) VALUES (1, 't1'), (2, 't2');
    INSERT INTO emails (id, remote_id, thread_id, sort_key, subject, from_list, to_list, cc_list, headers, preview, size,
      has_attachment, keywords, is_unread) VALUES
      (11, 'e1', 1, 100, 'One', '[]', '[]', '[]', '{}', '', 1, 0, '["$seen"]', 0),
      (12, 'e2', 2, 101, 'Two', '[]', '[]', '[]', '{}', '', 1, 0, '[]', 1);
    INSERT INTO email_mailboxes (mailbox_id, sort_key, email_id, thread_id, is_unread) VALUES
      (2, 100, 11, 1, 0), (2, 101, 12, 2, 1), (4, 101, 12, 2, 1);
    INSERT INTO sync_state VALUES ('email', 's5'), ('mailbox', 'm5');
  `);
  return store;
};

const kept = ['id', 'remote_id', 'is_listed', 'name', 'role', 'sort_order', 'is_subscribed', 'rights', 'is_filled'];
const counters = ['server_total', 'server_unread', 'held_total', 'held_unread'];
const pick = (row: Row, keys: string[]): Row => Object.fromEntries(keys.map((key) => [key, row[key] ?? null]));

describe('migration 2', () => {
  it('keeps every mailbox with its id, its counters and what is in it', () => {
    const store = versionOne();
    const tables = ['email_mailboxes', 'threads', 'sync_state', 'attachments'];
    const before = { mailboxes: rows(store, 'mailboxes'), rest: tables.map((table) => rows(store, table)) };
    migrate(store);
    const after = rows(store, 'mailboxes');
    for (const keys of [kept, counters])
      deepEqual(
        after.map((row) => pick(row, keys)),
        before.mailboxes.map((row) => pick(row, keys)),
      );
    deepEqual(
      tables.map((table) => rows(store, table)),
      before.rest,
    );
    deepEqual(rows(store, 'pragma_foreign_key_check'), []);
  });

  it('names parents by their local ids; one that was never read is none', () => {
    const store = versionOne();
    migrate(store);
    deepEqual(
      rows(store, 'mailboxes').map(({ id, parent_id }) => [id, parent_id]),
      [
        [2, null],
        [4, 2],
        [5, null],
        [6, null],
      ],
    );
    deepEqual(
      store.read((db) => listMailboxes(db, 'a')).map(({ path }) => path),
      ['Orphan', 'Inbox', 'Inbox/Child'],
    );
  });

  it('starts with nothing pending, and shows every email', () => {
    const store = versionOne();
    migrate(store);
    for (const table of ['pending_changes', 'pending_emails', 'pending_mailboxes', 'email_base', 'mailbox_base'])
      deepEqual(rows(store, table), []);
    deepEqual(
      rows(store, 'emails').map(({ id, keywords, is_hidden, pending }) => [id, keywords, is_hidden, pending]),
      [
        [11, '["$seen"]', 0, 0],
        [12, '[]', 0, 0],
      ],
    );
    deepEqual(
      rows(store, 'mailboxes').map(({ pending_total, pending_unread }) => [pending_total, pending_unread]),
      Array.from({ length: 4 }, () => [0, 0]),
    );
  });

  it('never gives a mailbox the id of one that is gone', () => {
    const store = versionOne();
    migrate(store);
    store.write((tx) => putMailbox(tx, remoteMailbox({ remoteId: 'new' })));
    equal(rows(store, "mailboxes WHERE remote_id = 'new'")[0]?.['id'], 91);
  });

  it('counts on: the triggers are there again', () => {
    const store = versionOne();
    migrate(store);
    store.write((tx) => putEmail(tx, remoteEmail({ remoteId: 'e3', mailboxIds: ['inbox'] })));
    store.write((tx) => putEmail(tx, remoteEmail({ remoteId: 'e2', mailboxIds: ['inbox'], keywords: ['$seen'] })));
    deepEqual(
      rows(store, 'mailboxes').map(({ id, held_total, held_unread }) => [id, held_total, held_unread]),
      [
        [2, 3, 1],
        [4, 0, 0],
        [5, 0, 0],
        [6, 0, 0],
      ],
    );
  });
});
