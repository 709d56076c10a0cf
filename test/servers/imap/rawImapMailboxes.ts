import iconv from 'iconv-lite';
import { quoted, type RawImap } from './rawImap.ts';
import { pairsOf, type Token, textOf, tokensOf } from './rawImapLines.ts';

/** The STATUS item that names a mailbox, whatever it is renamed to: that of RFC 8474, or Dovecot's own. */
export type MailboxIdItem = 'MAILBOXID' | 'X-GUID';

/** A mailbox as LIST tells of it. `id` stays over renames; one that holds no mail is told by its path. */
export type ListedMailbox = { id: string; path: string; delimiter: string; selectable: boolean; role: string | null };

/** A path on the wire: in modified UTF-7 (RFC 3501 section 5.1.3), quoted. */
export const wireName = (path: string): string => quoted(iconv.encode(path, 'utf-7-imap').toString('latin1'));
const nameOf = (token: Token | undefined): string =>
  iconv.decode(Buffer.from(textOf(token), 'latin1'), 'utf-7-imap').replace(/^inbox$/i, 'INBOX');

const roles: Record<string, string> = {
  '\\archive': 'archive',
  '\\drafts': 'drafts',
  '\\junk': 'junk',
  '\\sent': 'sent',
  '\\trash': 'trash',
};

const container = (path: string, delimiter: string): ListedMailbox => ({
  id: `container ${path}`,
  path,
  delimiter,
  selectable: false,
  role: null,
});

const parsed = (flags: Token[], delimiter: string, path: string): ListedMailbox => {
  const names = flags.map((flag) => textOf(flag).toLowerCase());
  const selectable = !names.includes('\\noselect') && !names.includes('\\nonexistent');
  const role = path === 'INBOX' ? 'inbox' : (names.flatMap((name) => roles[name] ?? [])[0] ?? null);
  return { ...container(path, delimiter), selectable, role };
};

/** Every mailbox and whatever stands above one. */
export const listMailboxes = async (imap: RawImap, item: MailboxIdItem): Promise<ListedMailbox[]> => {
  const found = new Map<string, ListedMailbox>();
  const ids = new Map<string, string>();
  const { lines } = await imap.run(`LIST "" "*" RETURN (SPECIAL-USE STATUS (${item}))`);
  for (const line of lines) {
    const [, kind, ...rest] = tokensOf(line);
    if (kind === 'LIST') {
      const [flags, delimiter, name] = rest;
      const mailbox = parsed(Array.isArray(flags) ? flags : [], textOf(delimiter), nameOf(name));
      found.set(mailbox.path, mailbox);
    }
    // MAILBOXID answers a list of one, X-GUID the id itself.
    if (kind === 'STATUS') ids.set(nameOf(rest[0]), textOf([pairsOf(rest[1]).get(item) ?? null].flat()[0]));
  }
  // Those that are added meanwhile come by, too; by then, what stands above them is there.
  for (const { path, delimiter } of found.values()) {
    const names = delimiter === '' ? [path] : path.split(delimiter);
    for (let depth = 1; depth < names.length; depth += 1) {
      const above = names.slice(0, depth).join(delimiter);
      if (!found.has(above)) found.set(above, container(above, delimiter));
    }
  }
  return [...found.values()].map((mailbox) => ({ ...mailbox, id: ids.get(mailbox.path) ?? mailbox.id }));
};

/** The mailbox of that id; throws when there is none. */
export const mailboxOf = (all: ListedMailbox[], id: string): ListedMailbox => {
  const found = all.find((mailbox) => mailbox.id === id);
  if (!found) throw new Error(`notFound: the server has no mailbox ${id}`);
  return found;
};

/** The last part of a path, and the path above it, null at the top. */
export const splitPath = ({ path, delimiter }: ListedMailbox): { name: string; above: string | null } => {
  const cut = delimiter === '' ? -1 : path.lastIndexOf(delimiter);
  return cut < 0 ? { name: path, above: null } : { name: path.slice(cut + 1), above: path.slice(0, cut) };
};

/** A path of that name below another mailbox, or at the top. */
export const joinPath = (all: ListedMailbox[], name: string, parentId: string | null | undefined): string => {
  if (parentId == null) return name;
  const { path, delimiter } = mailboxOf(all, parentId);
  return `${path}${delimiter}${name}`;
};
