import * as z from 'zod';
import { TernError } from '../../src-shared/errors.ts';
import { parseInput } from '../../src-shared/issue.ts';

/** A call as the window makes it, over the channel `tern`, as JSON: it is the contract's, as the headless host speaks it. */
export type WindowCall = { call: string; account: string | null; input: unknown };

/** In UTF-16 units: a draft with its attachments as bytes. */
export const LONGEST_CALL = 64 * 1024 * 1024;

const callSchema = z.strictObject({
  call: z.string().max(100),
  account: z.string().max(64).nullish(),
  input: z.unknown().optional(),
});

/** Reads a call that came from a window: nothing of it is trusted. Throws `invalid`, `tooLarge`. */
export const parseCall = (text: unknown): WindowCall => {
  if (typeof text !== 'string') throw new TernError('invalid', 'not a request');
  if (text.length > LONGEST_CALL) throw new TernError('tooLarge', 'the request is too long');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new TernError('invalid', 'the request is not JSON');
  }
  const { call, account, input } = parseInput(callSchema, raw, 'not a request: ');
  return { call, account: account ?? null, input };
};
