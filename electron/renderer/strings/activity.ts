const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** What is said of what is on its way. */
export const activity = {
  title: 'Activity',
  changes: 'Your changes',
  sending: 'Sending',
  log: 'Sync log',
  noChanges: 'Everything you did is on the server.',
  noSending: 'Nothing was sent lately.',
  noLog: 'Nothing happened yet.',
  attempts: (n: number) => count(n, 'attempt'),
  /** What a change does. */
  does: {
    seen: 'Mark as read',
    unseen: 'Mark as unread',
    flagged: 'Star',
    unflagged: 'Remove star',
    moveTo: (mailboxes: string) => `Move to ${mailboxes}`,
    takeOut: (mailboxes: string) => `Take out of ${mailboxes}`,
    create: (name: string) => `New mailbox ${name}`,
    rename: (name: string) => `Rename or move the mailbox ${name}`,
    remove: (name: string) => `Delete the mailbox ${name}`,
  },
  unknownMailbox: 'a mailbox that is gone',
  about: (subject: string, more: number) =>
    more === 0 ? `“${subject}”` : `“${subject}” and ${more.toLocaleString()} more`,
  emails: (n: number) => count(n, 'email'),
  open: 'Open',
  edit: 'Edit',
  check: 'Look again',
  resend: 'Send again',
  takeBack: 'Take back',
  deleteDraft: 'Delete draft',
  sureDraft: (subject: string) => `The draft “${subject}” is deleted, here and on the server.`,
  giveUp: 'Give up',
  putAway: 'Put away',
  sureChange: (what: string) => `${what}: your mail will be as it was before.`,
  sureUnsure: (what: string) =>
    `${what}: the server may have done it already; then it is undone, as far as it can be. Your mail will be as it was before.`,
  sureMessage: (subject: string) => `“${subject}” is not sent. What you wrote is kept as a draft.`,
  surePartly: (subject: string) => `“${subject}” goes to nobody else.`,
  sureDoubt: (subject: string) => `“${subject}” may have been sent all the same. What you wrote is kept as a draft.`,
  cycle: (created: number, updated: number, destroyed: number) =>
    created + updated + destroyed === 0 ? 'nothing new' : `${created} new, ${updated} changed, ${destroyed} gone`,
  now: 'Sync now',
  when: 'When',
  what: 'What',
  took: 'Took',
  trips: 'Round trips',
  size: 'Received',
};
