import { type AccountSettings, bodySettingsSchema } from '../../src-shared/model.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** How bodies are kept on this machine. */
export type BodySettings = AccountSettings['bodies'];

/** A gigabyte holds the texts of some 50,000 emails. */
const bodyDefaults: BodySettings = { prefetch: true, maxBytes: 1e9, maxDays: null };

const partial = bodySettingsSchema.partial();

/** How bodies are kept; what was never set, or cannot be read, has its default. */
export const readBodySettings = (db: ReadDb): BodySettings => {
  const row = db.get<{ value: string }>("SELECT value FROM settings WHERE key = 'bodies'");
  const stored = partial.safeParse(row === undefined ? {} : safeJson(row.value));
  const given = Object.entries(stored.success ? stored.data : {}).filter(([, value]) => value !== undefined);
  return { ...bodyDefaults, ...Object.fromEntries(given) };
};

/** Stores how bodies are kept. */
export const writeBodySettings = (tx: WriteDb, settings: BodySettings): void => {
  tx.run("INSERT OR REPLACE INTO settings (key, value) VALUES ('bodies', ?)", JSON.stringify(settings));
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
