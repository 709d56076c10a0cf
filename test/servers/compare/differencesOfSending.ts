import type { Difference } from './differences.ts';

/** What Cyrus does otherwise with mail that leaves. */
export const differencesOfSending: Difference[] = [
  {
    where: /^Email\/import .* > (answer\.)?(oldState|newState)$/,
    cyrus: 'no states in the answer',
    ours: 'both',
    rfc: '8621 4.8',
    right: 'ours',
  },
  {
    where: /^Email\/import of nothing > notCreated\./,
    cyrus: 'invalidProperties, blobId',
    ours: 'blobNotFound',
    rfc: '8621 4.8',
    right: 'both',
  },
  {
    where: /^Email\/query by Message-ID .* > filter\.header\.\d$/,
    cyrus: 'a query repeats what was asked, as in a draft of the RFC',
    ours: 'the answer of the RFC',
    rfc: '5.5',
    right: 'ours',
  },
  {
    where: /^Identity\/get > 0\./,
    cyrus: 'one identity without a name or an address, and without properties for the rest',
    ours: 'who the user is',
    rfc: '8621 6',
    right: 'ours',
  },
  {
    where: /^Identity\/changes > error\.type$/,
    cyrus: 'unknownMethod',
    ours: 'has it; the state is not one of its own',
    rfc: '8621 6.2',
    right: 'ours',
  },
  {
    where: /^EmailSubmission\/set for the first time in a bogus state > /,
    cyrus: 'takes any state until the account has submitted something',
    ours: 'stateMismatch',
    rfc: '5.3',
    right: 'ours',
  },
  {
    where: /(hangs on it|on a ticket, twice) > (again\.)?methodResponses\.1\.1\.type$/,
    cyrus: 'error type resultReference',
    ours: 'invalidResultReference',
    rfc: '3.7',
    right: 'ours',
  },
  {
    where: /^EmailSubmission\/set of a stranger > notCreated\./,
    cyrus: 'emailNotFound',
    ours: 'invalidProperties, emailId',
    rfc: '8621 7.5',
    right: 'both',
  },
  {
    where: /^EmailSubmission\/set to nobody > notCreated\./,
    cyrus: 'invalidProperties, envelope/rcptTo',
    ours: 'noRecipients',
    rfc: '8621 7.5',
    right: 'ours',
  },
  {
    where: /^EmailSubmission\/set held back, .* > found\.(filter\.emailIds\.0|total)$/,
    cyrus: 'a query repeats what was asked, and tells the total unasked',
    ours: 'neither',
    rfc: '5.5',
    right: 'ours',
  },
  {
    where: /^EmailSubmission\/set held back, .* > cancelled\..*\.updated\./,
    cyrus: 'tells the id of what was updated',
    ours: 'null: nothing that the client does not know',
    rfc: '5.3',
    right: 'both',
  },
  {
    where: /^EmailSubmission\/set takes back what was sent > notUpdated\./,
    cyrus: 'notFound: it forgets a submission as soon as that is final, and one that was taken back, too',
    ours: 'cannotUnsend',
    rfc: '8621 7.5',
    right: 'both',
  },
];
