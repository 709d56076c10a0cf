import {
  type AccountSettings,
  type AccountSettingsPatch,
  accountSettingsSchema,
  bodySettingsSchema,
} from '../../src-shared/accountSettings.ts';
import { emailKey } from '../../src-shared/address.ts';
import { TernError } from '../../src-shared/errors.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** How bodies are kept on this machine. */
export type BodySettings = AccountSettings['bodies'];

/** A gigabyte holds the texts of some 50,000 emails. */
const bodyDefaults: BodySettings = { prefetch: true, maxBytes: 1e9, maxDays: null };

const partialBodies = bodySettingsSchema.partial();
const { label, signature, aliases, pictures } = accountSettingsSchema.shape;

const stored = (db: ReadDb, key: keyof AccountSettings): unknown => {
  const row = db.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key);
  return row && safeJson(row.value);
};

type Named<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
/** What of a patch is named at all. */
const named = <T extends object>(patch: T | undefined): Named<T> =>
  Object.fromEntries(Object.entries(patch ?? {}).filter(([, value]) => value !== undefined)) as Named<T>;

/** How bodies are kept; what was never set, or cannot be read, has its default. */
export const readBodySettings = (db: ReadDb): BodySettings => ({
  ...bodyDefaults,
  ...named(partialBodies.safeParse(stored(db, 'bodies')).data),
});

/** How lists of accounts call it; '' where the person did not say. */
export const readLabel = (db: ReadDb): string => label.safeParse(stored(db, 'label')).data ?? '';

/** All settings of the account; what was never set, or cannot be read, has its default. */
export const readAccountSettings = (db: ReadDb): AccountSettings => ({
  bodies: readBodySettings(db),
  label: readLabel(db),
  signature: signature.safeParse(stored(db, 'signature')).data ?? { text: '', html: '' },
  aliases: aliases.safeParse(stored(db, 'aliases')).data ?? [],
  pictures: pictures.safeParse(stored(db, 'pictures')).data ?? [],
});

/** Stores what is named and leaves the rest. */
export const writeAccountSettings = (tx: WriteDb, patch: AccountSettingsPatch): void => {
  const before = readAccountSettings(tx);
  const now: AccountSettings = {
    ...before,
    ...named(patch),
    bodies: { ...before.bodies, ...named(patch.bodies) },
    signature: { ...before.signature, ...named(patch.signature) },
    pictures: withSenders(before.pictures, patch.pictures ?? {}),
  };
  for (const key of Object.keys(named(patch)) as (keyof AccountSettings)[])
    tx.run('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)', key, JSON.stringify(now[key]));
};

/** More people than that nobody means one by one. */
const MOST_SENDERS = 1000;

/** Each once, as `emailKey` has it. */
const withSenders = (before: readonly string[], patch: Record<string, true | null>): string[] => {
  const senders = new Set(before);
  for (const [email, shown] of Object.entries(patch))
    if (shown === true) senders.add(emailKey(email));
    else senders.delete(emailKey(email));
  if (senders.size > MOST_SENDERS)
    throw new TernError('tooLarge', `at most ${MOST_SENDERS} senders`, { field: 'pictures' });
  return [...senders].toSorted();
};

/** Whether more bodies may be kept than before. */
export const allowsMore = (now: BodySettings, before: BodySettings): boolean =>
  now.maxBytes > before.maxBytes || (now.maxDays ?? Infinity) > (before.maxDays ?? Infinity);

/** Whether something was learned of this account; false unless it was. */
export const readSettingFlag = (db: ReadDb, key: string): boolean =>
  db.get('SELECT 1 FROM settings WHERE key = ? AND value = ?', key, 'true') !== undefined;

/** Keeps what was learned of this account. */
export const writeSettingFlag = (tx: WriteDb, key: string, value: boolean): void =>
  void tx.run('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)', key, String(value));
