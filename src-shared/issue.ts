import type * as z from 'zod';
import { TernError } from './errors.ts';

/** An input as its schema has it. Throws `invalid`, which names the field; `what`: words before that. */
export const parseInput = <S extends z.ZodType>(schema: S, input: unknown, what = ''): z.output<S> => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const { field, message } = firstIssue(result.error);
  throw new TernError('invalid', `${what}${field}: ${message}`, { field });
};

/** The first thing that is wrong with an input: the dotted path of the field, an unknown key's name included, and why. */
const firstIssue = (error: z.ZodError): { field: string; message: string } => {
  const issue = error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return {
    field: [...(issue?.path ?? []), ...unknownKey].join('.') || 'input',
    message: issue?.message ?? 'not valid',
  };
};
