import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Composition } from '../../../src-shared/composition.ts';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ReadDb, Store } from '../../store/db.ts';
import { type DraftFile, draftFiles, hasDraftFile } from '../../store/draftFiles.ts';
import { type DraftContent, readDraft } from '../../store/drafts.ts';
import { type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import type { ReadFile } from '../files.ts';
import { copyDurably, removeFiles, type Written, writeDurably } from './durableFile.ts';
import { countTry, failSubmission, LOST } from './sendRecord.ts';
import { anySender, type Sender } from './whoSends.ts';

/** What messages are written with. `folder`: the account's. `readFile`: parts of emails that go along. `textOf`: what HTML says. */
export type Freezing = {
  store: Store;
  clock: Clock;
  folder: string;
  readFile: ReadFile;
  textOf: (html: string, signal: AbortSignal) => Promise<string>;
  signal: AbortSignal;
};

/** What a draft becomes a message by. `date` in ms since the epoch. */
type Envelope = { messageId: string; date: number; keepBcc: boolean };

/** Writes a draft as a message (RFC 5322) to a path within the account's folder; what goes along is fetched first. */
export const writeDraft = async (
  parts: Freezing,
  draft: { id: number; content: DraftContent },
  path: string,
  envelope: Envelope,
): Promise<Written> => {
  const { store, folder } = parts;
  const files = await heldFiles(parts, draft.id);
  const sender = store.read((db) => anySender(db, draft.content));
  const content = await withText(draft.content, parts);
  // Loaded when something is written: it would be a fifth of a worker's start (20 ms, measured).
  const { composeMessage } = await import('../../mime/compose/compose.ts');
  const { bytes } = composeMessage(compositionOf(content, sender, files, folder, envelope));
  return writeDurably(join(folder, path), bytes);
};

/** Who shows no HTML is to read the message, too. */
const withText = async (content: DraftContent, { textOf, signal }: Freezing): Promise<DraftContent> =>
  content.text === null && content.html !== null ? { ...content, text: await textOf(content.html, signal) } : content;

const compositionOf = (
  content: DraftContent,
  sender: Sender,
  files: readonly DraftFile[],
  folder: string,
  { messageId, date, keepBcc }: Envelope,
): Composition => ({
  from: sender.from,
  sender: null,
  replyTo: sender.replyTo,
  to: content.to,
  cc: content.cc,
  bcc: [...content.bcc, ...sender.bcc],
  subject: content.subject,
  text: content.text,
  html: content.html,
  messageId,
  date: new Date(date),
  inReplyTo: content.replied,
  references: content.references,
  attachments: files.map(({ name, type, cid, path }) => ({
    name,
    type,
    disposition: cid === null ? ('attachment' as const) : ('inline' as const),
    cid,
    open: () => createReadStream(join(folder, path ?? '')) as AsyncIterable<Uint8Array>,
  })),
  keepBcc,
});

/** The files of a draft, all of them on this disk. */
const heldFiles = async (parts: Freezing, draft: number): Promise<DraftFile[]> => {
  const { store, clock, folder, readFile, signal } = parts;
  for (const file of store.read((db) => draftFiles(db, draft))) {
    if (file.path !== null || file.email === null) continue;
    const read = await readFile(file.email, file.part, signal);
    const path = join('drafts', clock.uuid());
    const size = await copyDurably(read.path, join(folder, path));
    store.write((tx) => hasDraftFile(tx, file.id, path, size), { durable: true });
  }
  return store.read((db) => draftFiles(db, draft));
};

/**
 * Writes the bytes that a submission hands over, once for all (docs/sending.md S2): whole on disk, with their hash in its row,
 * before anything is tried. Blind recipients are in the copy of the person alone. What can never be written fails it.
 */
export const freezeSubmission = async (parts: Freezing, submission: StoredSubmission): Promise<void> => {
  const { store, clock, folder } = parts;
  const { draft, file, copy } = store.read((db) => placesOf(db, submission));
  const fail = (error: TernError): void =>
    store.write((tx) => failSubmission(tx, clock, submission, error), { durable: true });
  if (!draft) return fail(missing());
  const { messageId, createdAt: date } = submission;
  try {
    const written = await writeDraft(parts, draft, file, { messageId, date, keepBcc: false });
    if (submission.hash !== null && written.hash !== submission.hash) throw missing();
    const kept = copy && (await writeDraft(parts, draft, copy, { messageId, date, keepBcc: true }));
    store.write(
      (tx) =>
        updateSubmission(tx, submission.id, {
          stage: 'frozen',
          file,
          copy,
          ...written,
          ...(kept ? { copySize: kept.size } : {}),
        }),
      { durable: true },
    );
  } catch (thrown) {
    await removeFiles([file, copy].map((path) => path && join(folder, path)));
    const error = asTernError(thrown);
    if (isOfConnection(error)) throw error;
    if (error.kind === 'server' || error.kind === 'bug')
      store.write((tx) => countTry(tx, clock, submission, error, [], LOST), { durable: true });
    else fail(error);
  }
};

/** Bytes that were shown to a server are never others. */
const missing = (): TernError =>
  new TernError('notFound', 'the message that was being sent is missing from the disk: send the draft again');

/** Whether a message could not be written for something that concerns no message by itself. */
export const isOfConnection = ({ kind }: TernError): boolean =>
  kind === 'network' ||
  kind === 'rateLimited' ||
  kind === 'auth' ||
  kind === 'tls' ||
  kind === 'cancelled' ||
  kind === 'storage';

const placesOf = (db: ReadDb, { id, draft: draftId }: StoredSubmission) => {
  const draft = readDraft(db, draftId ?? 0);
  const hasBlind = draft && draft.content.bcc.length + anySender(db, draft.content).bcc.length > 0;
  return {
    draft,
    file: join('outbox', `${id}.eml`),
    copy: hasBlind ? join('outbox', `${id}.copy.eml`) : null,
  };
};
