import * as z from 'zod';
import { wireErrorSchema } from './errors.ts';
import { id, phaseNames } from './model.ts';
import { candidateSchema, probeSchema } from './setup.ts';

const time = z.iso.datetime();
const ids = z.array(id);
/** The events: always after a commit, never a command. */
export const events = {
  changed: {
    about:
      "Rows changed. `seq` grows by one and starts over with each run of the account's worker, whose first event has no lists. Without lists: read again what is on screen.",
    data: z.object({
      account: id,
      seq: z.int(),
      mailboxes: ids.optional(),
      emails: z.object({ created: ids, updated: ids, destroyed: ids }).optional(),
      threads: ids.optional(),
    }),
  },
  phase: {
    about: 'The account entered another phase.',
    data: z.object({
      account: id,
      phase: z.enum(phaseNames),
      error: wireErrorSchema.optional(),
      retryAt: time.optional(),
    }),
  },
  pending: {
    about: 'How many changes are on their way, without an answer, and given up.',
    data: z.object({ account: id, queued: z.int(), uncertain: z.int(), failed: z.int() }),
  },
  outgoing: {
    about: 'Drafts changed, or what is on its way out: read again what is on screen.',
    data: z.object({ account: id }),
  },
  notify: {
    about:
      'New mail in the inbox that nobody read yet, once for each: what came before the first sync, was moved, or was found by a look at everything is none. More than 5 in one cycle are one event with their number.',
    data: z.union([z.object({ account: id, email: id }), z.object({ account: id, count: z.int() })]),
  },
  progress: {
    about: 'How far the first fill is, in emails.',
    data: z.object({ account: id, done: z.int(), total: z.int() }),
  },
  download: {
    about:
      'How far an attachment, or the source of an email where `part` is null, is on its way into a file, in bytes.',
    data: z.object({ account: id, email: id, part: z.string().nullable(), done: z.int(), total: z.int() }),
  },
  discovery: {
    about: 'What a source of `accounts.discover` says by now, and all candidates so far, the best first.',
    data: z.object({ email: z.string(), probe: probeSchema, candidates: z.array(candidateSchema) }),
  },
  browse: {
    about: 'A page for the person, to be opened in the system browser, where the host does not do so by itself.',
    data: z.object({ url: z.string() }),
  },
} as const;
export type EventName = keyof typeof events;
export type EventData<N extends EventName> = z.infer<(typeof events)[N]['data']>;
