import { join } from 'node:path';
import type { Outcome } from '../../driver/driver.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ReadDb, WriteDb } from '../../store/db.ts';
import { supersede } from '../../store/drafts.ts';
import { readSettingFlag, writeSettingFlag } from '../../store/settings.ts';
import { type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import { readCursors } from '../../store/syncState.ts';
import { removeFiles } from './durableFile.ts';
import { type HandOver, mailboxFor, outgoingOf } from './handOver.ts';
import { countTry } from './sendRecord.ts';
import { twinOf } from './serverDrafts.ts';

const save = ({ store }: HandOver, { id }: StoredSubmission, changes: Parameters<typeof updateSubmission>[2]): void =>
  store.write((tx) => updateSubmission(tx, id, changes), { durable: true });

/** What failed for good to be filed is tried again after so long, in ms. */
const LATER = 3_600_000;

/** Setting: this account's server puts what it was handed over into Sent by itself. */
const SERVER_FILES = 'serverFilesSent';
/** So long, in ms, a server is given to file a message where it is known to. */
const FILING_WAITS = [0, 1_000, 2_000, 5_000, 15_000, 60_000];

/**
 * A copy lies in Sent, once; then whoever said "later" is tried again, or it is done. They do not wait for a copy that the
 * server refuses.
 */
export const finish = async (run: HandOver, submission: StoredSubmission): Promise<void> => {
  const { store, clock, folder } = run;
  const filing = submission.isFiled ? 'filed' : await putIntoSent(run, submission);
  const left = submission.recipients.filter(({ state }) => state === 'failed');
  if (filing === 'waiting' || (filing === 'refused' && left.length === 0)) return;
  const replaced = filing === 'filed' ? await replaceByCopy(run, submission) : OVER;
  if (replaced === 'waiting') return;
  if (left.length > 0)
    return store.write((tx) => tryOthers(tx, clock, submission, left, filing === 'filed'), { durable: true });
  const refused = submission.recipients.filter(({ state }) => state === 'refused');
  const unsent = refusedError(refused);
  // What a server that was to send it still holds is no draft any more.
  if (submission.remoteEmail === null)
    store.write((tx) => supersede(tx, submission.messageId, clock.now()), { durable: true });
  save(run, submission, {
    stage: unsent ? 'failed' : 'done',
    isFiled: true,
    error: unsent ?? replaced.error,
    // What was sent is no draft to be sent again: whoever did not get it gets it by another one.
    ...(unsent ? { remoteEmail: null } : {}),
    journal: null,
    finishedAt: clock.now(),
  });
  if (!unsent) await removeFiles([submission.file, submission.copy].map((path) => path && join(folder, path)));
};

/** From the frozen bytes, as the server holds nothing that is to be sent any more. */
const tryOthers = (
  tx: WriteDb,
  clock: Clock,
  submission: StoredSubmission,
  [first]: StoredSubmission['recipients'],
  isFiled: boolean,
): void => {
  updateSubmission(tx, submission.id, { isFiled, remoteEmail: null, journal: null });
  const message = `${first?.email}: ${first?.reply ?? 'not accepted yet'}`;
  countTry(tx, clock, { ...submission, remoteEmail: null, attempts: 0 }, { kind: 'server', message });
};

const refusedError = (refused: StoredSubmission['recipients']): StoredSubmission['error'] =>
  refused.length === 0
    ? null
    : {
        kind: 'server',
        message:
          `sent, but not to ${refused.map(({ email, reply }) => `${email}${reply ? ` (${reply})` : ''}`).join(', ')}`.slice(
            0,
            1000,
          ),
      };

/** So often it is tried to keep the blind recipients of a message that was sent. */
const COPY_TRIES = 5;

/** Nothing is left to be done, nor to be told. */
const OVER = { error: null };

/**
 * What the server sent, and filed, names no blind recipients: the person's own copy takes its place. `error`: what is told where
 * that was given up. `waiting`: when to go on is on disk.
 */
const replaceByCopy = async (
  run: HandOver,
  submission: StoredSubmission,
): Promise<'waiting' | Pick<StoredSubmission, 'error'>> => {
  const { store, clock } = run;
  const { remoteEmail, messageId, copy } = submission;
  if (remoteEmail === null || copy === null) return OVER;
  store.write((tx) => supersede(tx, twinOf(remoteEmail, messageId), clock.now()), { durable: true });
  const outcome = await fileCopy(run, submission);
  if (outcome === null || outcome.result === 'done') return OVER;
  if (submission.attempts >= COPY_TRIES)
    return {
      error: {
        kind: 'server',
        message: `it was sent, and its copy in Sent does not name blind recipients: ${reasonOf(outcome)}`,
      },
    };
  save(run, submission, { isFiled: true, attempts: submission.attempts + 1, nextAttemptAt: clock.now() + 60_000 });
  return 'waiting';
};

const reasonOf = (outcome: Outcome): string => ('error' in outcome ? outcome.error.message : 'the server was busy');

/** Where the person's copy is to lie: an account without a Sent mailbox has it in the inbox, rather than nowhere. */
const copyMailbox = (db: ReadDb): string | null => mailboxFor(db, 'sent') ?? mailboxFor(db, 'inbox');

/** Puts the person's copy where it is to lie; null where there is no such mailbox. */
const fileCopy = async (run: HandOver, submission: StoredSubmission): Promise<Outcome | null> => {
  const { store, clock, mailer, signal, folder } = run;
  const mailbox = store.read(copyMailbox);
  const path = submission.copy ?? submission.file;
  if (mailbox === null || path === null) return null;
  return mailer.file(
    {
      file: { path: join(folder, path), size: submission.copy === null ? submission.size : submission.copySize },
      messageId: submission.messageId,
      mailbox,
      keywords: ['$seen'],
      receivedAt: clock.now(),
      journal: submission.journal,
    },
    { cursors: store.read(readCursors), note: async (journal) => save(run, submission, { journal }) },
    signal,
  );
};

/** Whether it lies there. `waiting`, `refused`: when to go on is on disk, and a server that refuses it may for long. */
const putIntoSent = async (run: HandOver, submission: StoredSubmission): Promise<'filed' | 'waiting' | 'refused'> => {
  const { store, clock, mailer, signal } = run;
  const cursors = store.read(readCursors);
  if (await mailer.isFiled(outgoingOf(run, submission), cursors, signal)) {
    if (submission.remoteEmail === null && submission.journal === null)
      store.write((tx) => writeSettingFlag(tx, SERVER_FILES, true));
    return 'filed';
  }
  const wait = FILING_WAITS[submission.attempts + 1];
  const serverFiles = submission.remoteEmail !== null || store.read((db) => readSettingFlag(db, SERVER_FILES));
  if (serverFiles && wait !== undefined) {
    save(run, submission, { attempts: submission.attempts + 1, nextAttemptAt: clock.now() + wait });
    return 'waiting';
  }
  const outcome = await fileCopy(run, submission);
  if (outcome === null || outcome.result === 'done') return 'filed';
  // It was sent; only its copy is missing. That is tried for ever, and shown.
  const isRefused = outcome.result === 'refused' && outcome.error.kind !== 'notFound';
  save(run, submission, {
    attempts: submission.attempts + 1,
    nextAttemptAt: clock.now() + (isRefused ? LATER : 60_000),
    error: { kind: 'server', message: `it was sent, and its copy is not in Sent yet: ${reasonOf(outcome)}` },
  });
  return isRefused ? 'refused' : 'waiting';
};
