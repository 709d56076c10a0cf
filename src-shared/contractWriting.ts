import * as z from 'zod';
import { account, type CallSpec, fanOut } from './callSpec.ts';
import {
  beginningSchema,
  draftInputSchema,
  draftRowSchema,
  draftSchema,
  identitySchema,
  replyModes,
  submissionSchema,
} from './draft.ts';
import { id } from './model.ts';
import { personSchema } from './people.ts';
import { isTimeZone } from './timeZone.ts';

const nothing = z.strictObject({});
const time = z.iso.datetime();
const zone = z.string().max(64).refine(isTimeZone, 'no such time zone');

/** The calls by which a person writes and sends. */
export const writingCalls = {
  'drafts.save': account({
    about:
      'Keeps a draft whole; answers once it is on disk, and the server has it soon after. `attachments`: left out, they stay; each is bytes (base64), `held` by the draft already or by a `draft` of another `account`, a part of an email (all of it without `part`), a `path` of this machine (from scripts alone, else `forbidden`), or a `file` that the host gave out. `repliesTo`: the Message-ID that a new draft answers where no email here is named. `conflict` for one that is being sent.',
    input: draftInputSchema,
    output: z.object({ draft: id }),
  }),
  'drafts.begin': account({
    about:
      'What an answer to an email begins as, or a message that passes it on: recipients, subject, signature and quote, for `drafts.save` (its attachments without `name` and `type`). With `timeZone` (IANA), the quote tells by that clock when it was written. Nothing is kept by it.',
    input: z.strictObject({ email: id, mode: z.enum(replyModes), timeZone: zone.optional() }),
    output: beginningSchema,
  }),
  'drafts.get': account({
    about: 'A draft; with `email`, what another client left in Drafts is taken over as one.',
    input: z
      .strictObject({ draft: id.optional(), email: id.optional() })
      .refine(({ draft, email }) => (draft === undefined) !== (email === undefined), {
        path: ['draft'],
        message: 'name a draft or an email, and not both',
      }),
    output: draftSchema,
  }),
  'drafts.file': account({
    about: 'A file that a draft holds, as a file of this machine that nobody may change.',
    input: z.strictObject({ draft: id, held: id }),
    output: z.object({
      path: z.string(),
      name: z.string(),
      type: z.string(),
      size: z.int(),
      cid: z.string().nullable(),
    }),
  }),
  'drafts.list': account({
    about: 'Every draft, the latest first, also what other clients left in Drafts.',
    input: nothing,
    output: z.object({ drafts: z.array(draftRowSchema) }),
  }),
  'drafts.discard': account({
    about: 'Gives a draft up, here and on the server.',
    input: z.strictObject({ draft: id }),
    output: nothing,
  }),
  'drafts.send': account({
    about:
      'Sends a draft, or will: answers once that is on disk, also offline. Until `undoSeconds` are over, or `sendAt`, it can be cancelled for certain. Of a draft that is being sent, or was, it answers the same submission.',
    input: z.strictObject({ draft: id, undoSeconds: z.int().min(0).max(3600).default(0), sendAt: time.optional() }),
    output: z.object({ submission: id }),
  }),
  'submissions.list': fanOut({
    about:
      'What is on its way, failed, or was sent in the last 30 days; the latest first. `uncertain`: it may have been sent, nobody said so, and it is not sent again unless the person says so.',
    input: nothing,
    output: z.object({ submissions: z.array(submissionSchema) }),
  }),
  'submissions.cancel': account({
    about:
      'Takes back what nobody has got: it is a draft again. What somebody has got goes to nobody else (`stopped`), and recipients who were left are `cancelled`. `conflict` where it is too late.',
    input: z.strictObject({ submission: id }),
    output: z.object({ state: z.enum(['cancelled', 'stopped']) }),
  }),
  'submissions.resolve': account({
    about:
      'Settles an `uncertain` or `failed` one: looks again, hands it over once more, or gives it up; what nobody got is a draft then.',
    input: z.strictObject({ submission: id, action: z.enum(['check', 'resend', 'discard']) }),
    output: z.object({ state: z.enum([...submissionSchema.shape.state.options, 'discarded']) }),
  }),
  'people.suggest': fanOut({
    about:
      'Whom the person may mean by what was typed: names and addresses with words that begin so, of the mail that is held, without junk, drafts and the person. Whom they wrote to, often and lately, first.',
    input: z.strictObject({ text: z.string().max(200), limit: z.int().min(1).max(50).default(10) }),
    output: z.object({ people: z.array(personSchema) }),
  }),
  'identities.list': account({
    about: 'Who the person can send as, the first unless another is chosen. `email` may be `*@domain`.',
    input: nothing,
    output: z.object({ identities: z.array(identitySchema) }),
  }),
} as const satisfies Record<string, CallSpec>;
