import { signal } from '@preact/signals';
import type { EmailHead, Mailbox } from '../../../src-shared/model.ts';
import { rowKey } from '../lib/keys.ts';
import { mailboxes } from './accounts.ts';
import { moveTo, moveToRole, remove } from './actions.ts';
import { putAway } from './commands.ts';
import { picked } from './list.ts';
import { type Place, place, shownRole } from './places.ts';
import { type Targets, targets, these } from './targets.ts';

/** Conversations that are being dragged; null: none. */
export const dragged = signal<Targets | null>(null);

/** Takes a row along, with all that are picked out where it is one of them. */
export const beginDrag = (row: EmailHead): void => {
  dragged.value = picked.value.has(rowKey(row)) ? targets() : these([row]);
};

const roles = ['inbox', 'archive', 'junk', 'trash'] as const;

const mailboxAt = (to: Place): Mailbox | undefined =>
  to.kind === 'mailbox'
    ? mailboxes.value.find(({ id, account }) => id === to.mailbox && account === to.account)
    : undefined;

const roleAt = (to: Place): string | null | undefined => (to.kind === 'role' ? to.role : mailboxAt(to)?.role);

/** Whether what is dragged can be dropped at a place. */
export const mayDrop = (to: Place): boolean => {
  const some = dragged.value;
  if (!some || JSON.stringify(to) === JSON.stringify(place.value)) return false;
  // From Trash there is no way into Trash but the last one.
  if (roleAt(to) === 'trash' && shownRole() === 'trash') return false;
  if (to.kind === 'role') return roles.some((role) => role === to.role);
  const mailbox = mailboxAt(to);
  return mailbox?.mayAddItems === true && some.rows.some(({ account }) => account === mailbox.account);
};

/** Moves what is dragged to a place. */
export const drop = (to: Place): void => {
  const some = dragged.value;
  const may = mayDrop(to);
  dragged.value = null;
  if (!some || !may) return;
  const role = roleAt(to);
  if (role === 'trash') putAway(some, remove);
  else if (to.kind === 'mailbox') putAway(some, (those, begun) => moveTo(those, to.mailbox, begun));
  else if (role === 'inbox' || role === 'archive' || role === 'junk')
    putAway(some, (those, begun) => moveToRole(those, role, begun));
};
