import * as z from 'zod';
import type { MailboxChange } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { MailboxPush } from '../driver/driver.ts';
import type { ReadDb } from '../store/db.ts';
import { childMailboxes, emailsInMailbox, mailboxExists, remoteMailboxId } from '../store/mailboxes.ts';
import { mailboxBase } from '../store/mailboxState.ts';
import type { StoredChange } from '../store/pending.ts';
import { keepsEmailIn } from '../store/pendingEmails.ts';

type MailboxDeletion = Extract<MailboxChange, { op: 'delete' }>;

/** A change of a mailbox as `outboxMailboxes.ts` stores it; all ids are local. */
const payloadSchema = z.object({
  op: z.enum(['create', 'rename', 'delete']),
  mailbox: z.int(),
  name: z.string().optional(),
  parent: z.int().nullish(),
  tree: z.array(z.int()).default([]),
  removeEmails: z.boolean().default(false),
});

/** The deletion that a stored change is, as the person asked for it; undefined for another change, or where the mailbox is gone. */
export const deletionOf = (db: ReadDb, { payload }: StoredChange): MailboxDeletion | undefined => {
  const { data } = payloadSchema.safeParse(payload);
  if (data?.op !== 'delete' || !mailboxExists(db, data.mailbox)) return undefined;
  return { type: 'mailbox', op: 'delete', mailbox: String(data.mailbox), onDestroyRemoveEmails: data.removeEmails };
};

/** What a stored change of a mailbox means for the server, or why it cannot be sent any more. */
export const mailboxPush = (db: ReadDb, change: StoredChange): MailboxPush | { refused: TernError } => {
  const payload = payloadSchema.safeParse(change.payload);
  if (!payload.success) return { refused: new TernError('bug', 'the stored change cannot be read') };
  const { op, mailbox, name, parent, tree, removeEmails } = payload.data;
  const gone = { refused: new TernError('notFound', 'the mailbox was deleted elsewhere') };
  const parentRemoteId = parent == null ? null : remoteMailboxId(db, parent);
  if (parent != null && parentRemoteId == null) return gone;
  switch (op) {
    case 'create':
      return { op, name: name ?? '', parentRemoteId: parentRemoteId ?? null };
    case 'rename': {
      const remoteId = remoteMailboxId(db, mailbox);
      if (remoteId == null) return gone;
      return { op, remoteId, name, ...(parent === undefined ? {} : { parentRemoteId: parentRemoteId ?? null }) };
    }
    case 'delete': {
      if (treeChanged(db, mailbox, tree))
        return { refused: new TernError('conflict', 'mailboxes were moved meanwhile: it was not deleted') };
      // The person saw what is in it when they deleted it; mail that came since is none of that.
      if (tree.some((each) => emailsInMailbox(db, each).length > 0))
        return { refused: new TernError('conflict', 'mail has come into the mailbox meanwhile: it was not deleted') };
      // Neither is mail that was to stay in another mailbox, and that another client took from there.
      if (keepsEmailIn(db, tree))
        return { refused: new TernError('conflict', 'mail is in no other mailbox any more: it was not deleted') };
      return { op, remoteIds: tree.flatMap((each) => remoteMailboxId(db, each) ?? []), removeEmails };
    }
  }
};

/** Whether a mailbox came into the tree, or left it, since the person deleted it. */
const treeChanged = (db: ReadDb, top: number, tree: readonly number[]): boolean =>
  tree.some((each) => {
    const base = mailboxBase(db, each);
    const left = each !== top && base?.exists === true && !tree.includes(base.parent ?? 0);
    return left || childMailboxes(db, each).length > 0;
  });
