import * as z from 'zod';
import { safeJson } from '../../lib/json.ts';
import { placeSchema, start } from './walk.ts';

/** The first fill's cursor: on its way through all ids, then checking that none was missed, then done. */
const fillSchema = z.discriminatedUnion('stage', [
  z.object({ stage: z.literal('walk'), place: placeSchema, total: z.number() }),
  /** `fruitless`: so many cycles in a row found fewer emails than the server counts; not again before `notBefore` (ms). */
  z.object({ stage: z.literal('verify'), fruitless: z.int().default(0), notBefore: z.int().default(0) }),
  z.object({ stage: z.literal('done') }),
]);
/** How far the first fill is. */
export type Fill = z.infer<typeof fillSchema>;

/** A check of the fill that is due now. */
export const toVerify: Fill = { stage: 'verify', fruitless: 0, notBefore: 0 };

/** The cursor as text. */
export const fillText = (fill: Fill): string => JSON.stringify(fill);
/** Reads the cursor; a text that no longer parses means to walk anew: what is held is not fetched again. */
export const fillOf = (text: string | null): Fill => {
  const parsed = fillSchema.safeParse(text === null ? null : safeJson(text));
  return parsed.success ? parsed.data : { stage: 'walk', place: start, total: 0 };
};
