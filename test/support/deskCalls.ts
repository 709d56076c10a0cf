import type * as z from 'zod';
import { discardDraft, getDraft, listDrafts, saveDraft } from '../../src-main/engine/outgoing/drafts.ts';
import { discardOutgoing, outgoingChanges, retryOutgoing } from '../../src-main/engine/outgoing/outgoingChanges.ts';
import { listSubmissions, type SendingParts, sendDraft } from '../../src-main/engine/outgoing/sending.ts';
import { cancelSubmission, resolveSubmission } from '../../src-main/engine/outgoing/settling.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { PendingChange } from '../../src-shared/contractRows.ts';
import { type Draft, type DraftRow, draftInputSchema, type Submission } from '../../src-shared/draft.ts';

type DraftGiven = z.input<typeof draftInputSchema>;

/** What a person who writes and sends does, and sees. */
export type DeskCalls = {
  save(draft: DraftGiven): Promise<string>;
  draft(id: string): Draft;
  drafts(): DraftRow[];
  discard(id: string): Promise<void>;
  send(draft: string, more?: { undoSeconds?: number; sendAt?: string }): string;
  cancel(submission: string): Promise<'cancelled' | 'stopped'>;
  resolve(submission: string, action: 'check' | 'resend' | 'discard'): Promise<string>;
  submission(id: string): Submission | undefined;
  submissions(): Submission[];
  /** Drafts and messages among the changes that are not settled. */
  changes(): PendingChange[];
  /** Keywords that mail is to get, which no pull has brought yet. */
  marks(): NonNullable<PendingChange['patch']>[];
  retry(...changes: string[]): Promise<void>;
  giveUp(...changes: string[]): Promise<void>;
};

const never = new AbortController().signal;

/** The same, done by the engine. */
export const deskCalls = (parts: () => SendingParts): DeskCalls => ({
  save: async (draft) => {
    const { draft: id } = await saveDraft(parts(), draftInputSchema.parse(draft));
    parts().postman.poke();
    return id;
  },
  draft: (id) => getDraft(parts(), id),
  drafts: () => listDrafts(parts()),
  discard: (id) => discardDraft(parts(), id),
  send: (draft, more) => sendDraft(parts(), { draft, undoSeconds: 0, ...more }).submission,
  cancel: (submission) => cancelSubmission(parts(), submission, never),
  resolve: (submission, action) => resolveSubmission(parts(), submission, action),
  submission: (id) => listSubmissions(parts()).find((each) => each.id === id),
  submissions: () => listSubmissions(parts()),
  changes: () => parts().store.read((db) => outgoingChanges(db, parts().account)),
  marks: () => {
    const all = parts().store.read((db) => listChanges(db, parts().account));
    return all.flatMap(({ type, patch }) => (type === 'keywords' && patch ? [patch] : []));
  },
  retry: (...ids) => retryOutgoing(parts(), ids),
  giveUp: (...ids) => discardOutgoing(parts(), ids, never),
});
