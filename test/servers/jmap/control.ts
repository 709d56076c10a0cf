import type { MailServer, Truth } from '../mailServer.ts';
import * as mime from './mime.ts';
import { type Fields, type ServerMail, type StoredEmail, utcDate } from './model.ts';
import type { Site } from './site.ts';
import type { Store } from './store.ts';

/** What tests do to the server as if they were another client. */
export type Control = Omit<Required<MailServer>, 'name' | 'config' | 'credential' | 'restart' | 'stop'> & {
  deliver(mails: ServerMail[]): Promise<string[]>;
  /** Delivers a mail whose properties Email/get answers as the patch says, whatever nonsense that is. */
  putRaw(patch: Fields, mail?: ServerMail): Promise<string>;
  /** Lays a patch over what get answers for an email or mailbox, and counts it as updated; null takes it off. */
  override(id: string, patch: Fields | null): Promise<void>;
  /** Makes the server accept this bearer token; null: none. */
  setToken(token: string | null): Promise<void>;
  /** The id of a mailbox by its role, or by its names from the root, joined with '/'. */
  mailboxId(roleOrPath: string): string;
};

const applyPatch = (now: readonly string[], patch: Record<string, true | null>, clean = (name: string) => name) => {
  const set = new Set(now);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) set.delete(clean(name));
    else set.add(clean(name));
  }
  return [...set];
};

const pathOf = (store: Store, id: string): string => {
  const mailbox = store.mailboxes.get(id);
  if (!mailbox) return '';
  return mailbox.parentId === null ? mailbox.name : `${pathOf(store, mailbox.parentId)}/${mailbox.name}`;
};

const mailboxId = (store: Store, roleOrPath: string): string => {
  for (const { id, role } of store.mailboxes.values()) {
    if (role === roleOrPath || pathOf(store, id) === roleOrPath) return id;
  }
  throw new Error(`The test server has no mailbox ${roleOrPath}`);
};

const shownSubject = (email: StoredEmail): string | null => {
  const subject = email.override && Object.hasOwn(email.override, 'subject') ? email.override.subject : undefined;
  return subject === null || typeof subject === 'string' ? subject : mime.subjectOf(email);
};

const truthOf = (store: Store): Truth => {
  const truth: Truth = { mailboxes: {}, emails: {} };
  for (const { id, name, parentId, role, counters } of store.mailboxes.values()) {
    const { totalEmails, unreadEmails } = counters;
    truth.mailboxes[id] = { name, parentId, role, totalEmails, unreadEmails };
  }
  for (const email of store.emails.values()) {
    truth.emails[email.id] = {
      subject: shownSubject(email),
      receivedAt: utcDate(email.receivedAt),
      mailboxIds: email.mailboxIds.toSorted(),
      keywords: [...email.keywords],
    };
  }
  return truth;
};

const setOverride = (store: Store, id: string, patch: Fields | null): void => {
  const email = store.emails.get(id);
  const object = email ?? store.mailboxes.get(id);
  if (!object) throw new Error(`The test server has no ${id}`);
  object.override = patch;
  store.touch(email ? 'Email' : 'Mailbox', id);
};

/** The control of a site. All of it happens at once, between two requests. */
export const createControl = ({ store, signIn }: Site): Control => ({
  deliver: async (mails) => store.addEmails(mails),
  putRaw: async (patch, mail = {}) => {
    const [id = ''] = store.addEmails([mail]);
    const email = store.emails.get(id);
    if (email) email.override = patch;
    return id;
  },
  override: async (id, patch) => setOverride(store, id, patch),
  setKeywords: async (ids, patch) =>
    store.changeEmails(ids, ({ mailboxIds, keywords }) => {
      return { mailboxIds, keywords: applyPatch(keywords, patch, (keyword) => keyword.toLowerCase()) };
    }),
  setMailboxes: async (ids, patch) =>
    store.changeEmails(ids, ({ mailboxIds, keywords }) => {
      return { mailboxIds: applyPatch(mailboxIds, patch), keywords };
    }),
  destroy: async (ids) => store.removeEmails(ids),
  createMailbox: async (name, parentId) => store.addMailbox(parentId === undefined ? { name } : { name, parentId }),
  renameMailbox: async (id, name) => store.changeMailbox(id, { name }),
  moveMailbox: async (id, parentId) => store.changeMailbox(id, { parentId }),
  deleteMailbox: async (id) => store.removeMailbox(id),
  changePassword: async (password) => {
    signIn.password = password;
  },
  setToken: async (token) => {
    signIn.token = token;
  },
  mailboxId: (roleOrPath) => mailboxId(store, roleOrPath),
  truth: async () => truthOf(store),
  threads: async () => Object.fromEntries([...store.emails.values()].map(({ id, threadId }) => [id, threadId])),
});
