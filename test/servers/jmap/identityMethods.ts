import * as z from 'zod';
import { answerChanges } from './changes.ts';
import { answerGet } from './get.ts';
import { idSchema, parseArguments } from './methodError.ts';
import type { Fields } from './model.ts';
import type { Site } from './site.ts';

const getSchema = z.strictObject({
  accountId: z.string(),
  ids: z.array(idSchema).nullish(),
  properties: z.array(z.string()).nullish(),
});

/** The asked properties of an object, its id at least; all of them where none are named. */
export const chosen = (object: Fields, properties: readonly string[] | null | undefined): Fields =>
  properties == null
    ? { ...object }
    : Object.fromEntries(Object.entries(object).filter(([name]) => name === 'id' || properties.includes(name)));

/** Identity/get (RFC 8621 section 6.1). */
export const getIdentities = (site: Site, args: Fields): Fields => {
  const { accountId, ids = null, properties } = parseArguments(site, getSchema, args);
  return answerGet(site, accountId, ids, {
    type: 'Identity',
    objects: site.outgoing.identities,
    limitAll: true,
    show: (identity) => chosen(identity, properties),
  });
};

/** Identity/changes (RFC 8621 section 6.2). */
export const getIdentityChanges = (site: Site, args: Fields): Fields => answerChanges(site, 'Identity', args).answer;
