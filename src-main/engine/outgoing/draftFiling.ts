import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Mailer } from '../../driver/outgoing.ts';
import type { Clock } from '../../lib/clock.ts';
import { newMessageId } from '../../mime/compose/newMessageId.ts';
import type { WriteDb } from '../../store/db.ts';
import { type DraftFiling, readDraft, type StoredDraft, supersede, updateDraft } from '../../store/drafts.ts';
import { heldMailboxes } from '../../store/mailboxes.ts';
import { NEVER } from '../../store/outgoingCounts.ts';
import { readCursors } from '../../store/syncState.ts';
import { removeFiles } from './durableFile.ts';
import { type Freezing, isOfConnection, writeDraft } from './freeze.ts';
import { mailboxFor } from './handOver.ts';
import { onlyOf, retireDraft } from './serverDrafts.ts';
import { anySender } from './whoSends.ts';

type Run = Freezing & { mailer: Mailer };

/** So long after one another, in ms, a draft is tried again that the server would not take; then it waits for the person. */
const PAUSES = [5_000, 30_000, 120_000, 600_000];

/**
 * Puts the latest revision of a draft on the server (docs/sending.md D2): the new one first, and only when it is there the old
 * one is given up. Throws what concerns the whole connection, or the disk.
 */
export const fileDraft = async (run: Run, draft: StoredDraft): Promise<void> => {
  const { store, clock, folder, mailer, signal } = run;
  const mailbox = store.read((db) => mailboxFor(db, 'drafts'));
  // Nowhere to put it: it stays here.
  if (mailbox === null) return stay(run, draft);
  const filing = draft.filing && (await isThere(folder, draft.filing)) ? draft.filing : await begin(run, draft);
  if (!filing) return;
  const note = async (journal: string): Promise<void> =>
    store.write((tx) => updateDraft(tx, draft.id, { filing: { ...filing, journal } }), { durable: true });
  const outcome = await mailer.file(
    {
      file: { path: join(folder, filing.path), size: filing.size },
      messageId: filing.messageId,
      mailbox,
      keywords: ['$draft', '$seen'],
      receivedAt: filing.receivedAt,
      journal: filing.journal,
    },
    { cursors: store.read(readCursors), note },
    signal,
  );
  if (outcome.result === 'done') {
    store.write((tx) => filed(tx, clock.now(), draft.id, filing, outcome.remoteId ?? null), { durable: true });
    return removeFiles([join(folder, filing.path)]);
  }
  if (outcome.result === 'stale') return store.write((tx) => wait(tx, clock, draft.id, 5_000));
  // A mailbox that is gone may have another name: the next pull tells.
  const isFinal = outcome.result === 'refused' && outcome.error.kind !== 'notFound';
  store.write((tx) => countTry(tx, clock, draft.id, outcome.error, isFinal), { durable: true });
};

/** An account that nothing is known of yet may have a place for it. */
const stay = ({ store, clock }: Run, draft: StoredDraft): void =>
  store.write((tx) => {
    if (heldMailboxes(tx).length === 0) wait(tx, clock, draft.id, 30_000);
    else updateDraft(tx, draft.id, { keptRevision: draft.revision });
  });

const isThere = async (folder: string, { path, size }: DraftFiling): Promise<boolean> =>
  (await stat(join(folder, path)).catch(() => null))?.size === size;

/** Writes the message, and notes it: until an answer came these are the bytes that may be on the server. Null: it cannot be. */
const begin = async (run: Run, draft: StoredDraft): Promise<DraftFiling | null> => {
  const { store, clock } = run;
  const from = store.read((db) => anySender(db, draft.content)).from.email;
  const messageId = newMessageId(clock, from);
  const path = join('drafts', `${draft.id}-${draft.revision}.eml`);
  const receivedAt = draft.updatedAt;
  const written = await writeDraft(run, draft, path, { messageId, date: receivedAt, keepBcc: true }).catch(
    (thrown: unknown) => asTernError(thrown),
  );
  if (written instanceof TernError) {
    if (isOfConnection(written)) throw written;
    const isFinal = written.kind !== 'server' && written.kind !== 'bug';
    store.write((tx) => countTry(tx, clock, draft.id, written, isFinal), { durable: true });
    return null;
  }
  const { size } = written;
  const filing = { revision: draft.revision, messageId, path, size, receivedAt, journal: null };
  store.write(
    (tx) => {
      // Of an earlier one whose bytes are gone nobody knows whether it arrived.
      supersede(tx, draft.filing?.messageId ?? null, clock.now());
      updateDraft(tx, draft.id, { filing });
    },
    { durable: true },
  );
  return filing;
};

/** It is there: what it replaces goes. Where the draft was discarded or sent meanwhile, it goes itself. */
const filed = (tx: WriteDb, now: number, id: number, filing: DraftFiling, remoteId: string | null): void => {
  const draft = readDraft(tx, id);
  if (!draft) return supersede(tx, onlyOf(remoteId, filing.messageId), now);
  retireDraft(tx, draft, now);
  updateDraft(tx, id, {
    savedRevision: Math.max(draft.savedRevision, filing.revision),
    serverMessage: filing.messageId,
    serverRemote: remoteId,
    serverEmail: null,
    wasSeen: false,
    filing: null,
    attempts: 0,
    error: null,
  });
};

const wait = (tx: WriteDb, clock: Clock, id: number, ms: number): void =>
  updateDraft(tx, id, { nextAttemptAt: clock.now() + ms });

const countTry = (tx: WriteDb, clock: Clock, id: number, error: TernError, isFinal: boolean): void => {
  const draft = readDraft(tx, id);
  if (!draft) return;
  const attempts = draft.attempts + 1;
  const pause = isFinal ? undefined : PAUSES[attempts - 1];
  updateDraft(tx, id, {
    attempts,
    nextAttemptAt: pause === undefined ? NEVER : clock.now() + pause,
    error: { kind: error.kind, message: error.message },
    // It was refused, so it is not there: the next try is of what the draft says then.
    ...(isFinal ? { filing: null } : {}),
  });
};
