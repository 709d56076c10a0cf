import * as z from 'zod';

/** Names of things that are kept by name; none of them is one that an object has anyway. */
const name = z.string().regex(/^[a-z0-9][\w.-]{0,99}$/i, 'must be letters, digits, dots and dashes');

/** In UTF-16 units of JSON: one value of the window's, and all of them together. */
const LARGEST_VALUE = 16_000;
export const LARGEST_WINDOW = 64_000;

const isPlain = (value: unknown, depth = 0): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (depth > 20 || typeof value !== 'object') return false;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((each) => isPlain(each, depth + 1));
};

const windowValue = z
  .unknown()
  .refine((value) => isPlain(value) && JSON.stringify(value).length <= LARGEST_VALUE, 'must be a small JSON value');

/** A provider that Tern knows, or the URL by which a server of anybody's own is the issuer of tokens. */
const provider = z.union([name, z.string().regex(/^https?:\/\/[\w.:/~-]{1,300}$/i, 'must be the URL of an issuer')]);
const clientId = z.string().min(1).max(500);

/**
 * Settings of the app itself. `ispdb`: whether Mozilla's database is asked about the domain of a new account.
 * `oauthClients`: as whom Tern signs people in, by provider or issuer; the secret is never told. `window`: the window's own, by name.
 */
export const appSettingsSchema = z.strictObject({
  ispdb: z.boolean(),
  oauthClients: z.record(provider, z.strictObject({ clientId, hasSecret: z.boolean() })),
  window: z.record(name, windowValue),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

/** What changes; null takes a provider, a secret or a value away. A secret that is left out stays with its client id. */
export const appSettingsPatchSchema = z.strictObject({
  ispdb: z.boolean().optional(),
  oauthClients: z
    .record(
      provider,
      z.strictObject({ clientId, clientSecret: z.string().min(1).max(2000).nullable().optional() }).nullable(),
    )
    .optional(),
  window: z.record(name, windowValue).optional(),
});
export type AppSettingsPatch = z.infer<typeof appSettingsPatchSchema>;
