import type { ReadDb, WriteDb } from './db.ts';

/**
 * A file of a draft. `path`: within the account's folder; null while it is still to be had from an email: the `part` of it,
 * or all of it where that is null. `size` in bytes.
 */
export type DraftFile = {
  id: number;
  name: string;
  type: string;
  size: number;
  cid: string | null;
  path: string | null;
  email: number | null;
  part: string | null;
};

type Row = {
  id: number;
  name: string;
  type: string;
  size: number;
  cid: string | null;
  path: string | null;
  email_id: number | null;
  part: string | null;
};

const fileOf = ({ email_id: email, ...row }: Row): DraftFile => ({ ...row, email });

/** The files of a draft, in their order. */
export const draftFiles = (db: ReadDb, draft: number): DraftFile[] =>
  db
    .all<Row>(
      'SELECT id, name, type, size, cid, path, email_id, part FROM draft_files WHERE draft_id = ? ORDER BY position, id',
      draft,
    )
    .map(fileOf);

/** Puts these in place of the files of a draft: those with an id stay what they are. Answers the paths that nobody needs now. */
export const putDraftFiles = (
  tx: WriteDb,
  draft: number,
  files: readonly (number | Omit<DraftFile, 'id'>)[],
): string[] => {
  const kept = new Set(files.filter((file) => typeof file === 'number'));
  const gone = draftFiles(tx, draft).filter(({ id }) => !kept.has(id));
  for (const { id } of gone) tx.run('DELETE FROM draft_files WHERE id = ?', id);
  for (const [position, file] of files.entries()) {
    if (typeof file === 'number')
      tx.run('UPDATE draft_files SET position = ? WHERE id = ? AND draft_id = ?', position, file, draft);
    else
      tx.run(
        'INSERT INTO draft_files (draft_id, position, name, type, size, cid, path, email_id, part) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        draft,
        position,
        file.name,
        file.type,
        file.size,
        file.cid,
        file.path,
        file.email,
        file.part,
      );
  }
  return gone.flatMap(({ path }) => path ?? []);
};

/** A file that was still to be had is here by now. */
export const hasDraftFile = (tx: WriteDb, id: number, path: string, size: number): void =>
  void tx.run('UPDATE draft_files SET path = ?, size = ? WHERE id = ?', path, size, id);

/** Every path that a draft of this account needs. */
export const neededPaths = (db: ReadDb): Set<string> =>
  new Set(
    db
      .all<{ path: string }>(
        `SELECT path FROM draft_files WHERE path IS NOT NULL
         UNION SELECT file FROM submissions WHERE file IS NOT NULL AND stage <> 'done'
         UNION SELECT copy FROM submissions WHERE copy IS NOT NULL AND stage <> 'done'
         UNION SELECT json_extract(filing, '$.path') FROM drafts WHERE filing IS NOT NULL`,
      )
      .map(({ path }) => path),
  );
