import type { ReadDb } from './db.ts';
import { listMailboxes } from './mailboxes.ts';
import { foldText } from './searchText.ts';

/** The name that stands for every mailbox, trash and junk too, unless one is called so. */
const ANYWHERE = 'anywhere';

/** What people call roles. */
const ROLES: Record<string, string> = { spam: 'junk', bin: 'trash' };

const folded = (name: string): string => foldText(name).toLowerCase().trim();

/** Local ids of the mailboxes with this name, path or role, in any case and without marks (F5); 'all' for every mailbox. */
export const mailboxesCalled = (db: ReadDb, name: string): number[] | 'all' => {
  const wanted = folded(name);
  const role = ROLES[wanted] ?? wanted;
  const mailboxes = listMailboxes(db, '');
  const named = mailboxes.filter(
    (each) => [each.name, each.path].some((own) => folded(own) === wanted) || each.role === role,
  );
  if (named.length === 0 && wanted === ANYWHERE) return 'all';
  return named.map(({ id }) => Number(id));
};
