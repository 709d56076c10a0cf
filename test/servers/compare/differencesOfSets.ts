import type { Difference } from './differences.ts';

const ofEmails: Difference[] = [
  {
    where: /^Email\/set .* > Thread\.(moved|changes\.updated)/,
    cyrus: 'a thread counts as updated when an email in it changes',
    ours: 'only when emails come to it or go',
    rfc: '8621 3.2',
    right: 'both',
  },
  {
    where: /^Email\/set .* > Mailbox\.(moved|changes\.updated)/,
    cyrus: "any keyword counts as a change of the mailbox's counters",
    ours: 'only one that changes a counter',
    rfc: '8621 2.2',
    right: 'both',
  },
  {
    where: /^Email\/set (flags what is flagged|unflags what is not flagged) > Email\./,
    cyrus: 'setting what is set, or clearing what is not, counts as a change',
    ours: 'it does not',
    rfc: '5.1',
    right: 'both',
  },
  {
    where: /^Email\/set out of the last mailbox > |^what the sets left of (the mail > set 3|mailboxes > Junk)\./,
    cyrus: 'destroys an email that was in another mailbox before, and answers that it was updated',
    ours: 'invalidProperties, mailboxIds; so does Cyrus where the email was never elsewhere',
    rfc: '8621 4.1.1',
    right: 'ours',
  },
  {
    where: /^Email\/set out of a strange mailbox > answer\./,
    cyrus: 'invalidProperties, mailboxIds',
    ours: 'nothing to do',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Email\/set (below a keyword|of a whole and a part) > /,
    cyrus: 'takes all of the rest of a path for a keyword; does both of a whole and a part',
    ours: 'invalidPatch',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^what the sets left of the mail > set 8\.keywords\.a\W/,
    cyrus: 'takes a keyword in a path as it is: a~1b for a/b',
    ours: 'a path is a JSON pointer',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Email\/set of the subject > answer\./,
    cyrus: 'answers updated, and changes nothing',
    ours: 'invalidProperties',
    rfc: '8621 4.6',
    right: 'ours',
  },
  {
    where: /^Email\/set of a keyword (to false|that cannot be) > answer\.notUpdated\.set 4\.properties\.0$/,
    cyrus: 'names the path: keywords/x',
    ours: 'names the property: keywords',
    rfc: '5.3',
    right: 'both',
  },
  {
    where: /^Email\/set creates nothing out of nothing > answer\.notCreated\./,
    cyrus: 'invalidProperties, mailboxIds',
    ours: 'forbidden: it creates no emails',
    rfc: '8621 4.6',
    right: 'both',
  },
  {
    where: /^Email\/set (of good and bad|destroys (what is gone|a stranger)) > answer\.(destroyed|notDestroyed)/,
    cyrus: 'answers destroyed for what is not there',
    ours: 'notFound',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Email\/set destroys one twice > answer\.destroyed/,
    cyrus: 'twice in the list',
    ours: 'once',
    rfc: '5.3',
    right: 'both',
  },
  {
    where: /^Email\/set updates and destroys one > answer\./,
    cyrus: 'does both',
    ours: 'willDestroy for the update',
    rfc: '5.3',
    right: 'both',
  },
  {
    where: /^Email\/set by a reference to changes that failed > answer\./,
    cyrus: 'invalidArguments for a bogus state; error type resultReference',
    ours: 'cannotCalculateChanges; invalidResultReference',
    rfc: '3.7, 5.2',
    right: 'ours',
  },
];

