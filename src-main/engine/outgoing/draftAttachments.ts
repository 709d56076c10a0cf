import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { contentIdSchema, mediaTypeSchema } from '../../../src-shared/composition.ts';
import type { DraftAttachment } from '../../../src-shared/draft.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Attachment, Email } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { fileName } from '../../mime/fileName.ts';
import type { ReadDb, Store } from '../../store/db.ts';
import { type DraftFile, draftFiles } from '../../store/draftFiles.ts';
import { readEmail } from '../../store/emailReads.ts';
import { localId } from '../effects.ts';
import type { ReadFile } from '../files.ts';
import { copyDurably, removeFiles, writeDurably } from './durableFile.ts';

/** What drafts are kept with. `folder`: the account's. */
export type DraftParts = { account: string; store: Store; clock: Clock; folder: string };

/** What all attachments of a message may have together, in bytes; servers mostly take less. */
const LARGEST_ATTACHED = 100_000_000;

/** Throws `tooLarge` for so many bytes of attachments. */
export const throwIfTooLarge = (bytes: number): void => {
  if (bytes > LARGEST_ATTACHED)
    throw new TernError('tooLarge', `the attachments have more than ${LARGEST_ATTACHED / 1e6} MB together`, {
      field: 'attachments',
    });
};

type NewFile = Omit<DraftFile, 'id'>;

/**
 * Attachments as files of the account's own: bytes and files of this machine are copied, parts of emails wait until they are
 * needed; one that the draft holds is its id. Throws `notFound`, `forbidden`, `tooLarge`, `storage`, naming the field.
 */
export const takeFiles = async (
  parts: DraftParts,
  attachments: readonly DraftAttachment[],
  draft: string | undefined,
): Promise<(number | NewFile)[]> => {
  const files: (number | NewFile)[] = [];
  try {
    for (const [index, each] of attachments.entries())
      files.push(await takeFile(parts, each, draft, `attachments.${index}`));
    return files;
  } catch (error) {
    await removeFiles(
      files.flatMap((file) => (typeof file === 'number' ? [] : file.path && join(parts.folder, file.path))),
    );
    throw error;
  }
};

const takeFile = async (
  parts: DraftParts,
  attachment: DraftAttachment,
  draft: string | undefined,
  field: string,
): Promise<number | NewFile> => {
  if ('account' in attachment)
    throw new TernError('forbidden', 'only the host can read drafts of another account', { field: `${field}.account` });
  if ('held' in attachment) return heldFile(parts.store, attachment.held, draft, `${field}.held`).id;
  if ('email' in attachment) return parts.store.read((db) => partOf(db, parts.account, attachment, field));
  if ('file' in attachment)
    throw new TernError('forbidden', 'the host gave out no such file', { field: `${field}.file` });
  const path = join('drafts', parts.clock.uuid());
  const target = join(parts.folder, path);
  const { name, type, cid = null } = attachment;
  const size =
    'bytes' in attachment ? await writeBytes(target, attachment.bytes) : await copyIn(attachment.path, target, field);
  return { name, type, cid, size, path, email: null, part: null };
};

const writeBytes = async (target: string, base64: string): Promise<number> => {
  const bytes = Buffer.from(base64, 'base64');
  throwIfTooLarge(bytes.length);
  return (await writeDurably(target, [bytes])).size;
};

/** A file may be changed or removed while the draft is written: the draft has its own. */
const copyIn = async (path: string, target: string, field: string): Promise<number> => {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new TernError('notFound', 'no such file', { field: `${field}.path` });
  if (
    !(await access(path, constants.R_OK).then(
      () => true,
      () => false,
    ))
  )
    throw new TernError('forbidden', 'the file cannot be read', { field: `${field}.path` });
  throwIfTooLarge(found.size);
  return copyDurably(path, target);
};

const heldFile = (store: Store, id: string, draft: string | undefined, field: string): DraftFile => {
  const held = draft === undefined ? [] : store.read((db) => draftFiles(db, localId(draft)));
  const file = held.find((each) => String(each.id) === id);
  if (!file) throw new TernError('notFound', 'the draft has no such attachment', { field });
  return file;
};

/** A file that a draft holds, on this disk: its own, or a part of an email that is fetched. Throws `notFound`, and why it cannot be had. */
export const readDraftFile = async (
  { store, folder }: DraftParts,
  readFile: ReadFile,
  { draft, held }: { draft: string; held: string },
  signal: AbortSignal,
): Promise<Pick<DraftFile, 'name' | 'type' | 'size' | 'cid'> & { path: string }> => {
  const { name, type, size, cid, path, email, part } = heldFile(store, held, draft, 'held');
  if (path !== null) return { name, type, size, cid, path: join(folder, path) };
  if (email === null) throw new TernError('notFound', 'the draft has no such attachment', { field: 'held' });
  const read = await readFile(email, part, signal);
  return { name, type, size: read.size, cid, path: read.path };
};

const partOf = (
  db: ReadDb,
  account: string,
  { email: id, part, cid }: { email: string; part?: string | undefined; cid?: string | undefined },
  field: string,
): NewFile => {
  const email = neededEmail(db, account, id, `${field}.email`);
  if (!email) throw new TernError('notFound', 'no such email', { field: `${field}.email` });
  if (part === undefined) return messageFile(email);
  const found = email.attachments.find((each) => each.part === part);
  if (!found) throw new TernError('notFound', 'the email has no such part', { field: `${field}.part` });
  return cid === undefined ? partFile(email, found) : { ...partFile(email, found), cid };
};

/** A part of an email as a file of a draft, to be had when it is needed. */
export const partFile = (email: Email, { part, name, type, size, cid, disposition }: Attachment): NewFile => ({
  name: fileName(name, type),
  type: mediaTypeSchema.safeParse(type).data ?? 'application/octet-stream',
  size,
  cid: disposition === 'attachment' ? null : (contentIdSchema.safeParse(cid).data ?? null),
  path: null,
  email: localId(email.id),
  part,
});

const messageFile = ({ id, subject, size }: Email): NewFile => {
  const type = 'message/rfc822';
  return {
    name: fileName(`${subject ?? 'message'}.eml`, type),
    type,
    size,
    cid: null,
    path: null,
    email: localId(id),
    part: null,
  };
};

/** An email that is named; null where none is. Throws `notFound`, naming the field. */
export const neededEmail = (db: ReadDb, account: string, id: string | undefined, field: string): Email | null => {
  if (id === undefined) return null;
  const email = readEmail(db, account, localId(id));
  if (!email) throw new TernError('notFound', 'no such email', { field });
  return email;
};
