import type { z } from 'zod';

/** The first thing that is wrong with an input: the dotted path of the field, an unknown key's name included, and why. */
export const firstIssue = (error: z.ZodError): { field: string; message: string } => {
  const issue = error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return {
    field: [...(issue?.path ?? []), ...unknownKey].join('.') || 'input',
    message: issue?.message ?? 'not valid',
  };
};
