import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import type { Driver } from '../driver/driver.ts';
import { throwIfAborted } from '../lib/async.ts';
import { beginningOf } from '../lib/bytes.ts';
import { fileName } from '../mime/fileName.ts';
import type { Renderer } from '../render/renderer.ts';
import { blobPlace, type Place } from '../store/attachments.ts';
import type { Store } from '../store/db.ts';
import { readCursors } from '../store/syncState.ts';
import type { FileJobs, SavedFile } from './fileJobs.ts';
import { saveFile } from './saveFile.ts';

/** How far a file is: `total` is what the server said, which may not be quite right. */
type FileProgress = { email: number; part: string | null; done: number; total: number };

type Parts = {
  store: Store;
  jobs: FileJobs;
  /** Where the files go; it is made when it is needed, for nobody but this user. */
  folder: string;
  renderer: Renderer;
  reader: (signal: AbortSignal) => Promise<Driver>;
  progress(progress: FileProgress): void;
};

/** Reads a part of an email by local id, or the whole message where `part` is null, into a file. */
export type ReadFile = (email: number, part: string | null, signal: AbortSignal) => Promise<SavedFile>;

/** A message that its server does not take apart has to fit into memory for that. */
const LARGEST_MESSAGE = 64 * 1024 * 1024;

/** Files as people ask for them: each is read once, for all who ask, and a file that is there is not read again. */
export const createFiles =
  (parts: Parts): ReadFile =>
  async (email, part, signal) => {
    // Also of an email that was deleted since: what is kept of it is nobody's any more.
    if (!parts.store.read((db) => blobPlace(db, email, part))) throw gone(part);
    return parts.jobs.file(email, part, (until) => save(parts, email, part, until), signal);
  };

const gone = (part: string | null): TernError =>
  part === null
    ? new TernError('notFound', 'no such email', { field: 'email' })
    : new TernError('notFound', 'the email has no such part', { field: 'part' });

const save = async (parts: Parts, email: number, part: string | null, signal: AbortSignal): Promise<SavedFile> => {
  const place = parts.store.read((db) => blobPlace(db, email, part));
  if (!place) throw gone(part);
  const { type } = place;
  const name = fileName(part === null ? `${place.name ?? 'message'}.eml` : place.name, type);
  const folder = join(parts.folder, part === null ? `${email}-source` : `${email}-part-${digest(part)}`);
  const told = (done: number): void => parts.progress({ email, part, done, total: Math.max(place.size, done) });
  const { path, size } = await saveFile(folder, name, bytesOf(parts, email, part, signal), told);
  return { path, name, type, size };
};

/** Names a folder: parts may have any name. */
export const digest = (part: string): string => createHash('sha256').update(part).digest('hex').slice(0, 16);

/** A part from the server; where that does not hand it out by itself, out of the whole message. */
async function* bytesOf(
  { store, renderer, reader }: Parts,
  email: number,
  part: string | null,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const driver = await reader(signal);
  const options = { cursors: store.read(readCursors) };
  const placeOf = (wanted: string | null): Place => {
    const place = store.read((db) => blobPlace(db, email, wanted));
    if (!place) throw gone(wanted);
    return place;
  };
  try {
    for await (const piece of driver.readBlob({ ...placeOf(part), part }, options, signal)) {
      throwIfAborted(signal);
      yield piece;
    }
    return;
  } catch (error) {
    if (part === null || !(error instanceof TernError && error.kind === 'unsupported')) throw error;
  }
  const whole = driver.readBlob({ ...placeOf(null), part: null }, options, signal);
  const message = await beginningOf(whole, LARGEST_MESSAGE + 1);
  if (message.length > LARGEST_MESSAGE) throw new TernError('tooLarge', 'the message is too large to be taken apart');
  yield await renderer.takePart(message, part);
}
