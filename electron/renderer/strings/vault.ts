/** What is said of how passwords are kept, and of the passphrase. */
export const vault = {
  title: 'Passwords on this computer',
  does: 'A passphrase seals them so that nobody can read them from your files without it, not even you: Tern asks for it whenever it starts, and until then fetches and sends nothing. Mail itself is not sealed by it. If it is forgotten, all passwords have to be entered anew.',
  kinds: {
    system: 'They are sealed by the password store of your system.',
    keyFile: 'They are sealed with a key in a file that only you can read. A passphrase of yours is safer.',
    basicText:
      'Your system has no password store that protects, so they are sealed with a key in a file: whoever can read your files can read them. A passphrase of yours is safer.',
    passphrase: 'They are sealed by your passphrase, which is asked for whenever Tern starts.',
  },
  locked: 'They are locked until you enter the passphrase. Whoever forgot it can only enter all passwords anew.',
  banner: 'Your passwords are locked. Mail can be read; it comes and goes again when you have entered the passphrase.',
  passphrase: 'Passphrase',
  unlock: 'Unlock',
  old: 'Passphrase until now',
  chosen: 'New passphrase (8 characters or more)',
  wrong: 'This is not the passphrase.',
};
