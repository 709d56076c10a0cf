import { rightNames } from '../../../src-shared/model.ts';
import type { RemoteMailbox } from '../../../src-shared/remote.ts';
import { isSelectable, type ListedMailbox } from './list.ts';
import type { Matched } from './matching.ts';
import { displayName } from './names.ts';
import { rolesOf } from './roles.ts';

/** The name of the mailbox above; null at the top. */
const parentPath = ({ path, delimiter }: ListedMailbox): string | null => {
  const at = delimiter === null ? -1 : path.lastIndexOf(delimiter);
  return at > 0 ? path.slice(0, at) : null;
};

/** A server may list a mailbox and leave out what is above it: these hold no mail. */
export const withParents = (listed: readonly ListedMailbox[]): ListedMailbox[] => {
  const all = new Map(listed.map((each) => [each.path, each]));
  for (const each of listed) {
    for (
      let child = each, parent = parentPath(child);
      parent !== null && !all.has(parent);
      parent = parentPath(child)
    ) {
      child = { ...child, path: parent, attributes: new Set(['\\nonexistent']), isSubscribed: false, status: null };
      all.set(parent, child);
    }
  }
  return [...all.values()];
};

/** Where archived mail is on Gmail: out of the inbox, in All Mail. */
const roleOf = ({ labels }: Matched, role: string | null): string | null => (labels ? 'archive' : role);

const ORDER = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'];
const LAST = ORDER.length + 1;

/** Mailboxes as a person sees them, parents first. */
export const remoteMailboxes = (mailboxes: readonly Matched[]): RemoteMailbox[] => {
  const roles = rolesOf(mailboxes);
  const keys = new Map(mailboxes.map(({ path, key }) => [path, key]));
  return mailboxes
    .toSorted((a, b) => a.path.length - b.path.length)
    .map((mailbox) => {
      const role = roleOf(mailbox, roles.get(mailbox.path) ?? null);
      const parent = parentPath(mailbox);
      return {
        remoteId: mailbox.key,
        name: displayName(mailbox.path, mailbox.delimiter),
        parentRemoteId: parent === null ? null : (keys.get(parent) ?? null),
        role,
        sortOrder: role === null ? LAST : ORDER.indexOf(role) + 1 || LAST,
        isSubscribed: mailbox.isSubscribed,
        totalEmails: mailbox.status?.messages ?? 0,
        unreadEmails: Math.min(mailbox.status?.unseen ?? 0, mailbox.status?.messages ?? 0),
        rights: rightsOf(mailbox),
      };
    });
};

/** Without ACL (RFC 4314) nothing tells what is allowed: a server refuses what is not. */
const rightsOf = (mailbox: Matched): RemoteMailbox['rights'] => {
  const holdsMail = isSelectable(mailbox);
  const isInbox = mailbox.path === 'INBOX';
  const lacking: Partial<Record<(typeof rightNames)[number], boolean>> = {
    mayReadItems: holdsMail,
    mayAddItems: holdsMail,
    mayRemoveItems: holdsMail,
    maySetSeen: holdsMail,
    maySetKeywords: holdsMail,
    maySubmit: holdsMail,
    mayCreateChild: mailbox.delimiter !== null && !mailbox.attributes.has('\\noinferiors'),
    mayRename: !isInbox,
    mayDelete: !isInbox,
  };
  return Object.fromEntries(rightNames.map((right) => [right, lacking[right] ?? true])) as RemoteMailbox['rights'];
};
