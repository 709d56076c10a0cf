import type { Credential } from '../../../src-shared/model.ts';
import { toMessage } from '../cyrus/message.ts';
import type { MailServer, TestMail } from '../mailServer.ts';
import { type Dial, type RawImap, signInImap } from './rawImap.ts';
import { append } from './rawImapAppend.ts';
import { expandSet } from './rawImapLines.ts';
import {
  joinPath,
  type ListedMailbox,
  listMailboxes,
  type MailboxIdItem,
  mailboxOf,
  splitPath,
  wireName,
} from './rawImapMailboxes.ts';
import { keyOf, type Place, type Places, placesById } from './rawImapPlaces.ts';
import { flagOf, readThreads, readTruth } from './rawImapTruth.ts';

/** The verbs of a `MailServer` that plain IMAP can do, on a server with MOVE, UIDPLUS, LIST-STATUS and SPECIAL-USE. */
export type ImapActions = Pick<
  MailServer,
  'deliver' | 'setKeywords' | 'setMailboxes' | 'destroy' | 'createMailbox' | 'renameMailbox' | 'deleteMailbox' | 'truth'
> &
  Required<Pick<MailServer, 'moveMailbox' | 'threads'>>;

/** Where and as whom another client signs in; read at each use, so that a new password counts at once. */
export type ImapAccess = {
  dial: Dial;
  credential: Extract<Credential, { type: 'password' }>;
  mailboxId: MailboxIdItem;
};

/** Signs in for as long as `act` takes. */
export const withImap = async <T>({ dial, credential }: ImapAccess, act: (imap: RawImap) => Promise<T>): Promise<T> => {
  const imap = await signInImap(dial, credential.username, credential.password);
  try {
    return await act(imap);
  } finally {
    imap.close();
  }
};

/** A connection, and the mailboxes as they were when it was made. */
type Session = { imap: RawImap; mailboxes: ListedMailbox[] };

const byMailbox = (places: Place[]): [string, Place[]][] => [...Map.groupBy(places, ({ mailbox }) => mailbox)];

/** Selects the mailbox of some places and answers their UIDs as a set; throws unless all are there. */
const select = async ({ imap, mailboxes }: Session, mailbox: string, places: Place[]): Promise<string> => {
  await imap.run(`SELECT ${wireName(mailboxOf(mailboxes, mailbox).path)}`);
  const set = places.map(({ uid }) => uid).join(',');
  const { lines } = await imap.run(`UID SEARCH UID ${set}`);
  const found = lines.find(({ text }) => text.startsWith('* SEARCH'))?.text.match(/\d+/g) ?? [];
  if (found.length !== places.length) throw new Error(`notFound: not all of ${set} are in mailbox ${mailbox}`);
  return set;
};

/** Copies or moves places to a mailbox; answers where each is then, by COPYUID (RFC 4315 section 3). */
const transfer = async (
  session: Session,
  verb: 'COPY' | 'MOVE',
  places: Place[],
  target: string,
): Promise<[from: Place, to: Place][]> => {
  const to = wireName(mailboxOf(session.mailboxes, target).path);
  const pairs: [Place, Place][] = [];
  for (const [mailbox, some] of byMailbox(places)) {
    const set = await select(session, mailbox, some);
    const { text, lines } = await session.imap.run(`UID ${verb} ${set} ${to}`);
    const said = [text, ...lines.map((line) => line.text)].join('\n');
    const [, sources = '', arrived = ''] = /\[COPYUID \d+ ([\d:,]+) ([\d:,]+)\]/.exec(said) ?? [];
    const uids = expandSet(arrived);
    for (const [n, uid] of expandSet(sources).entries())
      pairs.push([
        { mailbox, uid },
        { mailbox: target, uid: uids[n] ?? 0 },
      ]);
  }
  if (pairs.length !== places.length) throw new Error(`the server moved ${pairs.length} of ${places.length} emails`);
  return pairs;
};

const expunge = async (session: Session, places: Place[]): Promise<void> => {
  for (const [mailbox, some] of byMailbox(places)) {
    const set = await select(session, mailbox, some);
    await session.imap.run(`UID STORE ${set} +FLAGS.SILENT (\\Deleted)`);
    await session.imap.run(`UID EXPUNGE ${set}`);
  }
};

/** Appends each mail to all of its mailboxes, each mailbox in one go; the first place is the id. */
const deliverAll = async ({ imap, mailboxes }: Session, places: Places, mails: TestMail[]): Promise<string[]> => {
  const inbox = mailboxes.find(({ role }) => role === 'inbox')?.id ?? '';
  const copies = mails.flatMap((mail, index) => {
    const message = toMessage(mail);
    return (mail.mailboxIds ?? [inbox]).map((mailbox) => ({ index, mailbox, message, uid: 0 }));
  });
  for (const [mailbox, some] of Map.groupBy(copies, (copy) => copy.mailbox)) {
    const messages = some.map(({ message }) => message);
    const uids = await append(imap, wireName(mailboxOf(mailboxes, mailbox).path), messages);
    for (const [n, copy] of some.entries()) copy.uid = uids[n] ?? 0;
  }
  const ids: string[] = [];
  for (const { index, mailbox, uid } of copies) {
    const id = ids[index];
    if (id === undefined) ids[index] = keyOf({ mailbox, uid });
    else places.add(id, { mailbox, uid });
  }
  return ids;
};