const ofMailboxes: Difference[] = [
  {
    where: /^(Email|Mailbox)\/set of too many > /,
    cyrus: 'refuses the whole request: HTTP 400, problem limit, maxObjectsInSet',
    ours: 'method error requestTooLarge',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Mailbox\/set creates.* > answer\.(0\.1\.)?created\.\w+\.(isSeenShared|showAsLabel|isSubscribed)$/,
    cyrus: 'two properties of its own; a new mailbox is not subscribed',
    ours: 'it is',
    rfc: '8621 2',
    right: 'both',
  },
  {
    where:
      /^Mailbox\/set creates.* > answer\.(0\.1\.)?created\.\w+\.(role|parentId|\w+(Emails|Threads)|myRights\.\w+)$/,
    cyrus: 'says nothing of role, parent, counters and rights',
    ours: 'all properties that the client did not send',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Mailbox\/set creates, and mail goes there at once > (Mailbox|Thread)\.changes\.updated/,
    cyrus: 'updatedProperties: null beside a new mailbox; a thread counts as updated when an email in it changes',
    ours: 'the counters, which alone changed in the inbox; only when emails come to it or go',
    rfc: '8621 2.2, 3.2',
    right: 'both',
  },
  {
    where: /^Mailbox\/set creates a name with a slash > |^what the sets left of mailboxes > Slash\./,
    cyrus: 'serverFail',
    ours: 'a mailbox of that name',
    rfc: '8621 2',
    right: 'ours',
  },
  {
    where: /^Mailbox\/set (creates|renames|moves|sorts|in ).* > (Email|Thread)\.moved$/,
    cyrus: 'moves the states of emails and threads, too, without a change',
    ours: 'moves the state of mailboxes alone',
    rfc: '5.1',
    right: 'both',
  },
  {
    where:
      /^Email\/set in the state before a (Mailbox\/set|mailbox was destroyed) > |^what the sets left of the mail > set 8\.keywords\.late/,
    cyrus: 'stateMismatch: any change of a mailbox moves the state of emails',
    ours: 'carried out',
    rfc: '5.3',
    right: 'both',
  },
  {
    where: /^Mailbox\/set in the state before an Email\/set of a flag > |^what the sets left of mailboxes > Two\.name/,
    cyrus: 'stateMismatch: any keyword moves the state of mailboxes',
    ours: 'carried out',
    rfc: '5.3',
    right: 'both',
  },
  {
    where: /^Mailbox\/set unsubscribes > Mailbox\./,
    cyrus: 'does it without moving the state',
    ours: 'moves the state',
    rfc: '5.1',
    right: 'ours',
  },
  {
    where: /^Mailbox\/set renames the inbox > |^what the sets left of mailboxes > Inbox\.name/,
    cyrus: 'does it, although mayRename is false',
    ours: 'forbidden',
    rfc: '8621 2.5',
    right: 'ours',
  },
  {
    where:
      /^(Mailbox\/set destroys .*|Email\/set in the state before a mailbox was destroyed) > (Email|Thread)\.(moved|changes)/,
    cyrus: 'cannotCalculateChanges for emails and threads since any state before',
    ours: 'tells what was destroyed',
    rfc: '5.2',
    right: 'both',
  },
];

/** A mailbox that was destroyed is still half there for Cyrus. */
const ofWhatIsGone: Difference[] = [
  {
    where: /^Mailbox\/set destroys what is gone > answer\./,
    cyrus: 'HTTP 500: the request makes the server process end',
    ours: 'notFound',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Mailbox\/set renames what is gone > answer\./,
    cyrus: 'serverFail',
    ours: 'notFound',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Mailbox\/set (creates in|moves below) what is gone > |^what the sets left of mailboxes > Sunk\./,
    cyrus: 'answers that it was done, and nobody finds the mailbox again',
    ours: 'invalidProperties, parentId',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /^Email\/set moves to what is gone > |^what the sets left of (the mail > set 2|mailboxes > Archive)\./,
    cyrus: 'answers that it was done, and the email is destroyed',
    ours: 'invalidProperties, mailboxIds',
    rfc: '5.3',
    right: 'ours',
  },
];

/** What Cyrus 3.6.1 does otherwise in Email/set and Mailbox/set. */
export const differencesOfSets: Difference[] = [...ofEmails, ...ofMailboxes, ...ofWhatIsGone];
