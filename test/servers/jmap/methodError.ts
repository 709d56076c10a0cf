import * as z from 'zod';
import type { Fields } from './model.ts';
import type { Site } from './site.ts';

const mark = Symbol('method error');

/** What to throw from a method to answer an error (RFC 8620 section 3.6.2). */
export const methodError = (type: string, extras: Fields = {}): Error =>
  Object.assign(new Error(type), { [mark]: { type, ...extras } });

/** The arguments of the error response that a thrown value stands for; null: it is a bug of the server. */
export const errorArguments = (thrown: unknown): Fields | null => {
  if (!(thrown instanceof Error) || !(mark in thrown)) return null;
  const parsed = z.looseObject({ type: z.string() }).safeParse(thrown[mark]);
  return parsed.success ? parsed.data : null;
};

/** The names of an object's fields that a schema refused. */
export const wrongNames = ({ issues }: z.ZodError): string[] => {
  const names = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? '')],
  );
  return [...new Set(names)];
};

/** The arguments of a call, checked: invalidArguments or accountNotFound otherwise (RFC 8620 section 3.6.2). */
export const parseArguments = <T extends { accountId: string }>(site: Site, schema: z.ZodType<T>, args: Fields): T => {
  const parsed = schema.safeParse(args);
  if (!parsed.success) {
    throw methodError('invalidArguments', {
      arguments: wrongNames(parsed.error),
      description: parsed.error.message,
    });
  }
  if (site.session.missing || parsed.data.accountId !== site.session.accountId) throw methodError('accountNotFound');
  return parsed.data;
};

/** An Id (RFC 8620 section 1.2). */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/);
