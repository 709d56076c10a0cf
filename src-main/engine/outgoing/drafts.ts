import { join } from 'node:path';
import type { OutgoingAddress } from '../../../src-shared/address.ts';
import type { Draft, DraftInput, DraftRow } from '../../../src-shared/draft.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { threading } from '../../../src-shared/reply/reply.ts';
import { isoTime } from '../../lib/clock.ts';
import type { ReadDb, WriteDb } from '../../store/db.ts';
import { draftFiles, putDraftFiles } from '../../store/draftFiles.ts';
import {
  addDraft,
  type DraftContent,
  draftsIn,
  emailsWithMessageId,
  isToFile,
  readDraft,
  removeDraft,
  type StoredDraft,
  supersede,
  updateDraft,
} from '../../store/drafts.ts';
import { readEmail } from '../../store/emailReads.ts';
import { mailboxesWithRole } from '../../store/mailboxes.ts';
import { NEVER } from '../../store/outgoingCounts.ts';
import { removeSubmission, submissionsOfDraft } from '../../store/submissions.ts';
import { localId } from '../effects.ts';
import { type DraftParts, neededEmail, takeFiles, throwIfTooLarge } from './draftAttachments.ts';
import { removeFiles } from './durableFile.ts';
import { boundEmail, looseServerDrafts, retireDraft } from './serverDrafts.ts';
import { anySender, senderOf } from './whoSends.ts';

/** A draft goes to the server so long, in ms, after it was saved, and a second later for each MB: people type on. */
const PAUSE_MS = 3_000;
const PAUSE_MS_PER_BYTE = 1 / 1000;

/**
 * Keeps a draft: on disk when it resolves (docs/sending.md D1). Throws `notFound`, `conflict` while it is being sent,
 * `tooLarge`, `storage`, naming the field. One that another client replaced meanwhile becomes a draft of its own (D4).
 */
export const saveDraft = async (parts: DraftParts, input: DraftInput): Promise<{ draft: string }> => {
  const { store, clock, folder } = parts;
  const content = store.read((db) => contentOf(db, parts.account, input));
  const files = input.attachments && (await takeFiles(parts, input.attachments, input.draft));
  const taken = (files ?? []).flatMap((file) => (typeof file === 'number' ? [] : (file.path ?? [])));
  try {
    const { draft, unneeded } = store.write(
      (tx) => {
        const id = keep(tx, input.draft, content, clock.now());
        const gone = files ? putDraftFiles(tx, id, files) : [];
        const size = draftFiles(tx, id).reduce((sum, file) => sum + file.size, 0);
        throwIfTooLarge(size);
        due(tx, id, size, clock.now());
        return { draft: String(id), unneeded: gone };
      },
      { durable: true },
    );
    await removeFiles(unneeded.map((path) => join(folder, path)));
    return { draft };
  } catch (error) {
    await removeFiles(taken.map((path) => join(folder, path)));
    throw error;
  }
};

const keep = (tx: WriteDb, id: string | undefined, content: DraftContent, now: number): number => {
  if (id === undefined) return addDraft(tx, content, now, now + PAUSE_MS);
  const draft = openDraft(tx, id);
  const isGone = draft.stage === 'gone';
  updateDraft(tx, draft.id, {
    content,
    revision: draft.revision + 1,
    stage: 'open',
    error: null,
    updatedAt: now,
    ...(isGone ? { serverMessage: null, serverRemote: null, serverEmail: null, wasSeen: false } : {}),
  });
  return draft.id;
};

/** One that waits already waits no longer for being saved again; one that waited for the person is tried again. */
const due = (tx: WriteDb, id: number, size: number, now: number): void => {
  const draft = readDraft(tx, id);
  if (!draft || (isToFile({ ...draft, revision: draft.revision - 1 }) && draft.nextAttemptAt !== NEVER)) return;
  updateDraft(tx, id, { nextAttemptAt: now + PAUSE_MS + Math.round(size * PAUSE_MS_PER_BYTE), attempts: 0 });
};

/** A draft that may be changed. */
export const openDraft = (db: ReadDb, id: string): StoredDraft => {
  const draft = readDraft(db, localId(id));
  if (!draft) throw new TernError('notFound', 'no such draft', { field: 'draft' });
  if (draft.stage === 'sending')
    throw new TernError('conflict', 'the draft is being sent: cancel that first', { field: 'draft' });
  return draft;
};

const contentOf = (db: ReadDb, account: string, input: DraftInput): DraftContent => {
  const before = input.draft === undefined ? null : openDraft(db, input.draft).content;
  if (input.identity !== undefined && !senderOf(db, { identity: input.identity, from: null }))
    throw new TernError('notFound', 'no such identity', { field: 'identity' });
  return {
    identity: input.identity ?? null,
    from: input.from ?? null,
    to: input.to.map(withName),
    cc: input.cc.map(withName),
    bcc: input.bcc.map(withName),
    subject: input.subject,
    text: input.text ?? null,
    html: input.html ?? null,
    ...aboutOf(db, account, input, before),
  };
};

type About = Pick<DraftContent, 'inReplyTo' | 'forwardOf' | 'answers' | 'replied' | 'references'>;

/**
 * What a draft answers or passes on. It stays as it is where it is not changed: by now that email may be gone, and what another
 * client's draft answers nobody says again.
 */
