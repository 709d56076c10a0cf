import * as z from 'zod';
import { answerChanges } from './changes.ts';
import { bodyPropertyNames, defaultBodyProperties, defaultProperties, readersFor } from './emailProperties.ts';
import { answerGet, overlay } from './get.ts';
import { idSchema, parseArguments } from './methodError.ts';
import type { Fields } from './model.ts';
import type { Site } from './site.ts';

const getSchema = z.strictObject({
  accountId: z.string(),
  ids: z.array(idSchema).nullish(),
  properties: z.array(z.string()).nullish(),
  bodyProperties: z.array(z.enum(bodyPropertyNames)).optional(),
  fetchTextBodyValues: z.boolean().default(false),
  fetchHTMLBodyValues: z.boolean().default(false),
  fetchAllBodyValues: z.boolean().default(false),
  maxBodyValueBytes: z.int().min(0).default(0),
});

/** Email/get (RFC 8621 section 4.2). */
export const getEmails = (site: Site, args: Fields): Fields => {
  const { accountId, ids = null, properties, bodyProperties, ...rest } = parseArguments(site, getSchema, args);
  const readers = readersFor(properties ?? defaultProperties);
  const options = { ...rest, bodyProperties: bodyProperties ?? defaultBodyProperties };
  return answerGet(site, accountId, ids, {
    type: 'Email',
    objects: site.store.emails,
    limitAll: true,
    show: (email) => {
      const shown: Fields = {};
      for (const [name, read] of readers) shown[name] = read(email, options);
      return overlay(shown, email.override);
    },
  });
};

/** Email/changes (RFC 8621 section 4.3). */
export const getEmailChanges = (site: Site, args: Fields): Fields => answerChanges(site, 'Email', args).answer;
