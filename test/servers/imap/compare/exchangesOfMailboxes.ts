import { type Exchange, script, three } from './exchange.ts';

const opening: Exchange[] = [
  ['an empty mailbox', script([], 'SELECT INBOX', 'NOOP', 'CHECK', 'CLOSE', 'CLOSE')],
  [
    'a mailbox with mail',
    script(
      three,
      'SELECT inbox',
      'EXAMINE INBOX',
      'UNSELECT',
      'SELECT INBOX',
      'SELECT Archive',
      'SELECT Nowhere',
      'NOOP',
      'FETCH 1 UID',
    ),
  ],
  [
    'a mailbox with read mail',
    script(three, 'SELECT INBOX', 'STORE 1:2 +FLAGS.SILENT (\\Seen project)', 'SELECT INBOX'),
  ],
  [
    'what is marked as deleted in a mailbox opened for reading',
    script(three, 'SELECT INBOX', 'STORE 1 +FLAGS.SILENT (\\Deleted)', 'EXAMINE INBOX', 'CLOSE', 'SELECT INBOX'),
  ],
  [
    'nothing selected',
    script([], 'FETCH 1 UID', 'UID FETCH 1 FLAGS', 'EXPUNGE', 'CLOSE', 'UNSELECT', 'SEARCH ALL', 'IDLEX', 'UID NOOP'),
  ],
  [
    'a mailbox opened for reading',
    script(
      three,
      'EXAMINE INBOX',
      'STORE 1 +FLAGS (\\Seen)',
      'EXPUNGE',
      'UID EXPUNGE 1',
      'UID MOVE 1 Archive',
      'FETCH 1 BODY[TEXT]',
      'FETCH 1 FLAGS',
      'CLOSE',
    ),
  ],
];

const naming: Exchange[] = [
  [
    'the mailboxes of a new account',
    script([], 'LIST "" "*"', 'LIST "" "%"', 'LIST "" ""', 'LSUB "" "*"', 'NAMESPACE'),
  ],
  [
    'mailboxes made, renamed and deleted',
    script(
      [],
      'CREATE Work',
      'CREATE Work',
      'CREATE Work/Old/2025',
      'LIST "" "W*"',
      'LIST "" "Work/%"',
      'LIST "Work/" "*"',
      'CREATE Work/Old',
      'LIST "" "Work*"',
      'RENAME Work Job',
      'LIST "" "*"',
      'RENAME Job/Old Job',
      'RENAME Nowhere Else',
      'DELETE Job',
      'LIST "" "Job*"',
      'SELECT Job',
      'DELETE Job/Old/2025',
      'DELETE Job/Old',
      'LIST "" "*"',
      'DELETE Nowhere',
      'DELETE INBOX',
      'CREATE INBOX',
    ),
  ],
  [
    'a mailbox renamed to a place below one that is not there',
    script([], 'CREATE A', 'RENAME A B/C', 'LIST "" "*"', 'RENAME B/C A', 'LIST "" "*"'),
  ],
  [
    'INBOX renamed',
    script(three, 'RENAME INBOX Old', 'STATUS INBOX (MESSAGES)', 'STATUS Old (MESSAGES UNSEEN UIDNEXT)', 'LIST "" "*"'),
  ],
  [
    'names that are not ASCII, and odd ones',
    script(
      [],
      'CREATE "Entw&APw-rfe &- mehr"',
      'CREATE "a \\"quoted\\" name"',
      'CREATE "per%cent"',
      'LIST "" "*"',
      'SELECT "Entw&APw-rfe &- mehr"',
      'CREATE "broken &x"',
      'CREATE ""',
      'CREATE "a//b"',
      'CREATE "b/"',
    ),
  ],
  [
    'subscriptions',
    script(
      [],
      'CREATE Quiet',
      'LSUB "" "*"',
      'SUBSCRIBE Quiet',
      'LSUB "" "*"',
      'UNSUBSCRIBE Quiet',
      'LIST (SUBSCRIBED) "" "*"',
      'LIST "" "*" RETURN (SUBSCRIBED)',
    ),
  ],
  [
    'LIST with more than a list',
    script(
      three,
      'LIST "" "*" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ))',
      'LIST "" (INBOX "S*") RETURN (SPECIAL-USE)',
      'LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)',
      'LIST "" "*" RETURN (CHILDREN SUBSCRIBED)',
      'LIST "" "*" RETURN (NONSENSE)',
    ),
  ],
  [
    'STATUS',
    script(
      three,
      'STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT HIGHESTMODSEQ)',
      'STATUS Nowhere (MESSAGES)',
      'STATUS INBOX (NONSENSE)',
      'STATUS INBOX ()',
    ),
  ],
];

/** Opening, making and listing mailboxes. */
export const exchangesOfMailboxes: Exchange[] = [...opening, ...naming];
