import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createImapDriver } from '../../src-main/driver/imap/driver.ts';
import { emailId, mailboxKey, parseEmailId } from '../../src-main/driver/imap/names.ts';
import type { Quirks } from '../../src-main/driver/imap/quirks.ts';
import type { Store } from '../../src-main/store/db.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import type { ImapConfig } from '../../src-shared/model.ts';
import type { ImapMail } from '../servers/imap/messages.ts';
import type { LoggedCommand } from '../servers/imap/traffic.ts';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../servers/imapServer.ts';
import type { Truth } from '../servers/mailServer.ts';
import { type EngineWorld, makeWorld, type Protocol, sockets } from './worldEngine.ts';
import { differences, holdable, viewOf } from './worldView.ts';

/** What a world is made with, besides what its server takes. */
export type ImapWorldOptions = ImapServerOptions & {
  /** Mails in the inbox to begin with: how many, or which. */
  mails?: number | ImapMail[];
  /** A file for the replica instead of memory. */
  file?: string;
  seed?: number;
  /** What the driver takes the server for; default: what is known of its host, which is nothing. */
  quirks?: Quirks;
};

/** An IMAP server, a replica, and the engine between them. Emails and mailboxes are submitted by `remoteIdOf` and `keyOf`. */
export type ImapWorld = EngineWorld<ImapServer, ImapConfig>;

/** Numbered mails with a Message-ID, a minute apart unless they say otherwise. */
export const letters = (count: number, more: (n: number) => ImapMail = () => ({})): ImapMail[] =>
  Array.from({ length: count }, (_, index) => ({ subject: `mail ${index + 1}`, ...more(index + 1) }));

type Paths = (mailbox: string) => string;

const pathsIn =
  ({ mailboxes }: Truth): Paths =>
  (id) => {
    const { name = id, parentId = null } = mailboxes[id] ?? {};
    return parentId === null ? name : `${pathsIn({ mailboxes, emails: {} })(parentId)}/${name}`;
  };

/** A truth whose mailboxes are named by their paths, and emails by where `placeOf` says that they are. */
const byPlace = (truth: Truth, placeOf: (id: string, path: Paths) => string): Truth => {
  const path = pathsIn(truth);
  return {
    mailboxes: Object.fromEntries(
      Object.entries(truth.mailboxes).map(([id, mailbox]) => {
        const parentId = mailbox.parentId === null ? null : path(mailbox.parentId);
        return [path(id), { ...mailbox, parentId }];
      }),
    ),
    emails: Object.fromEntries(
      Object.entries(truth.emails).map(([id, email]) => [
        placeOf(id, path),
        { ...email, mailboxIds: email.mailboxIds.map(path).toSorted() },
      ]),
    ),
  };
};

const heldAt = (id: string, path: Paths): string => {
  const { key = '', validity = '', uid = 0 } = parseEmailId(id) ?? {};
  return `${path(key)} ${validity} ${uid}`;
};

const compare = async (store: Store, server: ImapServer): Promise<string[]> => {
  const isThere = (id: string): string => {
    const place = placeOf(server, id);
    return `${place?.path} ${place?.uidValidity} ${place?.uid}`;
  };
  const truth = byPlace(holdable(await server.truth()), isThere);
  // Archived is what is in All Mail alone.
  const allMail = truth.mailboxes['[Gmail]/All Mail'];
  if (allMail) allMail.role = 'archive';
  return differences(byPlace(viewOf(store), heldAt), truth);
};

const protocolWith = (quirks: Quirks | undefined): Protocol<ImapServer, ImapConfig> => ({
  createDriver: (account, clock) =>
    createImapDriver({ ...account, clock, ...(quirks ? { quirks: () => quirks } : {}) }),
  compare,
  forget: (server) => server.forgetCommands(),
});

