import { join } from 'node:path';
import { TernError } from '../../../src-shared/errors.ts';
import { readDraft, updateDraft } from '../../store/drafts.ts';
import { type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import { readCursors } from '../../store/syncState.ts';
import { type HandOver, mailboxFor } from './handOver.ts';
import { countTry, failSubmission, LOST } from './sendRecord.ts';
import { retireDraft } from './serverDrafts.ts';

/**
 * Gives the server the email that it is to send (RFC 8621 section 7), as a draft: its id is on disk before anything is
 * submitted (docs/sending.md S4). It takes the place of what the server had of the draft.
 */
export const placeSubmission = async (run: HandOver, submission: StoredSubmission): Promise<void> => {
  const { store, clock, mailer, folder, signal } = run;
  const mailbox = store.read((db) => mailboxFor(db, 'drafts') ?? mailboxFor(db, 'sent') ?? mailboxFor(db, 'inbox'));
  // Without Bcc: not every server takes it out as it sends.
  const path = submission.file;
  if (mailbox === null || path === null) throw new TernError('notFound', 'the account has no mailbox to send from');
  const note = async (journal: string): Promise<void> =>
    store.write((tx) => updateSubmission(tx, submission.id, { journal }), { durable: true });
  const filing = {
    file: { path: join(folder, path), size: submission.size },
    messageId: submission.messageId,
    mailbox,
    keywords: ['$draft', '$seen'],
    receivedAt: clock.now(),
    journal: submission.journal,
  };
  const outcome = await mailer.file(filing, { cursors: store.read(readCursors), note }, signal);
  store.write(
    (tx) => {
      if (outcome.result === 'done') return placed(tx, clock.now(), submission, outcome.remoteId ?? null);
      const error = 'error' in outcome ? outcome.error : new TernError('server', 'the server was busy');
      if (outcome.result === 'refused') failSubmission(tx, clock, submission, error);
      else countTry(tx, clock, submission, error, [], LOST);
    },
    { durable: true },
  );
};

const placed = (
  tx: Parameters<typeof updateSubmission>[0],
  now: number,
  submission: StoredSubmission,
  remoteEmail: string | null,
): void => {
  if (remoteEmail === null) throw new TernError('server', 'the mail server did not say what it calls the message');
  updateSubmission(tx, submission.id, { stage: 'placed', remoteEmail, journal: null, attempts: 0, error: null });
  const draft = submission.draft === null ? undefined : readDraft(tx, submission.draft);
  if (!draft || draft.serverMessage === submission.messageId) return;
  retireDraft(tx, draft, now);
  updateDraft(tx, draft.id, {
    serverMessage: submission.messageId,
    serverRemote: remoteEmail,
    serverEmail: null,
    wasSeen: false,
    savedRevision: draft.revision,
  });
};
