import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { CursorMove, MailboxPush, Outcome } from '../driver.ts';
import { atom, type ImapConnection } from './connection.ts';
import type { Memory } from './context.ts';
import { ImapRefusal } from './errors.ts';
import { isSelectable, type MailboxStatus, readStatus } from './list.ts';
import { cursorText, readCursor, startOf } from './mailboxCursor.ts';
import { freeKey, type Matched, syncedStatus } from './matching.ts';
import { encodeName } from './names.ts';
import type { PushParts } from './push.ts';
import { type Missed, outcomeOfRefusal, unlessElsewhere } from './pushJobs.ts';
import { numbersOf } from './search.ts';
import { leaveMailbox, openMailbox } from './select.ts';

/** What changes of mailboxes work with: all of them as they were last listed, by their keys. */
export type MailboxParts = Pick<PushParts, 'connection' | 'memory' | 'cursors'> &
  Pick<Missed, 'missedBefore'> & {
    mailboxes: ReadonlyMap<string, Matched>;
  };

/** CREATE, RENAME and DELETE (RFC 9051 sections 6.3.4 to 6.3.6). */
export const pushMailbox = async (parts: MailboxParts, push: MailboxPush): Promise<Outcome> => {
  const { memory, missedBefore } = parts;
  const where = { missed: memory.missed, missedBefore };
  const [key = ''] = keysOf(push);
  try {
    const outcome = await carryOut(parts, push);
    // Names are others from now on: what comes next in this flush lists them anew.
    if (outcome.result === 'done') memory.mailboxes = new Map();
    if (outcome.result !== 'stale') for (const each of keysOf(push)) memory.missed.delete(each);
    return outcome;
  } catch (thrown) {
    if (thrown instanceof ImapRefusal) return outcomeOfRefusal(thrown, where, key);
    const error = asTernError(thrown);
    if (error.kind === 'notFound') return unlessElsewhere(where, key, { result: 'refused', error });
    if (error.kind === 'invalid') return { result: 'refused', error };
    if (error.kind === 'network') return { result: 'unknown', error, counts: true };
    throw error;
  }
};

/** Mailboxes that have to be there. */
const keysOf = (push: MailboxPush): string[] => {
  if (push.op === 'delete') return push.remoteIds;
  const own = push.op === 'rename' ? [push.remoteId] : [];
  return [...own, ...(push.parentRemoteId == null ? [] : [push.parentRemoteId])];
};

const carryOut = async (parts: MailboxParts, push: MailboxPush): Promise<Outcome> => {
  switch (push.op) {
    case 'create':
      return create(parts, push);
    case 'rename':
      return rename(parts, push);
    case 'delete':
      return remove(parts, push);
  }
};

type Of<Op extends MailboxPush['op']> = Extract<MailboxPush, { op: Op }>;

const create = async (parts: MailboxParts, { name, parentRemoteId }: Of<'create'>): Promise<Outcome> => {
  const { connection, mailboxes, memory } = parts;
  const path = pathBelow(parts, parentRemoteId, name);
  await connection.run('CREATE', [path]);
  const remoteId = freeKey(path, mailboxes);
  memory.made.set(path, remoteId);
  // Made it is, whatever becomes of the rest.
  const cursors = await firstCursor(parts, path, remoteId).catch(() => []);
  await connection.run('SUBSCRIBE', [path]).catch(() => undefined);
  return { result: 'done', remoteId, cursors };
};

/**
 * Its numbers tell which mailbox it is from now on, should another client rename it before a pull has read it. Of a label
 * they tell nothing; and where its key has a cursor, another one had that key until now, which a pull has to look at.
 */
const firstCursor = async (
  { connection, mailboxes, cursors }: MailboxParts,
  path: string,
  remoteId: string,
): Promise<CursorMove[]> => {
  const key = `mailbox:${remoteId}` as const;
  const isLabel = [...mailboxes.values()].some(({ isView }) => isView);
  if (isLabel || cursors[key] !== undefined) return [];
  const status = await readStatus(connection, path);
  return status ? [{ key, from: null, to: cursorText(startOf({ path }, status)) }] : [];
};

