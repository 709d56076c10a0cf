import { TernError } from '../../src-shared/errors.ts';
import { type Config, configSchema } from '../../src-shared/model.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** The account's own row. `credential` is sealed: only the host's vault can open it. */
export type Account = {
  id: string;
  email: string;
  name: string;
  config: Config;
  credential: string;
  paused: boolean;
  order: number;
  colour: string | null;
};

type Row = Omit<Account, 'config' | 'paused' | 'order'> & { config: string; paused: number; sort_order: number };

/** The account, or undefined in a database whose account was never stored. Throws `storage` if it no longer parses. */
export const readAccount = (db: ReadDb): Account | undefined => {
  const row = db.get<Row>('SELECT id, email, name, config, credential, paused, sort_order, colour FROM account');
  if (!row) return undefined;
  const config = configSchema.safeParse(safeJson(row.config));
  if (!config.success) throw new TernError('storage', "the account's stored configuration cannot be read");
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    config: config.data,
    credential: row.credential,
    paused: row.paused === 1,
    order: row.sort_order,
    colour: row.colour,
  };
};

/** Stores a sealed credential in place of the one that it was made from; false where that is not there any more. */
export const keepCredential = (tx: WriteDb, from: string, to: string): boolean =>
  tx.run('UPDATE account SET credential = ? WHERE credential = ?', to, from).changes === 1;

/** Stores the account, replacing what was there. */
export const writeAccount = (tx: WriteDb, account: Account): void => {
  tx.run(
    'INSERT OR REPLACE INTO account (id, email, name, config, credential, paused, sort_order, colour) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    account.id,
    account.email,
    account.name,
    JSON.stringify(account.config),
    account.credential,
    account.paused ? 1 : 0,
    account.order,
    account.colour,
  );
};
