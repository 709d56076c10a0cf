import type { EmailChange } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import { type EmailEffect, type EmailState, project } from '../../src-shared/project.ts';
import type { ReadDb } from '../store/db.ts';
import { mailboxExists, mailboxesWithRole, mailboxRights } from '../store/mailboxes.ts';

/** What a change does to an email that is in a given state. Throws `invalid` where that makes no sense for it. */
type EffectOn = (state: EmailState) => EmailEffect;

/** A contract id as the row id it stands for; what never was one stands for no row. */
export const localId = (id: string): number => (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0);

const switches = (patch: Record<string, true | null>): Record<string, boolean> =>
  Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, value === true]));

/**
 * What a change does to each email. Throws `notFound` for a mailbox or a role that the account does not
 * have, and `forbidden` for a mailbox that takes no mail.
 */
export const effectOf = (db: ReadDb, change: EmailChange, field: string): EffectOn => {
  switch (change.type) {
    case 'keywords': {
      const effect = { keywords: switches(change.patch) };
      return () => effect;
    }
    case 'mailboxes': {
      for (const [mailbox, on] of Object.entries(change.patch)) {
        const named = { field: `${field}.patch.${mailbox}` };
        if (!mailboxExists(db, localId(mailbox))) throw new TernError('notFound', 'no such mailbox', named);
        if (on && !mailboxRights(db, localId(mailbox)).mayAddItems)
          throw new TernError('forbidden', 'no mail can be put into this mailbox', named);
      }
      return inSomeMailbox({ mailboxes: switches(change.patch) }, field);
    }
    case 'move':
      return change.role === 'archive'
        ? archive(mailboxOf(db, 'archive', field), inboxOf(db))
        : moveTo(mailboxOf(db, change.role, field));
    case 'delete': {
      const trash = mailboxOf(db, 'trash', field);
      const toTrash = moveTo(trash);
      return (state) => (state.mailboxes.every((mailbox) => mailbox === trash) ? { destroy: true } : toTrash(state));
    }
    case 'destroy':
      return () => ({ destroy: true });
  }
};

const inboxOf = (db: ReadDb): number | undefined => mailboxesWithRole(db, 'inbox')[0];

const mailboxOf = (db: ReadDb, role: string, field: string): number => {
  const [mailbox] = mailboxesWithRole(db, role);
  if (mailbox === undefined)
    throw new TernError('notFound', `this account has no mailbox for ${role}`, { field: `${field}.role` });
  return mailbox;
};

const into = (target: number, left: readonly number[]): EmailEffect => ({
  mailboxes: { ...Object.fromEntries(left.map((mailbox) => [mailbox, false])), [target]: true },
});

/** Out of every other mailbox. */
const moveTo =
  (target: number): EffectOn =>
  ({ mailboxes }) =>
    into(target, mailboxes);

/** Out of the inbox alone: other mailboxes may be labels. One that is neither there nor archived moves as a whole. */
const archive =
  (target: number, inbox: number | undefined): EffectOn =>
  ({ mailboxes }) => {
    if (inbox !== undefined && mailboxes.includes(inbox)) return into(target, [inbox]);
    return into(target, mailboxes.includes(target) ? [] : mailboxes);
  };

/** RFC 8621 section 4.1.1: an email is in at least one mailbox. */
const inSomeMailbox =
  (effect: EmailEffect, field: string): EffectOn =>
  (state) => {
    if (project(state, [effect]).mailboxes.length === 0)
      throw new TernError('invalid', 'an email must stay in at least one mailbox', { field: `${field}.patch` });
    return effect;
  };
