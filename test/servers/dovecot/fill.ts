import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeMail } from '../cyrus/fill.ts';
import { ownByMail } from './layout.ts';

/** `size`: bytes of each body, 1,600 unless told; `mailbox`: all go there, else they are spread as on Cyrus. */
export type FillOptions = { size?: number; mailbox?: string };

const letters: Record<string, string> = { '\\Draft': 'D', '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S' };
/** A keyword has a small letter in each mailbox, which its `dovecot-keywords` explains; this is the one of `a`. */
const keyword = '$forwarded';

const flagLetters = (flags: string[]): string =>
  flags
    .map((flag) => letters[flag] ?? 'a')
    .toSorted()
    .join('');

/** Makes the folders of a mailbox that is not there yet. */
const makeMaildir = (path: string): void => {
  for (const name of ['', 'cur', 'new', 'tmp']) {
    mkdirSync(join(path, name), { recursive: true });
    ownByMail(join(path, name));
  }
  writeFileSync(join(path, 'dovecot-keywords'), `0 ${keyword}\n`);
  ownByMail(join(path, 'dovecot-keywords'));
};

/**
 * Puts the mails numbered `from` up to `from + count` straight into Maildir folders below `home`, where Dovecot finds them
 * when it looks next and numbers them in their order. Answers the mailboxes that got some.
 */
export const fillMaildir = (home: string, from: number, count: number, options: FillOptions = {}): Set<string> => {
  const filled = new Set<string>();
  for (let index = from; index < from + count; index += 1) {
    const { mailbox: own, message } = madeMail(index, options.size ?? 1600);
    const mailbox = options.mailbox ?? own;
    const path = join(home, mailbox);
    if (!filled.has(mailbox)) makeMaildir(path);
    filled.add(mailbox);
    const { raw, flags, at } = message;
    // With its sizes in the name, as Dovecot's own delivery writes it: S of the file, W with CRLF.
    const name = `${1_000_000_000 + index}.fill${index}.example.test,S=${raw.length},W=${raw.length}:2,${flagLetters(flags)}`;
    const file = join(path, 'cur', name);
    writeFileSync(file, raw, { mode: 0o644 });
    utimesSync(file, at, at);
    ownByMail(file);
  }
  return filled;
};
