import type { Address } from '../../src-shared/model.ts';
import type { RemoteIdentity } from '../../src-shared/remote.ts';
import { storedList } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** Who a person can send as, by an id of the account's own. */
export type StoredIdentity = RemoteIdentity & { id: number };

type Row = {
  id: number;
  remote_id: string;
  name: string;
  email: string;
  reply_to: string;
  bcc: string;
  text_signature: string;
  html_signature: string;
};

/** The identities that the server told of. */
export const readIdentities = (db: ReadDb): StoredIdentity[] =>
  db.all<Row>('SELECT * FROM identities ORDER BY id').map((row) => ({
    id: row.id,
    remoteId: row.remote_id,
    name: row.name,
    email: row.email,
    replyTo: storedList<Address>(row.reply_to),
    bcc: storedList<Address>(row.bcc),
    textSignature: row.text_signature,
    htmlSignature: row.html_signature,
  }));

/** Puts what the server has now in place of what it had; an identity keeps its id. */
export const putIdentities = (tx: WriteDb, identities: readonly RemoteIdentity[]): void => {
  const named = JSON.stringify(identities.map(({ remoteId }) => remoteId));
  tx.run('DELETE FROM identities WHERE remote_id NOT IN (SELECT value FROM json_each(?))', named);
  for (const each of identities)
    tx.run(
      `INSERT INTO identities (remote_id, name, email, reply_to, bcc, text_signature, html_signature) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (remote_id) DO UPDATE SET name = excluded.name, email = excluded.email, reply_to = excluded.reply_to,
         bcc = excluded.bcc, text_signature = excluded.text_signature, html_signature = excluded.html_signature`,
      each.remoteId,
      each.name,
      each.email,
      JSON.stringify(each.replyTo),
      JSON.stringify(each.bcc),
      each.textSignature,
      each.htmlSignature,
    );
};
