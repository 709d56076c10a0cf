const messages = (n: number): string => (n === 1 ? '1 message is' : `${n} messages are`);
const they = (n: number): string => (n === 1 ? 'It is' : 'They are');

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
  unsent: {
    question: 'Quit with messages that are not sent?',
    soon: (n: number) => `${messages(n)} on the way out. ${they(n)} sent when Tern runs again.`,
    later: (n: number) =>
      `${messages(n)} scheduled. ${they(n)} sent at the chosen time only if Tern runs then, else when it runs again.`,
    quit: 'Quit',
    stay: 'Keep Tern running',
  },
  unkept: {
    question: 'What you are writing could not be kept. Leave it?',
    why: 'The window says why.',
    leave: 'Leave it',
    back: 'Back to it',
  },
  crashes: {
    question: 'The window of Tern fails again and again. Try once more?',
    why: 'Your mail is kept, and so is what was sent.',
    again: 'Try again',
    quit: 'Quit',
  },
  notice: {
    one: 'New message',
    many: (n: number) => `${n} new messages`,
    archive: 'Archive',
    read: 'Mark as read',
  },
  message: 'Message',
  head: { from: 'From', to: 'To', cc: 'Cc', date: 'Date', subject: 'Subject', save: 'Save' },
  file: {
    tooLarge: 'The file is larger than 64 MB.',
    unreadable: 'The file cannot be read. It may be gone, or not yours to open.',
  },
  cannotStart: 'Tern cannot start',
  cannotOpen: 'The message cannot be opened',
  /** How the system's list of processes has the worker of an account. */
  worker: (account: string) => `Tern account ${account}`,
};
