import * as z from 'zod';
import { configSchema } from './model.ts';

/** Where a candidate's servers were learned from, the most trustworthy first. */
export const discoverySources = ['srv', 'wellKnown', 'autoconfig', 'ispdb', 'mx', 'table', 'guess'] as const;

/**
 * A way to reach an address's mail. `auth`: what its servers take, the better first. `confirm`: the registrable domain that a
 * person has to agree to, where it is not that of the address; several are joined by ', '. `provider`: whom it belongs to, where that is known. `hint`: what
 * to do before a password works there. `issuer`: who signs people in, for 'oauth' (RFC 8414 section 2).
 */
export const candidateSchema = z.strictObject({
  config: configSchema,
  username: z.string().min(1).max(500),
  source: z.enum(discoverySources),
  auth: z.array(z.enum(['password', 'oauth'])).max(2),
  confirm: z.string().max(255).optional(),
  provider: z.string().max(100).optional(),
  hint: z.string().max(500).optional(),
  issuer: z.string().max(2000).optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** What one source was found to say; `reason` in plain words, where there is nothing or it failed. */
export const probeSchema = z.object({
  source: z.enum(discoverySources),
  target: z.string(),
  state: z.enum(['looking', 'found', 'nothing', 'failed', 'late']),
  reason: z.string().optional(),
});
export type ProbeState = z.infer<typeof probeSchema>;

/** A connection that an account needs, and whether it works. `username`: the form that was taken, where it is not the one given. */
export const legSchema = z.object({
  leg: z.enum(['jmap', 'imap', 'smtp']),
  host: z.string(),
  ok: z.boolean(),
  username: z.string().optional(),
  error: z.object({ kind: z.string(), message: z.string() }).optional(),
});
