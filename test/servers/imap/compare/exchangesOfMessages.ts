import { all, type Exchange, script, three } from './exchange.ts';
import { plainMail } from './mails.ts';

const reading: Exchange[] = [
  [
    'what a message is',
    script(
      ['one', 'nested', 'bare'],
      'SELECT INBOX',
      'FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)',
      'FETCH 1:* ENVELOPE',
      'FETCH 1:* BODYSTRUCTURE',
      'FETCH 1:* BODY',
      'FETCH 1 ALL',
      'UID FETCH 2 FULL',
      'FETCH 3 FAST',
      'FETCH 1 RFC822.HEADER',
    ),
  ],
  [
    'sections',
    script(
      ['one', 'nested', 'bare'],
      'SELECT INBOX',
      ...[
        '',
        'HEADER',
        'TEXT',
        '1',
        '1.1',
        '1.2',
        '1.1.MIME',
        '2',
        '2.MIME',
        '3',
        '3.HEADER',
        '3.TEXT',
        '3.1',
        '3.1.MIME',
        '4',
        '1.HEADER',
        '2.1',
      ].map((section) => `UID FETCH 1:3 BODY.PEEK[${section}]`),
      'FETCH 1:3 BODY.PEEK[HEADER.FIELDS (Subject to X-ODD)]',
      'FETCH 1:3 BODY.PEEK[HEADER.FIELDS.NOT (Subject To Date Content-Type)]',
      'FETCH 2 BODY.PEEK[3.HEADER.FIELDS (Subject)]',
    ),
  ],
  [
    'parts of sections',
    script(
      ['one'],
      'SELECT INBOX',
      'FETCH 1 BODY.PEEK[]<0.20>',
      'FETCH 1 BODY.PEEK[]<10.5>',
      'FETCH 1 BODY.PEEK[TEXT]<5.100000>',
      'FETCH 1 BODY.PEEK[]<100000.5>',
      'FETCH 1 BODY.PEEK[]<0>',
      'FETCH 1 BODY.PEEK[NONSENSE]',
      'FETCH 1 NONSENSE',
      'FETCH 1 ()',
    ),
  ],
  [
    'what reading does to \\Seen',
    script(
      three,
      'SELECT INBOX',
      'FETCH 1 BODY.PEEK[]',
      'FETCH 1 FLAGS',
      'FETCH 1:2 BODY[TEXT]',
      'FETCH 1 BODY[TEXT]',
      'FETCH 1:* FLAGS',
      'FETCH 3 (FLAGS RFC822.TEXT)',
    ),
  ],
  [
    'sets of messages',
    script(
      three,
      'SELECT INBOX',
      ...['1,3', '3:1', '*', '*:2', '2:*', '4', '1:9', '0', 'x', '1,,2'].map((set) => `FETCH ${set} UID`),
      ...['1,3', '3:1', '*', '*:2', '9:*', '9', '0'].map((set) => `UID FETCH ${set} FLAGS`),
    ),
  ],
];

const writing: Exchange[] = [
  [
    'flags',
    script(
      three,
      'SELECT INBOX',
      'STORE 1 FLAGS (\\Seen)',
      'STORE 1 +FLAGS (\\Flagged project)',
      'STORE 1 -FLAGS (\\Seen)',
      'STORE 1 -FLAGS (\\Seen)',
      'UID STORE 2 +FLAGS.SILENT (\\Answered)',
      'UID STORE 2:3 +FLAGS \\Draft',
      'STORE 1 +FLAGS (PROJECT)',
      'STORE 1:2 FLAGS ()',
      'STORE 1 +FLAGS (\\Recent)',
      'STORE 1 +FLAGS (\\Nonsense)',
      'STORE 9 +FLAGS (\\Seen)',
      'UID STORE 9 +FLAGS (\\Seen)',
      'STORE 1 FLAGZ (\\Seen)',
      'UID FETCH 1:* FLAGS',
    ),
  ],
  [
    'copies',
    script(
      three,
      'SELECT INBOX',
      'STORE 1 +FLAGS.SILENT (\\Seen project)',
      'COPY 1:2 Archive',
      'UID COPY 3,1 Archive',
      'UID COPY 9 Archive',
      'COPY 9 Archive',
      'COPY 1 Nowhere',
      'UID COPY 1:9 INBOX',
      'NOOP',
      'SELECT Archive',
      'UID FETCH 1:* (FLAGS INTERNALDATE)',
    ),
  ],
  [
    'moves',
    script(
      ['one', 'two', 'three', 'four'],
      'SELECT INBOX',
      'STORE 1 +FLAGS.SILENT (\\Flagged)',
      'MOVE 1,3 Archive',
      'UID MOVE 2 Nowhere',
      'UID MOVE 9 Archive',
      'UID MOVE 2:4 Archive',
      'NOOP',
      'SELECT Archive',
      'FETCH 1:* (UID FLAGS)',
    ),
  ],
  [
    'expunging',
    script(
      ['one', 'two', 'three', 'four', 'five'],
      'SELECT INBOX',
      'EXPUNGE',
      'STORE 1,3,5 +FLAGS.SILENT (\\Deleted)',
      'UID EXPUNGE 4:5',
      'UID EXPUNGE 9',
      'EXPUNGE',
      'FETCH 1:* UID',
      'STORE 1 +FLAGS.SILENT (\\Deleted)',
      'CLOSE',
      'SELECT INBOX',
    ),
  ],
  [
    'appending',
    async (side) => {
      const client = await side.client();
      const mail = plainMail('appended');
      return {
        plain: await client.ask('APPEND INBOX ', mail),
        flags: await client.ask('APPEND INBOX (\\Seen project) " 5-Feb-2026 10:11:12 +0200" ', mail),
        nowhere: await client.ask('APPEND Nowhere (\\Seen) ', mail),
        date: await client.ask('APPEND INBOX "nonsense" ', mail),
        seen: await all(client, 'SELECT INBOX', 'FETCH 2 (UID FLAGS INTERNALDATE RFC822.SIZE)'),
        selected: await client.ask('APPEND INBOX (\\Draft) ', mail),
        more: await client.ask('NOOP'),
      };
    },
  ],
];

/** Reading and changing messages. */
export const exchangesOfMessages: Exchange[] = [...reading, ...writing];
