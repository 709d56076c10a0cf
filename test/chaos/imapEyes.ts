import { parseEmailId } from '../../src-main/driver/imap/names.ts';
import { safeJson } from '../../src-main/lib/json.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import type { Truth } from '../servers/mailServer.ts';
import { differences, holdable, viewOf } from '../support/worldView.ts';
import type { Readable } from './actor.ts';
import type { Eyes } from './eyes.ts';

/** A mailbox by what it keeps over renames; `uidValidity` is '0' for one that has none. */
export type Box = { id: string; path: string; uidValidity: string };

/** An IMAP account without Tern: its mailboxes, and every message with its UID, each in one mailbox. */
export type Sight = { boxes: Box[]; truth: Truth; uidOf: (id: string) => number };

/** The id of a name that only holds other mailboxes: there is none to find it again by. */
export const containerAt = (path: string): string => `container ${path}`;

/**
 * The names of an IMAP account. A mailbox is found again by UIDVALIDITY. Messages have no name on the server: their subjects,
 * each given once by whoever delivers, are told apart, and copies of a message have one name together. `boxes` is what is
 * known of the mailboxes at this moment.
 */
export const imapEyes = (look: () => Promise<Sight>, boxes: () => Box[]): Eyes => {
  const generations = new Map<string, string>();
  return {
    single: true,
    truth: async () => {
      const { truth } = await look();
      return { mailboxes: truth.mailboxes, emails: bySubject(truth) };
    },
    mailbox: (db, remoteId, before) => {
      for (const { id, uidValidity } of boxes()) if (uidValidity !== '0') generations.set(uidValidity, id);
      const cursor = safeJson(readCursors(db)[`mailbox:${remoteId}`] ?? '') as {
        path: string;
        validity: string;
      } | null;
      const path = cursor?.path ?? remoteId.replace(/%\d$/, '');
      return generations.get(cursor?.validity ?? '') ?? before ?? boxes().find((box) => box.path === path)?.id;
    },
    email: ({ remoteId, subject }) => subject ?? remoteId,
    differences: async (raw) => differences(heldPlaces(raw), placesOn(await look())),
  };
};

/** Messages that have one subject as one, with the mailboxes of all and the keywords of any. */
const bySubject = ({ emails }: Truth): Truth['emails'] => {
  const found: Truth['emails'] = {};
  for (const email of Object.values(emails)) {
    const name = email.subject ?? '';
    const { mailboxIds = [], keywords = [] } = found[name] ?? {};
    found[name] = {
      ...email,
      mailboxIds: [...mailboxIds, ...email.mailboxIds].toSorted(),
      keywords: [...new Set([...keywords, ...email.keywords])].toSorted(),
    };
  }
  return found;
};

/** Mailboxes by path, and messages by path, UIDVALIDITY and UID. */
type Places = { paths: Map<string, string>; nameOf: (id: string) => string };

const byPlace = ({ mailboxes, emails }: Truth, { paths, nameOf }: Places): Truth => {
  const path = (id: string | null): string | null => (id === null ? null : (paths.get(id) ?? id));
  return {
    mailboxes: Object.fromEntries(
      // Roles are not for a server to say where SPECIAL-USE is missing.
      Object.entries(mailboxes).map(([id, { name, parentId, totalEmails, unreadEmails }]) => [
        path(id),
        { name, parentId: path(parentId), role: null, totalEmails, unreadEmails },
      ]),
    ),
    emails: Object.fromEntries(
      Object.entries(emails).map(([id, { subject, receivedAt, mailboxIds, keywords }]) => [
        nameOf(id),
        { subject, receivedAt, mailboxIds: mailboxIds.map((box) => path(box) ?? box), keywords },
      ]),
    ),
  };
};

const placesOn = ({ boxes, truth, uidOf }: Sight): Truth => {
  const places = new Map(boxes.map((box) => [box.id, box]));
  const nameOf = (id: string): string => {
    const box = places.get(truth.emails[id]?.mailboxIds[0] ?? '');
    return `${box?.path} ${box?.uidValidity} ${uidOf(id)}`;
  };
  return byPlace(holdable(truth), { paths: new Map(boxes.map(({ id, path }) => [id, path])), nameOf });
};

/** What the replica shows, by place. */
export const heldPlaces = (raw: Readable): Truth => {
  const view = viewOf(raw);
  const pathOf = (id: string): string => {
    const box = view.mailboxes[id];
    if (!box) return `unknown ${id}`;
    return box.parentId === null ? box.name : `${pathOf(box.parentId)}/${box.name}`;
  };
  const paths = new Map<string, string>();
  for (const id of Object.keys(view.mailboxes)) {
    const path = pathOf(id);
    paths.set(id, [...paths.values()].includes(path) ? `${path} (once more, as ${id})` : path);
  }
  const nameOf = (id: string): string => {
    const { key = '', validity, uid } = parseEmailId(id) ?? {};
    return `${paths.get(key)} ${validity} ${uid}`;
  };
  return byPlace(view, { paths, nameOf });
};
