import type { Clock } from '../../lib/clock.ts';
import type { ReadDb, Store, WriteDb } from '../../store/db.ts';
import {
  draftsIn,
  emailsWithMessageId,
  forgetOldSuperseded,
  forgetSuperseded,
  isInMailbox,
  type ServerDraft,
  type StoredDraft,
  serverDrafts,
  supersede,
  supersededIds,
  updateDraft,
} from '../../store/drafts.ts';
import { effectiveState, emailRow, emailRowOf } from '../../store/emailState.ts';
import { mailboxesWithRole } from '../../store/mailboxes.ts';
import { secondOfSortKey } from '../../store/sortKey.ts';
import { allSubmissions } from '../../store/submissions.ts';
import { recordChange } from '../record.ts';

/** The mailbox that drafts lie in, by its local id. */
const draftsMailbox = (db: ReadDb): number | null => mailboxesWithRole(db, 'drafts')[0] ?? null;

/**
 * The email that the server has of a draft, where it is held; null otherwise. Until it is seen it is known by what the server
 * calls it, or by its Message-ID where the server did not say; from then on by itself alone: another client that saves the
 * draft anew may keep the Message-ID.
 */
export const boundEmail = (db: ReadDb, draft: StoredDraft): number | null => {
  const mailbox = draftsMailbox(db);
  if (mailbox === null) return null;
  const { serverEmail, serverMessage, serverRemote, wasSeen } = draft;
  if (wasSeen) return serverEmail !== null && isInMailbox(db, mailbox, serverEmail) ? serverEmail : null;
  if (serverRemote !== null) return emailIn(db, mailbox, serverRemote);
  return serverMessage === null ? null : (emailsWithMessageId(db, mailbox, serverMessage)[0] ?? null);
};

/** An email by the server's id, where it is seen in a mailbox. */
const emailIn = (db: ReadDb, mailbox: number, remoteId: string): number | null => {
  const row = emailRowOf(db, remoteId);
  return row && row.is_hidden === 0 && isInMailbox(db, mailbox, row.id) ? row.id : null;
};

/** Emails in Drafts that no draft here stands for, and that nobody has replaced: other clients made them. */
export const looseServerDrafts = (db: ReadDb): ServerDraft[] => {
  const mailbox = draftsMailbox(db);
  if (mailbox === null) return [];
  const own = [...draftsIn(db, 'open'), ...draftsIn(db, 'sending')];
  const superseded = supersededIds(db);
  const known = new Set([
    ...own.flatMap(({ serverMessage, serverRemote, wasSeen, filing }) => [
      wasSeen || serverRemote !== null ? null : serverMessage,
      filing?.messageId,
    ]),
    ...superseded,
    ...allSubmissions(db).map(({ messageId }) => messageId),
  ]);
  const emails = new Set([
    ...own.map((draft) => boundEmail(db, draft)),
    ...superseded.map((each) => onlyIn(db, mailbox, each)),
  ]);
  return serverDrafts(db, mailbox).filter(({ email, messageId }) => !known.has(messageId) && !emails.has(email));
};

/**
 * Removes an email from Drafts, as the person would: through the queue, with its guards. One that lies in Sent as well, where a
 * server knows equal messages as one, stays there.
 */
const destroyDraftEmail = (tx: WriteDb, email: number, now: number): void => {
  const row = emailRow(tx, email);
  if (!row || row.is_hidden === 1) return;
  const before = effectiveState(row);
  const [drafts] = mailboxesWithRole(tx, 'drafts');
  const [sent] = mailboxesWithRole(tx, 'sent');
  const isIn = (mailbox: number | undefined): mailbox is number =>
    mailbox !== undefined && before.mailboxes.includes(mailbox);
  if (isIn(drafts) && isIn(sent) && drafts !== sent) {
    const effect = { mailboxes: { [drafts]: false }, keywords: { $draft: false } };
    recordChange(tx, 'mailboxes', { patch: { [drafts]: null } }, [{ row, before, effect }], now);
  } else recordChange(tx, 'destroy', { supersedes: true }, [{ row, before, effect: { destroy: true } }], now);
};

