import { TernError } from '../../../src-shared/errors.ts';
import { cappedReferences, isMessageId } from '../../../src-shared/messageId.ts';
import type { Email } from '../../../src-shared/model.ts';
import type { Renderer } from '../../render/renderer.ts';
import type { ReadDb, WriteDb } from '../../store/db.ts';
import { putDraftFiles } from '../../store/draftFiles.ts';
import {
  addDraft,
  type DraftContent,
  draftsIn,
  emailsOfThread,
  emailsWithMessageId,
  updateDraft,
} from '../../store/drafts.ts';
import { readEmail } from '../../store/emailReads.ts';
import { mailboxesWithRole } from '../../store/mailboxes.ts';
import type { OpenBody, OpenedBody } from '../bodies.ts';
import { localId } from '../effects.ts';
import { type DraftParts, partFile } from './draftAttachments.ts';
import { boundEmail } from './serverDrafts.ts';
import { listIdentities } from './whoSends.ts';

/**
 * The draft that an email in Drafts stands for, by its id: the one that is known, or a new one that says what the email says. Its
 * HTML is made safe, as an editor shows it. Throws `notFound`, `invalid` for an email that is no draft, and why it cannot be read.
 */
export const takeOverDraft = async (
  { account, store, clock }: DraftParts,
  { openBody, renderer }: { openBody: OpenBody; renderer: Pick<Renderer, 'quote'> },
  id: string,
  signal: AbortSignal,
): Promise<string> => {
  const email = store.read((db) => readEmail(db, account, localId(id)));
  if (!email) throw new TernError('notFound', 'no such email', { field: 'email' });
  if (!email.keywords['$draft']) throw new TernError('invalid', 'the email is no draft', { field: 'email' });
  const known = (): number | undefined =>
    store.read((db) =>
      [...draftsIn(db, 'open'), ...draftsIn(db, 'sending')].find((draft) => boundEmail(db, draft) === localId(id)),
    )?.id;
  const before = known();
  if (before !== undefined) return String(before);
  const body = await openBody(localId(id), { remoteContent: false }, signal);
  if (body.isTruncated) throw new TernError('tooLarge', 'the draft is too large to be edited here', { field: 'email' });
  const said = await editable(renderer, body, signal);
  const meanwhile = known();
  if (meanwhile !== undefined) return String(meanwhile);
  return store.write((tx) => add(tx, account, email, said, clock.now()), { durable: true });
};

type Said = Pick<OpenedBody, 'text' | 'html' | 'attachments'> & { pictures: ReadonlyMap<string, string> };

/** What it says, its pictures named as in a message (RFC 2392) and not as they are shown. `pictures`: their ids, by part. */
const editable = async (
  renderer: Pick<Renderer, 'quote'>,
  { text, html, attachments }: OpenedBody,
  signal: AbortSignal,
): Promise<Said> => {
  if (html === null) return { text, html, attachments, pictures: new Map() };
  const cids = new Map(attachments.flatMap(({ part, cid }) => (isContentId(cid) ? [[part, cid] as const] : [])));
  const quoted = await renderer.quote(html, cids, signal);
  const pictures = new Map(quoted.parts.map((part) => [part, cids.get(part) ?? '']));
  return { text, html: quoted.html, attachments, pictures };
};

/** What can be written as one again. */
const isContentId = (cid: string | undefined): cid is string => cid !== undefined && /^[\w.+@-]{1,200}$/.test(cid);

const add = (tx: WriteDb, account: string, email: Email, body: Said, now: number): string => {
  const id = addDraft(tx, contentOf(tx, account, email, body), now, now);
  updateDraft(tx, id, {
    savedRevision: 1,
    serverEmail: localId(email.id),
    serverMessage: email.messageId[0] ?? null,
    wasSeen: true,
    updatedAt: Date.parse(email.receivedAt),
  });
  putDraftFiles(
    tx,
    id,
    body.attachments.map((each) => ({ ...partFile(email, each), cid: body.pictures.get(each.part) ?? null })),
  );
  return String(id);
};

const contentOf = (tx: WriteDb, account: string, email: Email, body: Said): DraftContent => {
  const from = email.from[0]?.email.toLowerCase();
  const identity = listIdentities(tx, account).find((each) => each.email.toLowerCase() === from);
  return {
    identity: identity?.id ?? null,
    from: null,
    to: email.to,
    cc: email.cc,
    bcc: email.bcc,
    subject: email.subject ?? '',
    text: body.text,
    html: body.html,
    inReplyTo: null,
    forwardOf: null,
    answers: answeredBy(tx, email),
    replied: email.inReplyTo.filter(isMessageId),
    references: cappedReferences(email.references.filter(isMessageId)),
  };
};

/** The emails that a draft answers, by their Message-IDs: of its thread, or, where the server threads by subject, in the inbox. */
const answeredBy = (db: ReadDb, { threadId, inReplyTo }: Email): number[] => {
  if (inReplyTo.length === 0) return [];
  const ofThread = emailsOfThread(db, localId(threadId), inReplyTo);
  if (ofThread.length > 0) return ofThread;
  const [inbox] = mailboxesWithRole(db, 'inbox');
  return inbox === undefined ? [] : inReplyTo.slice(0, 1).flatMap((each) => emailsWithMessageId(db, inbox, each));
};
