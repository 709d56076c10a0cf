import { importEmails } from './emailImport.ts';
import { getEmailChanges, getEmails } from './emailMethods.ts';
import { setEmails } from './emailSet.ts';
import { getIdentities, getIdentityChanges } from './identityMethods.ts';
import { getMailboxChanges, getMailboxes, queryMailboxes } from './mailboxMethods.ts';
import { setMailboxes } from './mailboxSet.ts';
import type { Fields } from './model.ts';
import { createEmailQuery, createQueryCache } from './query.ts';
import { coreCapability, mailCapability, type Site, submissionCapability } from './site.ts';
import { getSubmissionChanges, getSubmissions, querySubmissions } from './submissionMethods.ts';
import { afterSubmissions, setSubmissions } from './submissionSet.ts';
import { getThreadChanges, getThreads } from './threadMethods.ts';

/**
 * A method, with the capability that a request must use to call it (RFC 8620 section 3.3). `createdIds` are the objects
 * created so far in the request, by creation id.
 */
export type Method = {
  capability: string;
  answer: (site: Site, args: Fields, createdIds: Map<string, string>) => Fields;
  /** The Email/set that follows from what was answered, as a response of its own to the same call; null: none. */
  implied?: (site: Site, args: Fields, answer: Fields, createdIds: Map<string, string>) => Fields | null;
};

const mail = (answer: Method['answer']): Method => ({ capability: mailCapability, answer });

const submission = (answer: Method['answer']): Method => ({ capability: submissionCapability, answer });

/** Every method that the server has; Core/echo is RFC 8620 section 4. */
export const createMethods = (): ReadonlyMap<string, Method> =>
  new Map<string, Method>([
    ['Core/echo', { capability: coreCapability, answer: (_site, args) => args }],
    ['Mailbox/get', mail(getMailboxes)],
    ['Mailbox/changes', mail(getMailboxChanges)],
    ['Mailbox/query', mail(queryMailboxes)],
    ['Mailbox/set', mail(setMailboxes)],
    ['Thread/get', mail(getThreads)],
    ['Thread/changes', mail(getThreadChanges)],
    ['Email/get', mail(getEmails)],
    ['Email/query', mail(createEmailQuery(createQueryCache()))],
    ['Email/changes', mail(getEmailChanges)],
    ['Email/set', mail(setEmails)],
    ['Email/import', mail(importEmails)],
    ['Identity/get', submission(getIdentities)],
    ['Identity/changes', submission(getIdentityChanges)],
    ['EmailSubmission/get', submission(getSubmissions)],
    ['EmailSubmission/changes', submission(getSubmissionChanges)],
    ['EmailSubmission/query', submission(querySubmissions)],
    ['EmailSubmission/set', { ...submission(setSubmissions), implied: afterSubmissions }],
  ]);
