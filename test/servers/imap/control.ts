import type { MailServer, Truth } from '../mailServer.ts';
import { append, copy, expunge, move, setFlags } from './entries.ts';
import { decodeText, valueOf } from './header.ts';
import { createMailbox, deleteMailbox, renameMailbox } from './mailboxes.ts';
import { type ImapMail, parseMessage } from './messages.ts';
import type { Account, Entry, Mailbox } from './model.ts';
import { parentPath } from './names.ts';
import { displace } from './places.ts';
import type { Site } from './site.ts';

/** Where an email is: in one mailbox, or on Gmail in several. */
type Place = { path: string; uidValidity: number; uid: number };

/** What tests do to the server as if they were another client; each call happens at once, between two commands. */
export type Control = Omit<Required<MailServer>, 'name' | 'config' | 'credential' | 'restart' | 'stop'> & {
  deliver(mails: ImapMail[]): Promise<string[]>;
  /** Makes the server accept this bearer token; null: none. */
  setToken(token: string | null): Promise<void>;
  /** The id of a mailbox by its role, or by its path with '/' between the names, whatever the delimiter is. */
  mailboxId(roleOrPath: string): string;
  /** Every mailbox with its id, and those that only hold others. */
  boxes(): { id: string; path: string; uidValidity: number; selectable: boolean }[];
  /** Where an email is now; empty once it is gone. */
  places(id: string): Place[];
  /** The email at a place; undefined where there is none. */
  emailAt(path: string, uid: number): string | undefined;
};

const flagNames: Record<string, string> = {
  $seen: '\\Seen',
  $flagged: '\\Flagged',
  $answered: '\\Answered',
  $draft: '\\Draft',
  $deleted: '\\Deleted',
};
const keywordNames = new Map(Object.entries(flagNames).map(([keyword, flag]) => [flag, keyword]));
const flagOf = (keyword: string): string => flagNames[keyword.toLowerCase()] ?? keyword;
const keywordOf = (flag: string): string => keywordNames.get(flag) ?? flag.toLowerCase();

const roleOf = ({ path, specialUse }: Mailbox): string | null =>
  path === 'INBOX' ? 'inbox' : (specialUse?.slice(1).toLowerCase() ?? null);

const mailboxOf = (account: Account, id: string): Mailbox => {
  const found = [...account.mailboxes.values()].find((mailbox) => mailbox.id === id);
  if (!found) throw new Error(`The test server has no mailbox ${id}`);
  return found;
};

/** The places of an email; where it is gone, those of its copies. */
const placesOf = (account: Account, id: string): Entry[] => {
  const own = account.places.get(id);
  if (own) return own;
  const family = [...account.places.values()].flat().filter((entry) => entry.family === id);
  if (family.length === 0) throw new Error(`The test server has no ${id}`);
  return family;
};

/** A mailbox that mail can be put into. */
const holderOf = (account: Account, id: string): Mailbox => {
  const mailbox = mailboxOf(account, id);
  if (!mailbox.selectable) throw new Error(`Mailbox ${mailbox.path} of the test server only holds others`);
  return mailbox;
};

const deliver = ({ account, make }: Site, mail: ImapMail): string => {
  const inbox = account.mailboxes.get('INBOX');
  const mailboxes = mail.mailboxIds?.map((id) => holderOf(account, id)) ?? (inbox ? [inbox] : []);
  const [first, ...others] = mailboxes;
  if (!first) throw new Error('A mail for the test server is in no mailbox');
  const entry = append(account, first, make.ofMail(mail), (mail.keywords ?? []).map(flagOf));
  for (const other of others) copy(account, entry, other);
  return entry.id;
};

const patchFlags = (account: Account, id: string, patch: Record<string, true | null>): void => {
  for (const entry of account.gmail ? placesOf(account, id).slice(0, 1) : placesOf(account, id)) {
    const flags = new Set(entry.flags);
    for (const [keyword, value] of Object.entries(patch)) {
      const flag = flagOf(keyword);
      for (const own of entry.flags) if (own.toLowerCase() === flag.toLowerCase()) flags.delete(own);
      if (value) flags.add(flag);
    }
    setFlags(account, entry, [...flags]);
  }
};

/** Adds are copies, and what is taken away is expunged there; both together are a move. */
const patchMailboxes = (account: Account, id: string, patch: Record<string, true | null>): void => {
  const named = (value: true | null) =>
    Object.entries(patch).flatMap(([box, given]) => (given === value ? [holderOf(account, box)] : []));
  const places = placesOf(account, id);
  const [first] = places;
  const added = named(true).filter((mailbox) => !places.some((entry) => entry.mailbox === mailbox));
  const taken = named(null);
  if (!first) return;
  let here = places.find(({ mailbox }) => taken.includes(mailbox)) ?? first;
  for (const [index, mailbox] of added.entries()) {
    if (index === 0 && taken.includes(here.mailbox)) here = move(account, here, mailbox);
    else copy(account, here, mailbox);
  }
  const family = [...account.places.values()].flat().filter((entry) => entry.family === first.family);
  const others = places.some(({ mailbox }) => taken.includes(mailbox)) ? places : family;
  for (const entry of others) if (!entry.gone && taken.includes(entry.mailbox)) expunge(account, entry);
};

