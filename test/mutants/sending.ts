import { type Mutant, m } from './mutant.ts';

const smtp = 'src-main/driver/smtp/';
const imap = 'src-main/driver/imap/';

/** The lines that keep a message from being sent twice, filed twice, or seen by others. */
export const sending: Mutant[] = [
  m(
    'SM4: the last bytes wait for the mark',
    `${smtp}deliver.ts`,
    '      await marked;',
    '      void marked.catch(() => undefined);',
    'driver/smtpMark',
    'mark',
  ),
  m(
    'SM4: the mark comes before the last bytes',
    `${smtp}body.ts`,
    `    await before(at === size);
    yield piece;`,
    `    yield piece;
    await before(at === size);`,
    'driver/smtpMark',
    'not just before the dot',
  ),
  m(
    'SM4: nothing goes to a server that has judged already, or is gone',
    `${smtp}deliver.ts`,
    'if (!isWanted()) throw unwanted;',
    '',
    'driver/smtpMark',
    'mark',
  ),
  m(
    'SM4: the mark is on the disk before the end is told',
    `${smtp}deliver.ts`,
    'await marked.catch(() => undefined);',
    '',
    'driver/smtpMark',
    'before anybody is told',
  ),
  m(
    'SM5: only an answer says that it was accepted',
    `${smtp}result.ts`,
    `  if (stage === 'sent' && (verdict === null || (!isDone(verdict) && verdict.code < 400)))
    return { result: 'unknown', error: uncertain(failure) };
`,
    '',
    'driver/smtpPhases',
    'at (dot|accepted)|whatever was said',
  ),
  m(
    'SM5: a message is asked for by 354 alone',
    `${smtp}deliver.ts`,
    " && transcript.repliesTo('DATA')[0]?.code === 354;",
    ';',
    'driver/smtpPhases',
    'DATA: 250',
  ),
  m(
    'SM6: half a reply is none',
    `${smtp}line.ts`,
    ' && text !== halfLine(connection)',
    '',
    'driver/smtpPhases',
    'drop after',
  ),
  m(
    'SM6: replies that came whole count',
    `${smtp}line.ts`,
    'for (const text of untold(connection)) take(text);',
    '',
    'driver/smtpPhases',
    'ended at once',
  ),
  m(
    'SM1: STARTTLS is insisted upon',
    `${smtp}line.ts`,
    "requireTLS: security === 'starttls',",
    '',
    'driver/secureConnections',
    'SMTP',
  ),
  m(
    'SM1: certificates are verified',
    `${smtp}dial.ts`,
    'rejectUnauthorized: true',
    'rejectUnauthorized: false',
    'driver/secureConnections',
    'not, and',
  ),
  m(
    'SF1: a note is made before APPEND',
    `${imap}filing.ts`,
    '  if (before?.validity !== now.validity) await note(JSON.stringify(now));\n',
    '',
    'driver/imapFilingRefused driver/imapFiling',
    'in process|note|may be there',
  ),
  m(
    'SF1: the note is on the disk before APPEND',
    `${imap}filing.ts`,
    'await note(JSON.stringify(now));',
    'void note(JSON.stringify(now)).catch(() => undefined);',
    'driver/imapFiling',
    'on the disk before',
  ),
  m(
    'SF1: it is looked for before it is put there again',
    `${imap}filing.ts`,
    'const found = before ? await findMessage(connection, mailbox, filing.messageId, from) : null;',
    'const found = before && from < 0 ? from : null;',
    'driver/imapFiling',
    'in process|cut off',
  ),
  m(
    'SF1: all of a mailbox that was numbered anew is looked through',
    `${imap}filing.ts`,
    'before?.validity === now.validity ? before.next : 1',
    'before?.next ?? 1',
    'driver/imapFilingRefused',
    'numbered anew',
  ),
  m(
    'SF1: nothing is tried again at once',
    `${imap}filing.ts`,
    'if (!isAsked || error instanceof ImapRefusal',
    'if (isAsked || error instanceof ImapRefusal',
    'driver/imapFilingRefused',
    'ends behind it',
  ),
  m(
    'SF3: nothing goes to another mailbox of the name',
    `${imap}filing.ts`,
    'if (now.validity !== mailbox.validity) return unlessElsewhere(where, filing.mailbox, numberedAnew);',
    '',
    'driver/imapFilingRefused',
    'has the name',
  ),
];
