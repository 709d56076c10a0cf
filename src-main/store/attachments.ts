import type { Attachment } from '../../src-shared/model.ts';
import type { RemoteAttachment } from '../../src-shared/remote.ts';
import { fileName } from '../mime/fileName.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** Keeps parts of an email that can be saved; answers how many of them were not known. */
export const putAttachments = (tx: WriteDb, email: number, parts: readonly RemoteAttachment[]): number => {
  let added = 0;
  for (const { part, blobId, name, type, size, cid, disposition } of parts)
    added += tx.run(
      `INSERT OR IGNORE INTO attachments (email_id, part, blob_id, name, type, size, cid, disposition)
       SELECT id, ?, ?, ?, ?, ?, ?, ? FROM emails WHERE id = ?`,
      part,
      blobId,
      name,
      type,
      size,
      cid,
      disposition,
      email,
    ).changes;
  return added;
};

type AttachmentRow = Omit<Attachment, 'cid'> & { cid: string | null };

/**
 * An email's parts that can be saved, by part. Their names are those that their files would have, as what a stranger chose
 * may hide its ending; the rows keep what was said.
 */
export const readAttachments = (db: ReadDb, email: number): Attachment[] =>
  db
    .all<AttachmentRow>(
      'SELECT part, name, type, size, cid, disposition FROM attachments WHERE email_id = ? ORDER BY part',
      email,
    )
    .map(({ cid, name, ...rest }) => ({
      ...rest,
      name: name === null ? null : fileName(name, rest.type),
      ...(cid === null ? {} : { cid }),
    }));

/** Where the bytes of a part, or of a whole email where `part` is null, are to be had; undefined for what is not there. */
export type Place = { remoteId: string; blobId: string | null; name: string | null; type: string; size: number };

/** The place of a whole email, or of one part of it. */
export const blobPlace = (db: ReadDb, email: number, part: string | null): Place | undefined =>
  part === null
    ? db.get<Place>(
        `SELECT remote_id AS remoteId, blob_id AS blobId, subject AS name, 'message/rfc822' AS type, size FROM emails
         WHERE id = ? AND is_hidden = 0 AND remote_id IS NOT NULL`,
        email,
      )
    : db.get<Place>(
        `SELECT e.remote_id AS remoteId, a.blob_id AS blobId, a.name, a.type, a.size
         FROM attachments a JOIN emails e ON e.id = a.email_id
         WHERE a.email_id = ? AND a.part = ? AND e.is_hidden = 0 AND e.remote_id IS NOT NULL`,
        email,
        part,
      );