const aboutOf = (db: ReadDb, account: string, input: DraftInput, before: About | null): About => {
  const idOf = (id: string | undefined): number | null => (id === undefined ? null : localId(id));
  const [inReplyTo, forwardOf] = [idOf(input.inReplyTo), idOf(input.forwardOf)];
  if (before && before.inReplyTo === inReplyTo && before.forwardOf === forwardOf) return aboutIn(before);
  const replied = neededEmail(db, account, input.inReplyTo, 'inReplyTo');
  const forwarded = neededEmail(db, account, input.forwardOf, 'forwardOf');
  const about = replied ?? forwarded;
  if (!about && input.repliesTo !== undefined) return aboutNamed(db, account, input.repliesTo);
  const ids = about ? threading(about, replied !== null) : { inReplyTo: [], references: [] };
  return { inReplyTo, forwardOf, answers: [], replied: ids.inReplyTo, references: ids.references };
};

/** What answers an email by its Message-ID alone, as a link says it (RFC 6068): if it is in the inbox, all is as if it was named. */
const aboutNamed = (db: ReadDb, account: string, messageId: string): About => {
  const [inbox] = mailboxesWithRole(db, 'inbox');
  const [known] = inbox === undefined ? [] : emailsWithMessageId(db, inbox, messageId);
  const email = known === undefined ? undefined : readEmail(db, account, known);
  const ids = threading(email ?? { messageId: [messageId], inReplyTo: [], references: [] }, true);
  const answers = known === undefined ? [] : [known];
  return { inReplyTo: null, forwardOf: null, answers, replied: ids.inReplyTo, references: ids.references };
};

const aboutIn = ({ inReplyTo, forwardOf, answers, replied, references }: About): About => ({
  inReplyTo,
  forwardOf,
  answers,
  replied,
  references,
});

const withName = ({ name, email }: OutgoingAddress) => ({ name: name || null, email });

/** A draft as it is shown. Throws `notFound`. */
export const getDraft = ({ account, store }: DraftParts, id: string): Draft =>
  store.read((db) => {
    const draft = readDraft(db, localId(id));
    if (!draft) throw new TernError('notFound', 'no such draft', { field: 'draft' });
    const { content } = draft;
    const sender = anySender(db, content);
    return {
      draft: String(draft.id),
      account,
      email: emailId(boundEmail(db, draft)),
      identity: sender.id,
      from: sender.from.email,
      to: content.to,
      cc: content.cc,
      bcc: content.bcc,
      subject: content.subject,
      text: content.text,
      html: content.html,
      inReplyTo: emailId(content.inReplyTo),
      forwardOf: emailId(content.forwardOf),
      repliesTo: content.replied[0] ?? null,
      attachments: draftFiles(db, draft.id).map(({ id: file, name, type, size, cid }) => ({
        id: String(file),
        name,
        type,
        size,
        cid,
      })),
      updatedAt: isoTime(draft.updatedAt),
    };
  });

const emailId = (id: number | null): string | null => (id === null ? null : String(id));

/** Drafts that are written here, and those of other clients, the latest first. */
export const listDrafts = ({ account, store }: DraftParts): DraftRow[] =>
  store.read((db) => {
    const own = [...draftsIn(db, 'open'), ...draftsIn(db, 'sending')].map(
      (draft): DraftRow => ({
        draft: String(draft.id),
        account,
        email: emailId(boundEmail(db, draft)),
        to: draft.content.to,
        subject: draft.content.subject,
        state: stateOf(draft),
        ...(draft.error ? { error: draft.error } : {}),
        updatedAt: isoTime(draft.updatedAt),
      }),
    );
    const others = looseServerDrafts(db).flatMap(({ email }): DraftRow[] => {
      const head = readEmail(db, account, email);
      if (!head) return [];
      const { to, subject, receivedAt: updatedAt } = head;
      return [{ draft: null, account, email: head.id, to, subject: subject ?? '', state: 'saved', updatedAt }];
    });
    return [...own, ...others].toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  });

const stateOf = ({ stage, error, revision, savedRevision, keptRevision }: StoredDraft): DraftRow['state'] => {
  if (stage === 'sending') return 'sending';
  if (revision === savedRevision) return 'saved';
  if (revision === keptRevision) return 'local';
  return error ? 'failed' : 'queued';
};

/** Gives a draft up, here and on the server. Throws `notFound`, and `conflict` while it is being sent. */
export const discardDraft = async (parts: DraftParts, id: string): Promise<void> => {
  const { store, clock, folder } = parts;
  const paths = store.write(
    (tx) => {
      const draft = openDraft(tx, id);
      const files = draftFiles(tx, draft.id).map(({ path }) => path);
      supersede(tx, draft.filing?.messageId ?? null, clock.now());
      retireDraft(tx, draft, clock.now());
      // What failed of it was told, and is of no use without it.
      const failed = submissionsOfDraft(tx, draft.id);
      for (const each of failed) removeSubmission(tx, each.id);
      removeDraft(tx, draft.id);
      return [...files, draft.filing?.path ?? null, ...failed.flatMap(({ file, copy }) => [file, copy])];
    },
    { durable: true },
  );
  await removeFiles(paths.map((path) => path && join(folder, path)));
};
