import * as z from 'zod';
import { wireErrorSchema } from '../../src-shared/errors.ts';
import { safeJson } from '../lib/json.ts';

const schema = wireErrorSchema.pick({ kind: true, message: true });

/** What is kept of an error beside what it stopped. */
export type StoredError = z.infer<typeof schema>;

const readable = schema.catch({ kind: 'bug', message: '' });

/** Reads a stored error. One that no longer parses was one all the same. */
export const storedError = (text: string | null): StoredError | null =>
  text === null ? null : readable.parse(safeJson(text));
