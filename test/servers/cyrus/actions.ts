import type { MailServer, Truth } from '../mailServer.ts';
import type { RawJmap } from './rawJmap.ts';

/** The verbs of a `MailServer` that plain JMAP can do on any server. */
export type JmapActions = Pick<
  MailServer,
  'setKeywords' | 'setMailboxes' | 'destroy' | 'createMailbox' | 'renameMailbox' | 'deleteMailbox' | 'truth'
> &
  Required<Pick<MailServer, 'moveMailbox' | 'threads'>>;

type Failures = Record<string, unknown> | null | undefined;
type SetResult = {
  created?: Record<string, { id: string }> | null;
  notCreated?: Failures;
  notUpdated?: Failures;
  notDestroyed?: Failures;
};
type MailboxRow = Truth['mailboxes'][string] & { id: string };
type EmailRow = {
  id: string;
  subject: string | null;
  receivedAt: string;
  mailboxIds: Record<string, true>;
  keywords: Record<string, true>;
};

/** How many objects go into one call: 500, or fewer when the server says so. */
const batchSize = async (jmap: RawJmap, limit: 'maxObjectsInGet' | 'maxObjectsInSet'): Promise<number> =>
  Math.min(500, Number((await jmap.session()).capabilities['urn:ietf:params:jmap:core']?.[limit]));

function* chunks<T>(all: T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The patch of RFC 8620 section 5.3 that sets or clears entries of `property`. */
const pointers = (property: string, patch: Record<string, true | null>): Record<string, true | null> =>
  Object.fromEntries(Object.entries(patch).map(([key, value]) => [`${property}/${escapePointer(key)}`, value]));

const readMailboxes = async (jmap: RawJmap): Promise<Truth['mailboxes']> => {
  const { list } = await jmap.ask<{ list: MailboxRow[] }>('Mailbox/get', {});
  return Object.fromEntries(
    list.map(({ id, name, parentId, role, totalEmails, unreadEmails }) => [
      id,
      { name, parentId, role, totalEmails, unreadEmails },
    ]),
  );
};

/** Every email id; throws when the account moved so that pages do not fit together. */
const readIds = async (jmap: RawJmap): Promise<string[]> => {
  const found = new Set<string>();
  let position = 0;
  for (;;) {
    const page = await jmap.ask<{ ids: string[]; total: number }>('Email/query', {
      position,
      sort: [{ property: 'receivedAt', isAscending: false }],
      calculateTotal: true,
    });
    for (const id of page.ids) found.add(id);
    position += page.ids.length;
    if (page.ids.length > 0 && position < page.total) continue;
    if (found.size !== page.total) throw new Error(`the account moved: ${found.size} ids of ${page.total}`);
    return [...found];
  }
};

const readTruth = async (jmap: RawJmap): Promise<Truth> => {
  const mailboxes = await readMailboxes(jmap);
  const emails: Truth['emails'] = {};
  const batch = await batchSize(jmap, 'maxObjectsInGet');
  for (const ids of chunks(await readIds(jmap), batch)) {
    const properties = ['id', 'subject', 'receivedAt', 'mailboxIds', 'keywords'];
    const { list } = await jmap.ask<{ list: EmailRow[] }>('Email/get', { ids, properties });
    for (const { id, subject, receivedAt, mailboxIds, keywords } of list) {
      emails[id] = {
        subject,
        receivedAt,
        mailboxIds: Object.keys(mailboxIds).toSorted(),
        keywords: Object.keys(keywords)
          .map((keyword) => keyword.toLowerCase())
          .toSorted(),
      };
    }
  }
  return { mailboxes, emails };
};

const readThreads = async (jmap: RawJmap): Promise<Record<string, string>> => {
  const threads: Record<string, string> = {};
  const batch = await batchSize(jmap, 'maxObjectsInGet');
  for (const ids of chunks(await readIds(jmap), batch)) {
    const { list } = await jmap.ask<{ list: { id: string; threadId: string }[] }>('Email/get', {
      ids,
      properties: ['threadId'],
    });
    for (const { id, threadId } of list) threads[id] = threadId;
  }
  return threads;
};

/** What `jmap` can do as 'another client'; each verb throws when the server refused any part of it. */
export const jmapActions = (jmap: RawJmap): JmapActions => {
  const set = async (name: string, args: Record<string, unknown>): Promise<SetResult> => {
    const result = await jmap.ask<SetResult>(name, args);
    const refused = { ...result.notCreated, ...result.notUpdated, ...result.notDestroyed };
    if (Object.keys(refused).length > 0) throw new Error(`${name} refused: ${JSON.stringify(refused)}`);
    return result;
  };

  const patchAll = async (ids: string[], patch: Record<string, true | null>): Promise<void> => {
    const batch = await batchSize(jmap, 'maxObjectsInSet');
    for (const some of chunks(ids, batch)) {
      await set('Email/set', { update: Object.fromEntries(some.map((id) => [id, patch])) });
    }
  };

  return {
    setKeywords: (ids, patch) => patchAll(ids, pointers('keywords', patch)),
    setMailboxes: (ids, patch) => patchAll(ids, pointers('mailboxIds', patch)),
    destroy: async (ids) => {
      const batch = await batchSize(jmap, 'maxObjectsInSet');
      for (const some of chunks(ids, batch)) await set('Email/set', { destroy: some });
    },
    createMailbox: async (name, parentId) => {
      const { created } = await set('Mailbox/set', { create: { new: { name, parentId: parentId ?? null } } });
      const id = created?.['new']?.id;
      if (id === undefined) throw new Error(`Mailbox/set created no '${name}'`);
      return id;
    },
    renameMailbox: async (id, name) => {
      await set('Mailbox/set', { update: { [id]: { name } } });
    },
    deleteMailbox: async (id) => {
      await set('Mailbox/set', { destroy: [id], onDestroyRemoveEmails: true });
    },
    moveMailbox: async (id, parentId) => {
      await set('Mailbox/set', { update: { [id]: { parentId } } });
    },
    truth: () => readTruth(jmap),
    threads: () => readThreads(jmap),
  };
};
