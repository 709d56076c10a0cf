import { TernError } from '../../src-shared/errors.ts';

/** Ends what is going on when something that must hold does not: a bug of ours, never the world's. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new TernError('bug', why);
}

/** Makes a switch exhaustive: it compiles only while every case is handled. */
export const assertNever = (value: never): never => {
  throw new TernError('bug', `unhandled case: ${JSON.stringify(value)}`);
};
