/** What is said of the desktop program around the window. */
export const desktop = {
  title: 'On this computer',
  settings: {
    notifications: 'Tell of new mail',
    badge: 'Show the number of unread messages on the icon',
    tray: 'Keep Tern in the tray when its window is closed',
  },
  becomeDefault: 'Write mail with Tern when a link asks for it',
  isDefault: 'Tern opens links to write to.',
  notDefault: 'The system did not let Tern be that. Its own settings may.',
  print: 'Print',
};
