import { type Mutant, m } from './mutant.ts';

const imap = 'src-main/driver/imap/';

/** Lines that read bodies from servers as they are (B6, B7). */
export const readingServers: Mutant[] = [
  m(
    'B6: bodies come with what is new',
    'src-main/driver/jmap/changes.ts',
    "getWithBody({ '#ids': reference(at, 'Email/changes', '/created') })",
    "getStates({ '#ids': reference(at, 'Email/changes', '/created') })",
    'driver/jmapRead',
  ),
  m(
    'B6: bodies of the newest 500',
    'src-main/driver/jmap/fill.ts',
    'const WITH_BODY = 500;',
    'const WITH_BODY = 0;',
    'driver/jmapRead',
  ),
  m(
    'B7: a structure that makes no sense',
    `${imap}read.ts`,
    'if (!plan || plan.texts.length > MOST_TEXTS) broken.push(uid);\n    else plans',
    'if (plan) plans',
    'driver/imapRead',
  ),
  m(
    'B7: one message at a time where the server dies',
    `${imap}readBodies.ts`,
    'if (signal.aborted || !isTheirs(error)) throw error;',
    'throw error;',
    'driver/imapRead',
  ),
  m(
    'B7: the third connection is given back',
    `${imap}reading.ts`,
    'if (!closed) disarm = clock.after(IDLE_MS, leave);',
    '',
    'driver/imapRead',
  ),
  m(
    'B7: not from a mailbox that was numbered anew',
    `${imap}read.ts`,
    'if (selected.validity === validity) return;',
    'return;',
    'driver/imapRead',
  ),
  m('B7: words of many parts', `${imap}read.ts`, ' || plan.texts.length > MOST_TEXTS', '', 'driver/imapRead'),
  m(
    'B6: not what could not be decoded',
    'src-main/driver/jmap/body.ts',
    'told.undecoded.length === 0 && ',
    '',
    'driver/jmapRead',
  ),
  m(
    'B6: no more of a text than was asked for',
    'src-main/driver/jmap/body.ts',
    'const kept = cutBytes(told, maxBytes);',
    'const kept = told;',
    'driver/jmapRead',
  ),
  m(
    'B6: no more of a text that is decoded here',
    'src-main/driver/jmap/read.ts',
    'const kept = cutBytes(all, maxBytes);',
    'const kept = all;',
    'driver/jmapRead',
  ),
  m(
    'B6: what could not be decoded is asked for again when it is opened',
    'src-main/driver/jmap/read.ts',
    ' ?? { isTruncated: true }',
    ' ?? {}',
    'engine/bodiesTold',
  ),
  m(
    'B7: what has the name now',
    `${imap}read.ts`,
    "if (path === 'INBOX' && connection.selected?.path === path) return;",
    'if (connection.selected?.path === path) return;',
    'driver/imapRead',
  ),
  m(
    'B7: a server that fell silent is left',
    'src-main/driver/silence.ts',
    'AbortSignal.any([signal, watch.signal])',
    'signal',
    'engine/silence',
    'over IMAP',
  ),
  m(
    'B6: a server that fell silent is left',
    'src-main/driver/jmap/driver.ts',
    'createHttp(credential, clock, READING_SILENCE_MS)',
    'createHttp(credential, clock, SILENCE_MS)',
    'engine/silence',
  ),
  m(
    'B7: a server that speaks is waited for',
    'src-main/driver/silence.ts',
    'if (now !== seen) watch.heard();',
    '',
    'engine/silence',
  ),
  m(
    'B7: a silent server has little time to say that it is there',
    `${imap}readBodies.ts`,
    'isSilence(error) ? PROBE_MS : undefined',
    'undefined',
    'engine/silence',
  ),
];