const rename = async (parts: MailboxParts, { remoteId, name, parentRemoteId }: Of<'rename'>): Promise<Outcome> => {
  const { connection, mailboxes, memory } = parts;
  const mailbox = placeOf(mailboxes, remoteId);
  const { path, delimiter } = mailbox;
  const at = delimiter === null ? -1 : path.lastIndexOf(delimiter);
  const last = path.slice(at + 1);
  const wireName = name === undefined ? last : checkedName(connection, name, delimiter);
  const above = at > 0 ? `${path.slice(0, at)}${delimiter}` : '';
  const to = parentRemoteId === undefined ? above + wireName : pathBelow(parts, parentRemoteId, null) + wireName;
  await leave(connection, path);
  const known = lastSeen(mailbox);
  // Another one may have this name by now.
  if (known && (await readStatus(connection, path))?.validity !== known.validity) throw gone();
  if (to === path) return { result: 'done' };
  await connection.run('RENAME', [path, to]);
  renameMade(memory, path, to, delimiter);
  const moved = movedBy(parts, path, to, delimiter);
  const cursors = moved.flatMap(cursorAt(parts));
  // Renamed it is, whatever becomes of the rest.
  await subscribeAnew(connection, moved).catch(() => undefined);
  // Where no cursor tells which mailbox it is, its name does: as the next listing gives it.
  if (mailbox.cursor) return { result: 'done', cursors };
  const renamed = freeKey(to, mailboxes);
  memory.made.set(to, renamed);
  return { result: 'done', remoteId: renamed, cursors };
};

/** A mailbox that was renamed, itself or with one above it, and its name now. */
type Renamed = { mailbox: Matched; to: string };

/** What a rename moves: the mailbox itself, then all below it. */
const movedBy = ({ mailboxes }: MailboxParts, path: string, to: string, delimiter: string | null): Renamed[] =>
  [...mailboxes.values()]
    .filter((each) => each.path === path || (delimiter !== null && each.path.startsWith(path + delimiter)))
    .toSorted((a, b) => a.path.length - b.path.length)
    .map((mailbox) => ({ mailbox, to: to + mailbox.path.slice(path.length) }));

/** Cursors that know the new name, so that the next listing needs no guess: a guess has to be looked into by a pull. */
const cursorAt =
  ({ cursors }: MailboxParts) =>
  ({ mailbox, to }: Renamed): CursorMove[] => {
    const key = `mailbox:${mailbox.key}` as const;
    const from = cursors[key] ?? null;
    const cursor = readCursor(from);
    return cursor ? [{ key, from, to: cursorText({ ...cursor, path: to }) }] : [];
  };

/** RENAME leaves subscriptions with the old names (RFC 9051 section 6.3.8), on most servers. */
const subscribeAnew = async (connection: ImapConnection, moved: readonly Renamed[]): Promise<void> => {
  for (const [at, { mailbox, to }] of moved.entries()) {
    if (at > 0 && !mailbox.isSubscribed) continue;
    await connection.run('SUBSCRIBE', [to]).catch(ignoreRefusal);
    await connection.run('UNSUBSCRIBE', [mailbox.path]).catch(ignoreRefusal);
  }
};

/** Mailboxes that Tern made, and the names they have now, by one that was renamed with all below it. */
const renameMade = ({ made }: Memory, path: string, to: string, delimiter: string | null): void => {
  for (const [name, key] of new Map(made)) {
    if (name !== path && !name.startsWith(`${path}${delimiter}`)) continue;
    made.delete(name);
    made.set(to + name.slice(path.length), key);
  }
};

/** Children are named before their parents. What is gone already is as it should be. */
const remove = async (
  { connection, mailboxes, memory: { missed }, missedBefore }: MailboxParts,
  { remoteIds, removeEmails }: Of<'delete'>,
): Promise<Outcome> => {
  for (const key of remoteIds) {
    const mailbox = mailboxes.get(key);
    const news = mailbox && (await newsOf(connection, mailbox, removeEmails));
    if (news) return news;
    if (mailbox && (await deleted(connection, mailbox))) continue;
    const outcome = unlessElsewhere({ missed, missedBefore }, key, { result: 'done' });
    if (outcome.result !== 'done') return outcome;
  }
  return { result: 'done' };
};