/** A world that somebody has to end. Nothing runs before the first `sync`. */
export const openImapWorld = async (options: ImapWorldOptions = {}): Promise<ImapWorld> => {
  const socketsBefore = sockets();
  const server = await startImapServer(options);
  const { mails: wanted = 0, file, seed, quirks } = options;
  await server.deliver(typeof wanted === 'number' ? letters(wanted) : wanted);
  assert.equal(server.config.protocol, 'imap');
  return makeWorld({ server, config: server.config, protocol: protocolWith(quirks), file, seed, socketsBefore });
};

/** A world that ends with its test. */
export const imapWorld = async (t: TestContext, options: ImapWorldOptions = {}): Promise<ImapWorld> => {
  const made = await openImapWorld(options);
  t.after(() => made.end());
  return made;
};

/** A world whose replica equals the server, with the commands forgotten. */
export const syncedWorld = async (t: TestContext, options: ImapWorldOptions = {}): Promise<ImapWorld> => {
  const w = await imapWorld(t, { mails: 10, ...options });
  await w.expectTrue();
  w.forget();
  return w;
};

/** The same at rest: nothing is sent until it syncs. */
export const restingWorld = async (t: TestContext, options: ImapWorldOptions = {}): Promise<ImapWorld> => {
  const w = await syncedWorld(t, options);
  await w.engine.stop();
  w.forget();
  return w;
};

/** Where Tern holds an email: on Gmail one of several places. */
const placeOf = (server: ImapServer, id: string): ReturnType<ImapServer['places']>[number] | undefined => {
  const places = server.places(id);
  return places.find(({ path }) => path === '[Gmail]/All Mail') ?? places[0];
};

/** The id by which Tern holds an email that the server calls `id`, by where it is now. */
export const remoteIdOf = (w: Pick<ImapWorld, 'server'>, id: string): string => {
  const place = placeOf(w.server, id);
  assert.ok(place, `${id} is on the server`);
  return emailId(mailboxKey(place.path), String(place.uidValidity), place.uid);
};

/** The local ids of all emails that are shown, by subject. */
export const localIds = (w: Pick<ImapWorld, 'store'>): Map<string, number> =>
  new Map(
    w.store
      .read((db) =>
        db.all<{ id: number; subject: string }>('SELECT id, subject FROM emails WHERE is_hidden = 0 ORDER BY id'),
      )
      .map(({ id, subject }) => [subject, id]),
  );

/** What every connection says to begin with, and what listens. */
const GREETINGS = new Set(['CAPABILITY', 'LOGIN', 'AUTHENTICATE', 'STARTTLS', 'ID', 'ENABLE', 'NAMESPACE', 'IDLE']);

/** The commands since they were forgotten, by name, without those of a connection's beginning and of listening. */
export const verbs = (w: Pick<ImapWorld, 'server'>): string[] => {
  const listening = new Set(w.server.commands.filter(({ verb }) => verb === 'IDLE').map((each) => each.connection));
  return w.server.commands
    .filter(({ verb, connection }) => !GREETINGS.has(verb) && !(listening.has(connection) && verb === 'EXAMINE'))
    .map(({ verb }) => verb);
};

/** The lines of the commands of one verb, without their tags. */
export const linesOf = ({ server }: Pick<ImapWorld, 'server'>, verb: string): string[] =>
  server.commands
    .filter((each: LoggedCommand) => each.verb === verb)
    .map(({ line, tag }) => line.slice(tag.length + 1));

/** How far Tern says that it is in a mailbox. */
export const cursorIn = (w: Pick<ImapWorld, 'store'>, key: string): Record<string, unknown> => {
  const text = w.store.read(readCursors)[`mailbox:${key}`];
  assert.ok(text, `there is a cursor of ${key}`);
  return JSON.parse(text) as Record<string, unknown>;
};

/** Whether a sequence set of numbers and ranges holds a UID. */
export const namesUid = (set: string, uid: number): boolean =>
  set.split(',').some((piece) => {
    const [first = 0, last = first] = piece.split(':').map(Number);
    return first <= uid && last >= uid;
  });
