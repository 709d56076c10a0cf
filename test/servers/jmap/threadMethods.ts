import * as z from 'zod';
import { answerChanges } from './changes.ts';
import { answerGet } from './get.ts';
import { idSchema, parseArguments } from './methodError.ts';
import type { Fields } from './model.ts';
import type { Site } from './site.ts';

const getSchema = z.strictObject({
  accountId: z.string(),
  ids: z.array(idSchema).nullish(),
  properties: z.array(z.enum(['id', 'emailIds'])).nullish(),
});

/** Thread/get (RFC 8621 section 3.1). */
export const getThreads = (site: Site, args: Fields): Fields => {
  const { accountId, ids = null, properties = null } = parseArguments(site, getSchema, args);
  const whole = properties === null || properties.includes('emailIds');
  return answerGet(site, accountId, ids, {
    type: 'Thread',
    objects: site.store.threads,
    limitAll: true,
    show: ({ id, emails }) => (whole ? { id, emailIds: emails.map((email) => email.id) } : { id }),
  });
};

/** Thread/changes (RFC 8621 section 3.2). */
export const getThreadChanges = (site: Site, args: Fields): Fields => answerChanges(site, 'Thread', args).answer;