const patchKeywords = async (session: Session, all: Place[], patch: Record<string, true | null>): Promise<void> => {
  const named = (value: true | null): string =>
    Object.entries(patch)
      .flatMap(([keyword, wanted]) => (wanted === value ? flagOf(keyword) : []))
      .join(' ');
  const [adds, takes] = [named(true), named(null)];
  for (const [mailbox, some] of byMailbox(all)) {
    const set = await select(session, mailbox, some);
    if (adds !== '') await session.imap.run(`UID STORE ${set} +FLAGS.SILENT (${adds})`);
    if (takes !== '') await session.imap.run(`UID STORE ${set} -FLAGS.SILENT (${takes})`);
  }
};

/** One mailbox added and one taken is a MOVE; else what is added is copied, and what is taken expunged. */
const patchMailboxes = async (
  session: Session,
  places: Places,
  ids: string[],
  patch: Record<string, true | null>,
): Promise<void> => {
  const patched = Object.keys(patch);
  const adds = patched.filter((mailbox) => patch[mailbox] === true);
  const takes = patched.filter((mailbox) => patch[mailbox] === null);
  const isIn = (mailbox: string) => (id: string) => places.of(id).some((place) => place.mailbox === mailbox);
  const inTakes = ids.flatMap((id) => places.of(id).filter(({ mailbox }) => takes.includes(mailbox)));
  const [add] = adds;
  if (add !== undefined && adds.length === 1 && takes.length === 1 && !ids.some(isIn(add))) {
    for (const [from, to] of await transfer(session, 'MOVE', inTakes, add)) places.move(from, to);
    return;
  }
  for (const target of adds) {
    const missing = ids.filter((id) => !isIn(target)(id));
    const firsts = missing.flatMap((id) => places.of(id)[0] ?? []);
    for (const [from, to] of await transfer(session, 'COPY', firsts, target)) places.add(places.nameOf(from), to);
  }
  await expunge(session, inTakes);
  for (const place of inTakes) places.remove(place);
};

/** What another client can do over IMAP; each verb throws when the server refused any part of it. */
export const imapActions = (access: ImapAccess): ImapActions => {
  const places = placesById();
  const within = <T>(act: (session: Session) => Promise<T>): Promise<T> =>
    withImap(access, async (imap) => act({ imap, mailboxes: await listMailboxes(imap, access.mailboxId) }));
  const rename = (session: Session, { path }: ListedMailbox, to: string): Promise<unknown> =>
    session.imap.run(`RENAME ${wireName(path)} ${wireName(to)}`);

  return {
    deliver: (mails) => within((session) => deliverAll(session, places, mails)),
    setKeywords: (ids, patch) => within((session) => patchKeywords(session, ids.flatMap(places.of), patch)),
    setMailboxes: (ids, patch) => within((session) => patchMailboxes(session, places, ids, patch)),
    destroy: (ids) =>
      within(async (session) => {
        const all = ids.flatMap(places.of);
        await expunge(session, all);
        for (const place of all) places.remove(place);
      }),
    createMailbox: (name, parentId) =>
      within(async ({ imap, mailboxes }) => {
        const path = joinPath(mailboxes, name, parentId);
        await imap.run(`CREATE ${wireName(path)}`);
        const made = (await listMailboxes(imap, access.mailboxId)).find((mailbox) => mailbox.path === path);
        if (!made) throw new Error(`the server made no mailbox '${path}'`);
        return made.id;
      }),
    renameMailbox: (id, name) =>
      within(async (session) => {
        const mailbox = mailboxOf(session.mailboxes, id);
        const { above } = splitPath(mailbox);
        await rename(session, mailbox, above === null ? name : `${above}${mailbox.delimiter}${name}`);
      }),
    moveMailbox: (id, parentId) =>
      within(async (session) => {
        const mailbox = mailboxOf(session.mailboxes, id);
        await rename(session, mailbox, joinPath(session.mailboxes, splitPath(mailbox).name, parentId));
      }),
    deleteMailbox: (id) =>
      within(async ({ imap, mailboxes }) => {
        await imap.run(`DELETE ${wireName(mailboxOf(mailboxes, id).path)}`);
      }),
    truth: () => within(({ imap, mailboxes }) => readTruth(imap, mailboxes, places.nameOf)),
    threads: () => within(({ imap, mailboxes }) => readThreads(imap, mailboxes, places.nameOf)),
  };
};
