import assert from 'node:assert/strict';
import type { Driver } from '../../src-main/driver/driver.ts';
import { blobPlace } from '../../src-main/store/attachments.ts';
import type { Store } from '../../src-main/store/db.ts';
import { mailboxesWithRole } from '../../src-main/store/mailboxes.ts';
import { readCursors } from '../../src-main/store/syncState.ts';

const never = new AbortController().signal;

/** The messages in the mailbox with a role, as a pull brought them, each as the server has it. */
export const sourcesIn = async (store: Store, driver: Driver, role: string): Promise<string[]> => {
  const rows = store.read((db) => {
    const [mailbox = 0] = mailboxesWithRole(db, role);
    return db.all<{ id: number }>('SELECT email_id AS id FROM email_mailboxes WHERE mailbox_id = ?', mailbox);
  });
  const sources: string[] = [];
  for (const { id } of rows) {
    const place = store.read((db) => blobPlace(db, id, null));
    assert.ok(place);
    const options = { cursors: store.read(readCursors) };
    const pieces: Uint8Array[] = [];
    for await (const piece of driver.readBlob({ ...place, part: null }, options, never)) pieces.push(piece);
    sources.push(Buffer.concat(pieces).toString('latin1'));
  }
  return sources;
};
