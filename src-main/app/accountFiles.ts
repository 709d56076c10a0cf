import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { TernError } from '../../src-shared/errors.ts';
import { replaceFile } from '../lib/replaceFile.ts';

/** What is known of an account without its database: no secret in it. */
const cardSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  protocol: z.enum(['jmap', 'imap']),
  order: z.int().default(0),
  colour: z.string().nullable().default(null),
});
export type AccountCard = z.infer<typeof cardSchema>;

/** The accounts folder: one folder per account with its database and its card. */
export type AccountFiles = {
  /** Ids of every account, in the order of their names, and the card of each that can be read. */
  list(): { id: string; card: AccountCard | undefined }[];
  /** Makes a folder, marked as unfinished until `finish`: what is cut off in between is deleted at the next start. */
  create(id: string): void;
  finish(id: string): void;
  isUnfinished(id: string): boolean;
  database(id: string): string;
  /** Deletes the files that were made for a person to open: they last as long as the host. */
  clearTemp(): void;
  /** Writes the card by rename, so that it is there whole or not at all. */
  writeCard(card: AccountCard): void;
  /** Sets the folder aside under a name that is no account's, then deletes it. */
  remove(id: string): void;
};

const validId = /^[0-9a-f-]{36}$/;
const DATABASE = 'mail.sqlite';
/** In the folder of an account that is being added, until its database holds it. */
const MARK = 'adding';
const ASIDE = 'removed-';
/** The worker makes it beside the database. */
const TEMP = 'temp';

/** The folder under a data folder; what a removal left behind is deleted first. Throws `storage`. */
export const openAccountFiles = (dataDir: string): AccountFiles => {
  const root = join(dataDir, 'accounts');
  const folder = (id: string): string => join(root, id);
  storage('the accounts folder cannot be used', () => mkdirSync(root, { recursive: true, mode: 0o700 }));
  const names = (): string[] => storage('the accounts folder cannot be read', () => readdirSync(root).toSorted());
  const clearTemp = (): void => {
    for (const name of names()) if (validId.test(name)) deleteQuietly(join(folder(name), TEMP));
  };
  clearTemp();
  for (const name of names()) if (name.startsWith(ASIDE) || isUnfinished(folder(name))) deleteQuietly(folder(name));
  return {
    list: () => names().flatMap((id) => (validId.test(id) ? { id, card: readCard(folder(id), id) } : [])),
    create: (id) =>
      storage("the account's folder cannot be made", () => {
        mkdirSync(folder(id), { mode: 0o700 });
        writeFileSync(join(folder(id), MARK), '');
      }),
    finish: (id) =>
      storage("the account's folder cannot be written", () => rmSync(join(folder(id), MARK), { force: true })),
    isUnfinished: (id) => isUnfinished(folder(id)),
    clearTemp,
    database: (id) => join(folder(id), DATABASE),
    writeCard: (card) =>
      storage("the account's folder cannot be written", () => {
        if (JSON.stringify(readCard(folder(card.id), card.id)) === JSON.stringify(card)) return;
        const path = join(folder(card.id), 'account.json');
        replaceFile(path, JSON.stringify(card));
      }),
    remove: (id) => {
      const aside = folder(`${ASIDE}${id}`);
      storage("the account's folder cannot be removed", () => renameSync(folder(id), aside));
      deleteQuietly(aside);
    },
  };
};

/** True while an `accounts.add` has not stored its account yet; damage alone is no reason to delete a folder. */
const isUnfinished = (folder: string): boolean => existsSync(join(folder, MARK));

const readCard = (folder: string, id: string): AccountCard | undefined => {
  try {
    const parsed = cardSchema.safeParse(JSON.parse(readFileSync(join(folder, 'account.json'), 'utf8')));
    return parsed.success && parsed.data.id === id ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

/** The account is gone by its name already; what cannot be deleted now is deleted at the next start. */
const deleteQuietly = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    return;
  }
};

const storage = <T>(why: string, fn: () => T): T => {
  try {
    return fn();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new TernError('storage', `${why} (${code})`, { cause: error, detail: { code } });
  }
};
