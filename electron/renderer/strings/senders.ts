/** What is said of leaving what somebody sends, and of their pictures. */
export const senders = {
  from: 'This message comes from a list.',
  leave: 'Unsubscribe',
  question: 'Unsubscribe?',
  asks: (sender: string, host: string) =>
    `Tern asks ${host} to send you no more mail of this list. This message says that it comes from ${sender}.`,
  learns: (host: string) => `${host} learns that somebody reads mail at this address, and from which network.`,
  junk: 'It is in Junk: who sends junk mostly wants to know just that, and goes on.',
  left: (host: string) => `${host} took it: you should get no more mail of this list.`,
  byMail: 'This list is left by a message. It is written: you only have to send it.',
  page: 'The sender ends the list on this page of its own. It learns that you came.',
  none: 'This message does not say how its list is left.',
  alwaysFrom: (sender: string) => `Always from ${sender}`,
  always: (sender: string) => `Pictures of ${sender} are always loaded.`,
  never: 'No more',
  picturesTitle: 'Pictures from elsewhere',
  noPictures: 'They are loaded when you ask for them, message by message.',
  picturesHint:
    'Always loaded for these senders. Anybody can write an address as theirs: a message may only say that it is from them.',
  forget: (sender: string) => `Load pictures of ${sender} no more`,
  failed: 'It did not work by one click. This is what is left to do.',
};