/** DELETE has no condition: what came into a mailbox since the last pull holds it up. A label leaves its messages. */
const newsOf = async (connection: ImapConnection, mailbox: Matched, removeEmails: boolean): Promise<Outcome | null> => {
  await leave(connection, mailbox.path);
  const known = lastSeen(mailbox);
  const now = known && (await readStatus(connection, mailbox.path));
  if (!known || !now) return null;
  if (!removeEmails && now.messages > 0 && (await showsMail(connection, mailbox.path)))
    return { result: 'refused', error: new TernError('conflict', 'the mailbox has emails in it') };
  const isSame = now.messages === known.messages && now.next === known.next && now.validity === known.validity;
  return isSame ? null : { result: 'stale' };
};

/** What is only marked as deleted is in no list, and holds nothing up. A server that does not say has mail. */
const showsMail = async (connection: ImapConnection, path: string): Promise<boolean> => {
  await openMailbox(connection, 'EXAMINE', path);
  let shown: boolean | null = null;
  await connection.run('UID SEARCH', [atom('UNDELETED')], {
    SEARCH: (response) => {
      shown = shown || numbersOf(response).length > 0;
    },
  });
  await leave(connection, path);
  return shown ?? true;
};

/** What a mailbox said when it was last looked at; null for one without mail of its own. */
const lastSeen = (mailbox: Matched): Pick<MailboxStatus, 'validity' | 'next' | 'messages'> | null =>
  syncedStatus(mailbox) ?? (mailbox.isView ? null : mailbox.cursor);

/** False where there is no mailbox of that name. */
const deleted = async (connection: ImapConnection, mailbox: Matched): Promise<boolean> => {
  const { path } = mailbox;
  try {
    await connection.run('DELETE', [path]);
  } catch (error) {
    // A container vanishes with the last mailbox in it.
    if (error instanceof ImapRefusal && !isSelectable(mailbox)) return true;
    if (error instanceof ImapRefusal && error.code === 'NONEXISTENT') return false;
    throw error;
  }
  await connection.run('UNSUBSCRIBE', [path]).catch(ignoreRefusal);
  return true;
};

const gone = (): TernError => new TernError('notFound', 'the mailbox was deleted elsewhere');

const placeOf = (mailboxes: ReadonlyMap<string, Matched>, key: string): Matched => {
  const found = mailboxes.get(key);
  if (!found) throw gone();
  return found;
};

/** The name on the server of a mailbox below another one, or at the top of what is the person's own. */
const pathBelow = ({ connection, mailboxes }: MailboxParts, parent: string | null, name: string | null): string => {
  if (parent === null) {
    const top = connection.client.namespace?.prefix ?? '';
    return top + (name === null ? '' : checkedName(connection, name, mailboxes.get('INBOX')?.delimiter ?? null));
  }
  const { path, delimiter } = placeOf(mailboxes, parent);
  if (delimiter === null) throw new TernError('invalid', 'this server has no mailboxes below others');
  return `${path}${delimiter}${name === null ? '' : checkedName(connection, name, delimiter)}`;
};

const checkedName = (connection: ImapConnection, name: string, delimiter: string | null): string => {
  if (delimiter !== null && name.includes(delimiter))
    throw new TernError('invalid', `this server has no mailboxes with ${delimiter} in their names`);
  if (/[\p{Cc}*%]/u.test(name)) throw new TernError('invalid', 'this name cannot be used on an IMAP server');
  return connection.enabled('UTF8=ACCEPT') ? name : encodeName(name);
};

/** A mailbox that is open is neither deleted nor renamed. */
const leave = async (connection: ImapConnection, path: string): Promise<void> => {
  await leaveMailbox(connection);
  if (connection.selected?.path === path && path !== 'INBOX') await openMailbox(connection, 'EXAMINE', 'INBOX');
};

const ignoreRefusal = (error: unknown): void => {
  if (!(error instanceof ImapRefusal)) throw error;
};
