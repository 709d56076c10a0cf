import { count } from './count.ts';

/** What a message without a subject is called. */
export const noSubject = '(no subject)';

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

const noWayBack = 'This cannot be taken back.';

/** What toasts say was done to mail, and what is asked before. */
export const done = {
  /** What toasts call conversations: one by its subject. */
  named: (n: number, subject: string | null) =>
    n === 1 ? `“${shortened(subject ?? '') || noSubject}”` : count(n, 'conversation'),
  whole: (where: string) => `Everything in ${where}`,
  moved: (what: string, to: string) => `${what} moved to ${to}.`,
  deleted: (what: string) => `${what} deleted.`,
  deletedForGood: (what: string) => `${what} deleted for good.`,
  emptied: (where: string) => `${where} is empty.`,
  seen: (what: string, seen: boolean) => `${what} marked as ${seen ? 'read' : 'unread'}.`,
  flagged: (what: string, on: boolean) => `${what} ${on ? 'with' : 'without'} star.`,
  nothing: 'There was nothing to change.',
  sureWhole: (where: string) => ({
    title: `Everything in ${where}?`,
    lines: ['This is done to all of it, also to what is not listed yet.'],
  }),
  goOn: 'Go on',
  sureForGood: (what: string) => `Delete ${what} for good?`,
  sureEmpty: (where: string) => `Delete everything in ${where} for good?`,
  noWayBack,
  deleteForGood: 'Delete for good',
};

/** The list of conversations. */
export const list = {
  label: 'Conversations',
  all: 'All',
  unread: 'Unread',
  flagged: 'Starred',
  show: 'Show',
  picked: (n: number) => `${n.toLocaleString()} selected`,
  clear: 'Clear selection',
  pickAll: 'Select all',
  pickWhole: (n: number | null, where: string) =>
    n === null ? `Select everything in ${where}` : `Select all ${count(n, 'email')} in ${where}`,
  wholePicked: (where: string) => `Everything in ${where} is selected`,
  more: 'More for this list',
  allRead: 'Mark all as read',
  emptyIt: (where: string) => `Empty ${where}`,
  attachment: 'has attachments',
  pending: 'not yet at the server',
  inThread: (n: number) => count(n, 'message'),
  rowUnread: 'unread',
  rowFlagged: 'starred',
  refresh: 'Look for new mail',
  emptyInbox: 'Nothing here. All done.',
  empty: 'Nothing here.',
  filling: (got: number, total: number) => `Getting your mail: ${got.toLocaleString()} of ${total.toLocaleString()}`,
  first: 'Getting your mail…',
};

/** What is done to mailboxes themselves. */
export const mailbox = {
  edit: 'Rename or delete this mailbox',
  create: 'New mailbox',
  within: 'Within',
  top: (account: string) => `At the top of ${account}`,
  sure: (name: string) => `Delete ${name}?`,
  goes: (below: readonly string[], emails: number) => [
    ...(below.length === 0 ? [] : [`With it goes what is in it: ${below.join(', ')}.`]),
    ...(emails === 0
      ? []
      : [`${count(emails, 'email')} in all: those that are in no other mailbox are deleted for good.`]),
    noWayBack,
  ],
  deleted: (name: string) => `${name} is deleted.`,
  gone: (name: string) => `${name} is no longer there.`,
  renamed: (name: string, to: string) => `${name} is called ${to} now.`,
};

/** Where mail is to go. */
export const move = {
  title: 'Move to',
  placeholder: 'Name of a mailbox',
  none: 'No such mailbox.',
  create: (name: string) => `Create “${name}” and move there`,
  several: 'Choose conversations of one account.',
};
