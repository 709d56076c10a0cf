import { differencesOfSending } from './differencesOfSending.ts';
import { differencesOfSets } from './differencesOfSets.ts';

/** A way in which Cyrus differs from the server in process, and who of them does what the RFC says. */
export type Difference = {
  /** Matches the probe and the path of the leaf that differs, as `probe > path`. */
  where: RegExp;
  cyrus: string;
  ours: string;
  /** Section of RFC 8620, or of RFC 8621 where it says so. */
  rfc: string;
  /** `both`: the RFC leaves it open. */
  right: 'cyrus' | 'ours' | 'both';
};

/** Everything that Cyrus 3.6.1 was seen to do otherwise. What is not listed here must be the same. */
export const differences: Difference[] = [
  {
    where: /^the session > (account\.|ofAccount)/,
    cyrus:
      'names of a draft of the RFC (emailsListSortOptions, isPrimary), and no maxMailboxDepth or maxSizeMailboxName',
    ours: 'the names of the RFC',
    rfc: '8621 1.3.1',
    right: 'ours',
  },
  {
    where: /^a download > stranger\.type/,
    cyrus: '404 as HTML',
    ours: '404 as a problem document',
    rfc: '6.2',
    right: 'both',
  },
  {
    where: /^Mailbox\/get .* > list\.\d+\.myRights\.mayAdmin/,
    cyrus: 'a right more',
    ours: 'the rights of the RFC',
    rfc: '8621 2',
    right: 'both',
  },
  {
    where: /^Mailbox\/get .* > list\.\d+\.isSubscribed/,
    cyrus: 'a mailbox made over JMAP is not subscribed',
    ours: 'it is',
    rfc: '8621 2',
    right: 'both',
  },
  {
    where: /> (methodResponses\.0\.1\.)?(sort\.0\.\w+|filter\.\w+|collapseThreads)$/,
    cyrus: 'a query repeats what was asked, as in a draft of the RFC',
    ours: 'the answer of the RFC',
    rfc: '5.5',
    right: 'ours',
  },
  {
    where: /query.* > total$/,
    cyrus: 'the total unasked, unless a limit was named',
    ours: 'no total unless asked for',
    rfc: '5.5',
    right: 'ours',
  },
  {
    where: /> (methodResponses\.0\.1\.)?canCalculateChanges$/,
    cyrus: 'queryChanges for all of these queries',
    ours: 'none',
    rfc: '5.5',
    right: 'both',
  },
  {
    where: /^Email\/query beyond the end > position$/,
    cyrus: 'the position of the end',
    ours: 'the position that was asked for',
    rfc: '5.5',
    right: 'both',
  },
  {
    where: /^Email\/get .* > list\.\d+\.preview$/,
    cyrus: 'a space at the end of a short preview',
    ours: 'none',
    rfc: '8621 4.1.4',
    right: 'both',
  },
  {
    where: /^Email\/get of one twice > /,
    cyrus: 'twice in the list',
    ours: 'once',
    rfc: '5.1',
    right: 'ours',
  },
  {
    where: /^Email\/get with an unknown property > error\.arguments/,
    cyrus: 'arguments: properties[0:colour]',
    ours: 'arguments: properties',
    rfc: '3.6.2',
    right: 'both',
  },
  {
    where: /^Email\/get of too many > /,
    cyrus: 'refuses the whole request: HTTP 400, problem limit, maxObjectsInGet',
    ours: 'method error requestTooLarge',
    rfc: '5.1',
    right: 'ours',
  },
  {
    where: /^Email\/get of all there are > /,
    cyrus: 'ids: null is requestTooLarge, however few there are',
    ours: 'all, within maxObjectsInGet',
    rfc: '5.1',
    right: 'both',
  },
  {
    where: /^Email\/get of an id that cannot be > /,
    cyrus: 'notFound',
    ours: 'invalidArguments',
    rfc: '1.2',
    right: 'both',
  },
  {
    where: /^Email\/query of a strange mailbox > /,
    cyrus: 'invalidArguments',
    ours: 'an empty list',
    rfc: '8621 4.4.1',
    right: 'both',
  },
  {
    where: /^Email\/query by an unknown (filter|order) > error\./,
    cyrus: 'invalidArguments for a filter; an undefined property `sort` beside unsupportedSort',
    ours: 'unsupportedFilter; the error alone',
    rfc: '5.5',
    right: 'both',
  },
  {
    where: /reference.* > (methodResponses\.1\.1|error)\.type$/,
    cyrus: 'error type resultReference',
    ours: 'invalidResultReference',
    rfc: '3.7',
    right: 'ours',
  },
  {
    where: /^an argument and a reference to it > methodResponses\.1\.1\.arguments/,
    cyrus: 'arguments: #ids',
    ours: 'arguments: ids',
    rfc: '3.7',
    right: 'both',
  },
  {
    where: /^no account > /,
    cyrus: "accountId: null is the user's own account",
    ours: 'invalidArguments',
    rfc: '5.1',
    right: 'ours',
  },
  {
    where: /^changes without a state > error\./,
    cyrus: 'cannotCalculateChanges',
    ours: 'invalidArguments',
    rfc: '5.2',
    right: 'ours',
  },
  {
    where:
      /^((mailbox )?changes since a bogus state > error|a reference to a call that failed > methodResponses\.0\.1)\./,
    cyrus: 'invalidArguments',
    ours: 'cannotCalculateChanges',
    rfc: '5.2',
    right: 'ours',
  },
  {
    where: /^changes since a state to come > /,
    cyrus: 'no changes, and as newState one before sinceState',
    ours: 'cannotCalculateChanges',
    rfc: '5.2',
    right: 'ours',
  },
  {
    where: /^another content type > /,
    cyrus: 'HTTP 415 as HTML',
    ours: 'HTTP 400, problem notJSON',
    rfc: '3.6.1',
    right: 'ours',
  },
  {
    where: /^a request too large > (body\.)?status$/,
    cyrus: 'HTTP 413 with the problem limit, maxSizeRequest',
    ours: 'HTTP 400 with the same',
    rfc: '3.6.1',
    right: 'both',
  },
  {
    where: /^pages of changes > told\.paged 1$/,
    cyrus: 'a new email that changed again is told once, where it last changed, as updated and never as created',
    ours: 'as created, and later as updated',
    rfc: '5.2',
    right: 'ours',
  },
  {
    where:
      /^a mail (read|flagged|copied|moved|taken from one of two) > Thread\.|^a (custom keyword|keyword that was there) > Thread\./,
    cyrus: 'a thread counts as updated when an email in it changes',
    ours: 'only when emails come to it or go',
    rfc: '8621 3.2',
    right: 'both',
  },
  {
    where: /^a (mail flagged|custom keyword|keyword that was there) > Mailbox\./,
    cyrus: "any keyword counts as a change of the mailbox's counters",
    ours: 'only one that changes a counter',
    rfc: '8621 2.2',
    right: 'both',
  },
  {
    where: /^a keyword that was there > Email\./,
    cyrus: 'setting what is set counts as a change',
    ours: 'it does not',
    rfc: '5.1',
    right: 'both',
  },
  {
    where: /^a mailbox (made|renamed|moved) > (Email|Thread)\.moved$/,
    cyrus: 'moves the states of emails and threads, too, without a change',
    ours: 'moves the state of mailboxes alone',
    rfc: '5.1',
    right: 'both',
  },
  {
    where: /^(an empty mailbox|a mailbox with mail) deleted > (Email|Thread)\./,
    cyrus: 'cannotCalculateChanges for emails and threads since any state before',
    ours: 'tells what was destroyed',
    rfc: '5.2',
    right: 'both',
  },
  ...differencesOfSets,
  ...differencesOfSending,
];
