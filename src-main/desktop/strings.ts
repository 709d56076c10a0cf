/** Every text of the desktop program outside of its window. */
export const t = {
  app: 'Tern',
  menu: {
    file: 'File',
    compose: 'New Message',
    settings: 'Settings…',
    view: 'View',
    go: 'Go',
    search: 'Search',
    help: 'Help',
    keys: 'Keyboard Shortcuts',
    open: 'Open Tern',
  },
  link: { question: 'Open this address in your browser?', open: 'Open', cancel: 'Cancel' },
  notice: {
    one: 'New message',
    many: (n: number) => `${n} new messages`,
    archive: 'Archive',
    read: 'Mark as read',
  },
  message: 'Message',
  head: { from: 'From', to: 'To', cc: 'Cc', date: 'Date', subject: 'Subject' },
  cannotStart: 'Tern cannot start',
  cannotOpen: 'The message cannot be opened',
  /** How the system's list of processes has the worker of an account. */
  worker: (account: string) => `Tern account ${account}`,
};
