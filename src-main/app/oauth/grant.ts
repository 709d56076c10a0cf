import * as z from 'zod';
import type { Credential } from '../../../src-shared/model.ts';

/**
 * What a person has granted, as it is sealed in the account's database: who gave it, to which client, and the tokens. Times in
 * ms since the epoch. `auth`: how the client shows who it is (RFC 6749 section 2.3). `expiresAt`: null where the server does not
 * say. `person`: who signed in, where that was told.
 */
const grantSchema = z.object({
  type: z.literal('oauth'),
  username: z.string(),
  issuer: z.string(),
  tokenEndpoint: z.string(),
  clientId: z.string(),
  clientSecret: z.string().nullable(),
  auth: z.enum(['none', 'post', 'basic']),
  scope: z.string().nullable(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  obtainedAt: z.number(),
  expiresAt: z.number().nullable(),
  person: z.string().nullable(),
});
export type Grant = z.infer<typeof grantSchema>;

/** What is stored of a credential. */
export type StoredCredential = Exclude<Credential, { type: 'oauth' }> | Grant;

/** A grant that was unsealed; null for any other credential, or what cannot be read. */
export const asGrant = (unsealed: unknown): Grant | null => grantSchema.safeParse(unsealed).data ?? null;

/** A token is renewed so long before it ends, in ms, or after three quarters of its time where that is short. */
const AHEAD_MS = 5 * 60_000;

/** Until when a grant's token is used without a thought; null: until it is refused. */
export const freshUntil = ({ obtainedAt, expiresAt }: Grant): number | null =>
  expiresAt === null ? null : expiresAt - Math.min(AHEAD_MS, (expiresAt - obtainedAt) / 4);

/** Whether its token should still be good. A clock that was put back since says nothing of when it ends. */
export const isFresh = (grant: Grant, now: number): boolean => {
  const until = freshUntil(grant);
  return until === null || (now < until && now >= grant.obtainedAt);
};

/** Whether its token has not ended yet. */
export const isAlive = ({ obtainedAt, expiresAt }: Grant, now: number): boolean =>
  expiresAt === null || (now < expiresAt && now >= obtainedAt);
