import { decodeName } from './names.ts';
import { roleNames } from './roleNames.ts';

/** A mailbox as LIST shows it: its name on the server, and its attributes in lower case. */
type Listed = { path: string; delimiter: string | null; attributes: ReadonlySet<string> };

/** Attributes of RFC 6154 and RFC 8457, and the roles they stand for (RFC 8621 section 2). */
const SPECIAL_USE = new Map([
  ['\\drafts', 'drafts'],
  ['\\sent', 'sent'],
  ['\\trash', 'trash'],
  ['\\junk', 'junk'],
  ['\\archive', 'archive'],
  ['\\all', 'all'],
  ['\\flagged', 'flagged'],
  ['\\important', 'important'],
]);

/** Mailboxes below which servers put the ones that have a role. */
const ROOTS = new Set(['inbox', '[gmail]', '[google mail]']);

const isInbox = ({ path }: Listed): boolean => path.toLowerCase() === 'inbox';

const componentsOf = ({ path, delimiter }: Listed): string[] => (delimiter ? path.split(delimiter) : [path]);

/** The name that a role may be guessed from: of a mailbox that can hold mail, at the top or right below a root. */
const tellingName = (mailbox: Listed): string | null => {
  const components = componentsOf(mailbox);
  const [root = '', ...rest] = components;
  const inPlace = rest.length === 0 || (rest.length === 1 && ROOTS.has(root.toLowerCase()));
  if (!inPlace || mailbox.attributes.has('\\noselect') || mailbox.attributes.has('\\nonexistent')) return null;
  return decodeName(components.at(-1) ?? '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ')
    .trim();
};

/**
 * Which mailboxes have which roles (RFC 8621 section 2), by their names on the server: INBOX; then what the server says by
 * SPECIAL-USE; then, for roles it names no mailbox for, well-known names in many languages. A mailbox has one role, a role
 * one mailbox. Of several that could have it, the one higher up, then the first in the order of names: the order in which
 * they are listed means nothing.
 */
export const rolesOf = (mailboxes: readonly Listed[]): Map<string, string> => {
  const roles = new Map<string, string>();
  const given = new Set<string>();
  const give = (path: string, role: string): void => {
    if (roles.has(path) || given.has(role)) return;
    roles.set(path, role);
    given.add(role);
  };
  const ordered = mailboxes.toSorted(
    (a, b) => componentsOf(a).length - componentsOf(b).length || (a.path < b.path ? -1 : 1),
  );
  for (const mailbox of ordered) if (isInbox(mailbox)) give(mailbox.path, 'inbox');
  for (const [attribute, role] of SPECIAL_USE)
    for (const { path, attributes } of ordered) if (attributes.has(attribute)) give(path, role);
  const byName = new Map<string, string>();
  for (const mailbox of ordered.toReversed()) {
    const name = roles.has(mailbox.path) ? null : tellingName(mailbox);
    if (name !== null) byName.set(name, mailbox.path);
  }
  for (const [name, role] of roleNames) {
    const path = byName.get(name);
    if (path !== undefined) give(path, role);
  }
  return roles;
};
