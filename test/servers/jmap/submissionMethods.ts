import * as z from 'zod';
import { answerChanges, stateOf } from './changes.ts';
import { answerGet } from './get.ts';
import { chosen } from './identityMethods.ts';
import { idSchema, parseArguments } from './methodError.ts';
import type { Fields } from './model.ts';
import type { Site } from './site.ts';

const getSchema = z.strictObject({
  accountId: z.string(),
  ids: z.array(idSchema).nullish(),
  properties: z.array(z.string()).nullish(),
});
const querySchema = z.strictObject({
  accountId: z.string(),
  filter: z
    .strictObject({
      emailIds: z.array(idSchema).optional(),
      identityIds: z.array(idSchema).optional(),
      undoStatus: z.string().optional(),
    })
    .nullish(),
});

/** EmailSubmission/get (RFC 8621 section 7.1). */
export const getSubmissions = (site: Site, args: Fields): Fields => {
  const { accountId, ids = null, properties } = parseArguments(site, getSchema, args);
  return answerGet(site, accountId, ids, {
    type: 'EmailSubmission',
    objects: site.outgoing.submissions,
    limitAll: true,
    show: (submission) => chosen({ ...submission, dsnBlobIds: [], mdnBlobIds: [] }, properties),
  });
};

/** EmailSubmission/changes (RFC 8621 section 7.2). */
export const getSubmissionChanges = (site: Site, args: Fields): Fields =>
  answerChanges(site, 'EmailSubmission', args).answer;

/** EmailSubmission/query (RFC 8621 section 7.3), whole and in the order of submission. */
export const querySubmissions = (site: Site, args: Fields): Fields => {
  const { accountId, filter } = parseArguments(site, querySchema, args);
  const wanted = [...site.outgoing.submissions.values()].filter(
    ({ emailId, identityId, undoStatus }) =>
      (filter?.emailIds?.includes(emailId) ?? true) &&
      (filter?.identityIds?.includes(identityId) ?? true) &&
      (filter?.undoStatus ?? undoStatus) === undoStatus,
  );
  const queryState = stateOf(site, 'EmailSubmission');
  return { accountId, queryState, canCalculateChanges: false, position: 0, ids: wanted.map(({ id }) => id) };
};