const truthOf = (account: Account): Truth => {
  const truth: Truth = { mailboxes: {}, emails: {} };
  for (const mailbox of account.mailboxes.values()) {
    const parent = parentPath(mailbox.path, account.delimiter);
    const shown = mailbox.entries.filter(({ flags }) => !flags.includes('\\Deleted'));
    truth.mailboxes[mailbox.id] = {
      name: parent === null ? mailbox.path : mailbox.path.slice(parent.length + account.delimiter.length),
      parentId: parent === null ? null : (account.mailboxes.get(parent)?.id ?? null),
      role: roleOf(mailbox),
      totalEmails: shown.length,
      unreadEmails: shown.filter(({ flags }) => !flags.includes('\\Seen') && !flags.includes('\\Draft')).length,
    };
  }
  for (const [id, all] of account.places) {
    const shown = all.filter(({ flags }) => !flags.includes('\\Deleted'));
    const [entry] = shown;
    if (!entry) continue;
    truth.emails[id] = {
      subject: subjectOf(entry),
      receivedAt: new Date(entry.message.at).toISOString().replace('.000Z', 'Z'),
      mailboxIds: shown.map(({ mailbox }) => mailbox.id).toSorted(),
      keywords: entry.flags.map(keywordOf).toSorted(),
    };
  }
  return truth;
};

const subjectOf = ({ message }: Entry): string | null => {
  const raw = valueOf(parseMessage(message).root.fields, 'Subject');
  return raw === null ? null : decodeText(raw);
};

const mailboxId = (account: Account, roleOrPath: string): string => {
  const path = roleOrPath.replaceAll('/', account.delimiter);
  const all = [...account.mailboxes.values()];
  const found = all.find((mailbox) => roleOf(mailbox) === roleOrPath) ?? account.mailboxes.get(path);
  if (!found) throw new Error(`The test server has no mailbox ${roleOrPath}`);
  return found.id;
};

const pathBelow = (account: Account, name: string, parentId: string | null): string => {
  if (name.includes(account.delimiter)) throw new Error(`A name with the delimiter of the test server: ${name}`);
  return parentId === null ? name : mailboxOf(account, parentId).path + account.delimiter + name;
};

/** The control of a site. */
export const createControl = (site: Site): Control => {
  const { account, signIn } = site;
  const each = (ids: string[], act: (id: string) => void): void => {
    for (const id of new Set(ids)) act(id);
  };
  const rename = (id: string, name: string, parentId: string | null): void =>
    renameMailbox(account, mailboxOf(account, id).path, pathBelow(account, name, parentId));
  return {
    deliver: async (mails) => mails.map((mail) => deliver(site, mail)),
    setKeywords: async (ids, patch) => each(ids, (id) => patchFlags(account, id, patch)),
    setMailboxes: async (ids, patch) => each(ids, (id) => patchMailboxes(account, id, patch)),
    destroy: async (ids) => each(ids, (id) => placesOf(account, id).forEach((entry) => displace(account, entry))),
    createMailbox: async (name, parentId) =>
      createMailbox(account, { path: pathBelow(account, name, parentId ?? null) }).id,
    renameMailbox: async (id, name) => {
      const parent = parentPath(mailboxOf(account, id).path, account.delimiter);
      rename(id, name, parent === null ? null : (account.mailboxes.get(parent)?.id ?? null));
    },
    moveMailbox: async (id, parentId) => {
      const { path } = mailboxOf(account, id);
      rename(id, path.slice((parentPath(path, account.delimiter)?.length ?? -1) + 1), parentId);
    },
    deleteMailbox: async (id) => deleteMailbox(account, mailboxOf(account, id).path),
    changePassword: async (password) => {
      signIn.password = password;
    },
    setToken: async (token) => {
      signIn.token = token;
    },
    mailboxId: (roleOrPath) => mailboxId(account, roleOrPath),
    boxes: () =>
      [...account.mailboxes.values()].map(({ id, path, uidValidity, selectable }) => {
        return { id, path, uidValidity, selectable };
      }),
    places: (id) =>
      (account.places.get(id) ?? []).map(({ mailbox, uid }) => {
        return { path: mailbox.path, uidValidity: mailbox.uidValidity, uid };
      }),
    emailAt: (path, uid) => account.mailboxes.get(path)?.entries.find((entry) => entry.uid === uid)?.id,
    truth: async () => truthOf(account),
    threads: async () =>
      Object.fromEntries([...account.places].map(([id, [entry]]) => [id, entry?.message.threadId ?? ''])),
  };
};
