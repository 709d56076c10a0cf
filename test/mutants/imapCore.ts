import { type Mutant, m } from './mutant.ts';

const driver = 'src-main/driver/imap/';

/** The lines of IMAP that keep mail from being lost, doubled, or changed in another message's place (I1 to I8). */
export const imapCore: Mutant[] = [
  m(
    'I1: a list without INBOX forgets nothing',
    `${driver}pull.ts`,
    "if (!listed.some(({ path }) => path === 'INBOX')) throw",
    'if (listed.length < 0) throw',
    'driver/imapChanges',
    'deletes nothing',
  ),
  m(
    'I1: a mailbox that the server cannot tell of stays',
    `${driver}missing.ts`,
    '    if (!(error instanceof ImapRefusal)) throw error;\n    return false;',
    '    if (!(error instanceof ImapRefusal)) throw error;\n    return true;',
    'driver/imapUnlisted',
    'stays with its mail',
  ),
  m(
    'I1: nothing is written by a guess',
    `${driver}driver.ts`,
    'if (matched.some(({ guessed }) => guessed)) return nothingDone(what);',
    '',
    'driver/imapGuards',
    'not written to',
  ),
  m(
    'I4: a search without a list is no list',
    `${driver}search.ts`,
    'if (!isTold)',
    'if (isTold && !isTold)',
    'driver/imapSearch',
    'OK and nothing else',
  ),
  m(
    'I5: nothing is written under another UIDVALIDITY',
    `${driver}push.ts`,
    'if (validity !== id.validity) return;',
    '',
    'driver/imapIdentity',
    'nothing is written',
  ),
  m(
    'I8: nothing goes into a mailbox that only has the name of another',
    `${driver}journal.ts`,
    'if (now.validity !== group.generationOf(key)) {',
    'if (now.validity.length < 0) {',
    'driver/imapGenerations',
    'goes where the person saw it',
  ),
  m(
    'I8: COPYUID is of the generation that the key stands for',
    `${driver}pushMoves.ts`,
    "if (validity !== group.generationOf(key) || group.mailboxes.get(key)?.isView) return { result: 'done' };",
    "if (group.mailboxes.get(key)?.isView) return { result: 'done' };",
    'driver/imapGenerations',
    'in the very moment',
  ),
  m(
    'I8: a copy is noted before it is made',
    `${driver}journal.ts`,
    'await group.note(notes);\n  return true;',
    'return true;',
    'driver/imapWrites',
    'whose answer is lost',
  ),
  m(
    'I8: without UIDPLUS nothing is expunged',
    `${driver}pushFlags.ts`,
    "if (!group.connection.has('UIDPLUS')) return false;",
    '',
    'driver/imapWrites',
    'without UIDPLUS stay behind',
  ),
  m(
    'I8: a copy is found before its message goes',
    `${driver}pushMoves.ts`,
    'const copied = open(jobs).filter(({ uid }) => places.has(uid));',
    'const copied = open(jobs);',
    'driver/imapGenerations driver/imapWrites',
    'in the very moment',
  ),
];
