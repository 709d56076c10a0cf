/** Mailboxes by their role (RFC 8621 section 2), and views that are like them. */
export const roles: Record<string, string> = {
  inbox: 'Inbox',
  flagged: 'Starred',
  drafts: 'Drafts',
  sent: 'Sent',
  archive: 'Archive',
  junk: 'Junk',
  trash: 'Trash',
  all: 'All mail',
};
/** What the number beside a place counts, where that is not unread mail; by its picture. */
export const countOf: Record<string, string> = { drafts: 'Drafts', clock: 'not sent' };
/** Phases of an account. */
export const phases: Record<string, string> = {
  offline: 'Offline',
  connecting: 'Connecting',
  flushing: 'Sending changes',
  syncing: 'Looking for mail',
  live: 'Up to date',
  blocked: 'Needs you',
  stopped: 'Paused',
};
/** Where servers are looked for. */
export const sources: Record<string, string> = {
  srv: 'Records of the domain (SRV)',
  wellKnown: 'The well-known place of the domain',
  autoconfig: 'The settings file of the domain',
  ispdb: 'Mozilla’s list of providers',
  mx: 'Who takes in the mail of the domain (MX)',
  table: 'Providers that Tern knows',
  guess: 'The usual names',
};
/** Where a way to the mail was found: how much it says depends on it. */
export const foundBy: Record<string, string> = {
  srv: 'The domain of the address names these servers (SRV records).',
  wellKnown: 'The web server of the domain leads there (well-known place).',
  autoconfig: 'The settings file of the domain or its provider names them.',
  ispdb: 'Mozilla’s list of providers names them.',
  mx: 'The servers that take in the mail of the domain belong to this provider (MX records).',
  table: 'Tern knows this provider.',
  guess: 'Guessed: servers with usual names answered there.',
};
/** What a change does. */
export const changeTypes: Record<string, string> = {
  keywords: 'Mark',
  mailboxes: 'Move',
  move: 'Move',
  delete: 'Delete',
  destroy: 'Delete for good',
  mailbox: 'Change of a mailbox',
  draft: 'Draft',
  send: 'Message to send',
};
/** How far a change is. */
export const changeStates: Record<string, string> = {
  queued: 'waiting',
  inflight: 'on its way',
  uncertain: 'no answer came',
  failed: 'given up',
};
/** How far a message is on its way out. */
export const submissionStates: Record<string, string> = {
  queued: 'waiting',
  held: 'held until its time',
  sending: 'on its way',
  uncertain: 'It may have been sent: no answer came',
  failed: 'not sent',
  done: 'sent',
  discarded: 'given up',
};
/** What made Tern look at a server. */
export const triggers: Record<string, string> = {
  start: 'at the start',
  poll: 'by the clock',
  push: 'told by the server',
  change: 'for your changes',
  wake: 'after sleep',
  person: 'because you asked',
};
/** Why a sender deserves a second look. */
export const warnings: Record<string, string> = {
  'address-in-name': 'The name shows another address than the true one.',
  'several-addresses': 'The sender names several addresses.',
  'hidden-characters': 'The sender holds characters that cannot be seen.',
  'mixed-scripts': 'The sender mixes letters of several alphabets, which can look alike.',
  punycode: 'The address uses letters that can look like others.',
  'no-address': 'The sender has no valid address.',
};

/** The sheet of shortcuts. */
export const help = {
  title: 'Keyboard shortcuts',
  groups: { move: 'Move', act: 'Do', write: 'Write', go: 'Go to', app: 'Tern' },
  /** What each key does. */
  says: {
    next: 'Next conversation',
    previous: 'Previous conversation',
    open: 'Open (also Enter)',
    back: 'Back to the list',
    nextMessage: 'Next message of a conversation',
    previousMessage: 'Previous message',
    search: 'Search',
    archive: 'Archive',
    remove: 'Delete (also Delete)',
    junk: 'Junk, or not junk',
    star: 'Star',
    read: 'Mark as read',
    unread: 'Mark as unread',
    move: 'Move to a mailbox',
    pick: 'Select',
    extendDown: 'Select to the next (also Shift with an arrow, or a click)',
    extendUp: 'Select to the previous',
    pickAll: 'Select all (also Ctrl+A)',
    pickNone: 'Select none',
    pickRead: 'Select what is read',
    pickUnread: 'Select what is unread',
    pickStarred: 'Select what is starred',
    undo: 'Undo',
    compose: 'Compose',
    reply: 'Reply',
    replyAll: 'Reply to all',
    forward: 'Forward',
    send: 'Send',
    inbox: 'Inbox',
    starred: 'Starred',
    drafts: 'Drafts',
    sent: 'Sent',
    all: 'All mail',
    help: 'This list',
    refresh: 'Look for new mail',
    activity: 'Activity',
  },
};
