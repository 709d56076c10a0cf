import * as z from 'zod';

const byId = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

/** The answer to any Foo/set: RFC 8620 section 5.3. What is empty may be null or missing. */
export const setSchema = z.object({
  newState: z.string().nullish(),
  created: byId,
  updated: byId,
  destroyed: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  notCreated: byId,
  notUpdated: byId,
  notDestroyed: byId,
});
