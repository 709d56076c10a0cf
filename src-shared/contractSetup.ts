import * as z from 'zod';
import { app, type CallSpec } from './callSpec.ts';
import { isLine } from './composition.ts';
import { configSchema, credentialSchema, id } from './model.ts';
import { candidateSchema, legSchema, probeSchema } from './setup.ts';

/** Not the web's notion of an address: people have müller@example.de and root@localhost (RFC 6532, RFC 5321). */
export const accountEmail = z
  .string()
  .max(320)
  .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'not an email address');

/** It stands in the header of what the account sends. */
export const accountName = z.string().max(200).refine(isLine, 'must be one line of plain text');

/** As HTML has it: three bytes, red, green and blue. It ends up in style sheets. */
export const accountColour = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour like #1e90ff');

/** The calls by which an account is found, tried and signed in to before it is stored. */
export const setupCalls = {
  'accounts.discover': app({
    about:
      'Finds servers for an address, the best first, within 10 s; what each source says comes as `discovery` events meanwhile. No credential is sent. What is no address of a domain on the internet is `invalid`.',
    input: z.strictObject({ email: accountEmail }),
    output: z.object({ candidates: z.array(candidateSchema), probes: z.array(probeSchema) }),
  }),
  'accounts.test': app({
    about:
      'Tries a configuration and credential on every leg (JMAP, IMAP, SMTP) without storing them. `hosts`: those of other domains, to be agreed to. `username`: the form that was taken, where it is not the one given. Where a leg fails, the error is its, `field` names it, and `detail.legs` has them all.',
    input: z.strictObject({
      email: accountEmail.optional(),
      config: configSchema,
      credential: credentialSchema,
    }),
    output: z.object({
      legs: z.array(legSchema),
      capabilities: z.array(z.string()),
      hosts: z.array(z.string()),
      username: z.string().optional(),
    }),
  }),
  'accounts.cancel': app({
    about:
      'Ends what is under way of `accounts.discover`, `accounts.test` and the calls that sign in: they answer `cancelled`.',
    input: z.strictObject({}),
    output: z.object({}),
  }),
  'accounts.signIn': app({
    about:
      'Signs in with OAuth 2 in the system browser; answers when the person has come back from it, within 5 minutes. The credential holds a handle, good once, for 10 minutes, for `accounts.add` or `accounts.update`, and until then for any number of `accounts.test`. Where a provider lets in registered programs alone and no client id is known, `unsupported` with `detail.provider`.',
    input: z.strictObject({ email: accountEmail.optional(), candidate: candidateSchema }),
    output: z.object({ credential: credentialSchema }),
  }),
  'accounts.signInAgain': app({
    about:
      'Signs in as `accounts.signIn` does, to an account that is there: by whoever signed the person in before, else as its servers have it. The credential is for `accounts.update`, which ends `blocked`; what was queued goes out then.',
    input: z.strictObject({ account: id }),
    output: z.object({ credential: credentialSchema }),
  }),
} as const satisfies Record<string, CallSpec>;