/** What the server has of a draft goes: at once, or as soon as it is seen. */
export const retireDraft = (tx: WriteDb, draft: StoredDraft, now: number): void => {
  const { serverMessage, serverRemote } = draft;
  if (!draft.wasSeen) supersede(tx, serverMessage && onlyOf(serverRemote, serverMessage), now);
  const email = boundEmail(tx, draft);
  if (email !== null) destroyDraftEmail(tx, email, now);
};

const ONLY = /^only (\S+) (.*)$/s;

/** What is noted to remove this very email, and none that another client saved under its Message-ID. */
export const onlyOf = (remoteId: string | null, messageId: string): string =>
  remoteId === null ? messageId : `only ${messageId} ${remoteId}`;

const onlyIn = (db: ReadDb, drafts: number, superseded: string): number | null => {
  const [, , remoteId] = ONLY.exec(superseded) ?? [];
  return remoteId === undefined ? null : emailIn(db, drafts, remoteId);
};

const TWIN = /^twin (\S+) (.*)$/s;

/** What is noted to remove a sent email as soon as another one with its Message-ID lies in Sent. */
export const twinOf = (remoteId: string, messageId: string): string => `twin ${messageId} ${remoteId}`;

const seenOf = (db: ReadDb, drafts: number, superseded: string): number[] => {
  if (ONLY.test(superseded)) return [onlyIn(db, drafts, superseded) ?? []].flat();
  const [, messageId, remoteId] = TWIN.exec(superseded) ?? [];
  if (messageId === undefined || remoteId === undefined) return emailsWithMessageId(db, drafts, superseded);
  const row = emailRowOf(db, remoteId);
  const [sent] = mailboxesWithRole(db, 'sent');
  if (!row || sent === undefined) return [];
  // The copy was filed after the email that it replaces, by whatever clock.
  const since = (secondOfSortKey(row.sort_key) - 86_400) * 1000;
  return emailsWithMessageId(db, sent, messageId, since).some((id) => id !== row.id) ? [row.id] : [];
};

/** A revision that was filed and not seen for so long, in ms, never will be. */
const FORGOTTEN_MS = 30 * 24 * 3_600_000;

/**
 * After a pull: what was replaced goes (docs/sending.md D3), and what another client did to a draft is taken over (D4). True
 * where something is to be sent now.
 */
export const settleDrafts = (store: Store, clock: Clock): boolean => {
  const mailbox = store.read(draftsMailbox);
  if (mailbox === null) return false;
  const seen = store.read((db) => ({
    superseded: supersededIds(db).filter((each) => seenOf(db, mailbox, each).length > 0),
    moved: draftsIn(db, 'open').filter((draft) => isMoved(db, mailbox, draft)),
  }));
  if (seen.superseded.length + seen.moved.length === 0) return false;
  store.write(
    (tx) => {
      for (const each of seen.superseded) {
        for (const email of seenOf(tx, mailbox, each)) destroyDraftEmail(tx, email, clock.now());
        forgetSuperseded(tx, each);
      }
      for (const draft of seen.moved) takeOver(tx, draft, clock.now());
      forgetOldSuperseded(tx, clock.now() - FORGOTTEN_MS);
    },
    { durable: true },
  );
  return seen.superseded.length > 0;
};

/** Whether it is there for the first time, or no longer: also where it was replaced under its Message-ID before it was seen. */
const isMoved = (db: ReadDb, mailbox: number, draft: StoredDraft): boolean => {
  const isThere = boundEmail(db, draft) !== null;
  if (draft.wasSeen || isThere) return draft.wasSeen !== isThere;
  const { serverMessage, serverRemote } = draft;
  return serverRemote !== null && emailsWithMessageId(db, mailbox, serverMessage ?? '').length > 0;
};

/** Where it is no longer there another client replaced or removed it. What was typed since stays. */
const takeOver = (tx: WriteDb, draft: StoredDraft, now: number): void => {
  const email = boundEmail(tx, draft);
  if (email !== null) return updateDraft(tx, draft.id, { wasSeen: true, serverEmail: email });
  const isClean = draft.revision === draft.savedRevision && draft.filing === null;
  updateDraft(tx, draft.id, {
    serverMessage: null,
    serverRemote: null,
    serverEmail: null,
    wasSeen: false,
    ...(isClean ? { stage: 'gone' as const, nextAttemptAt: now } : {}),
  });
};
