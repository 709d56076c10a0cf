import type { ReadDb, Store } from '../../src-main/store/db.ts';
import { readHead } from '../../src-main/store/emailReads.ts';
import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import type { Truth } from '../servers/mailServer.ts';

const remoteIds = (db: ReadDb, table: 'emails' | 'mailboxes'): Map<string, string> =>
  new Map(
    db
      .all<{ id: number; remote_id: string }>(`SELECT id, remote_id FROM ${table} WHERE remote_id IS NOT NULL`)
      .map(({ id, remote_id }) => [String(id), remote_id]),
  );

/** What a replica shows, by remote id, in the shape of a server's `truth`. */
export const viewOf = (store: Pick<Store, 'read'>): Truth =>
  store.read((db) => {
    const view: Truth = { mailboxes: {}, emails: {} };
    const boxes = remoteIds(db, 'mailboxes');
    const hidden = new Set(
      db.all<{ id: number }>('SELECT id FROM emails WHERE is_hidden = 1').map(({ id }) => String(id)),
    );
    const remote = (local: string): string => boxes.get(local) ?? `local ${local}`;
    for (const { id, name, parentId, role, totalEmails, unreadEmails } of listMailboxes(db, 'world')) {
      const parent = parentId === null ? null : remote(parentId);
      view.mailboxes[remote(id)] = { name, parentId: parent, role, totalEmails, unreadEmails };
    }
    for (const [local, remoteId] of remoteIds(db, 'emails')) {
      const head = readHead(db, 'world', Number(local));
      // Destroyed here, and not yet on the server: nobody sees it.
      if (!head && hidden.has(local)) continue;
      if (!head) throw new Error(`${remoteId} has a row and cannot be read`);
      view.emails[remoteId] = {
        subject: head.subject,
        receivedAt: head.receivedAt,
        mailboxIds: Object.keys(head.mailboxIds).map(remote).toSorted(),
        keywords: Object.keys(head.keywords).toSorted(),
      };
    }
    return view;
  });

/** A truth as a replica can hold it: dates in whole seconds. */
export const holdable = (truth: Truth): Truth => ({
  mailboxes: truth.mailboxes,
  emails: Object.fromEntries(
    Object.entries(truth.emails).map(([id, email]) => {
      const seconds = Math.floor(Date.parse(email.receivedAt) / 1000);
      return [id, { ...email, receivedAt: new Date(seconds * 1000).toISOString() }];
    }),
  ),
});

/** Where and how two truths differ, in a few lines; empty when they agree. */
export const differences = (held: Truth, truth: Truth): string[] => {
  const found: string[] = [];
  for (const kind of ['mailboxes', 'emails'] as const) {
    const ids = new Set([...Object.keys(held[kind]), ...Object.keys(truth[kind])]);
    for (const id of [...ids].toSorted()) {
      const [here, there] = [JSON.stringify(held[kind][id]), JSON.stringify(truth[kind][id])];
      if (here !== there) found.push(`${kind} ${id}: held ${here ?? 'nothing'}, truth ${there ?? 'nothing'}`);
    }
  }
  const more = found.length - 8;
  return more > 0 ? [...found.slice(0, 8), `and ${more} more`] : found;
};
