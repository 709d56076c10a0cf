import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { MailboxPush, Outcome } from '../driver.ts';
import { atom, type ImapConnection } from './connection.ts';
import { ImapRefusal } from './errors.ts';
import { freeKey, type Matched, syncedStatus } from './matching.ts';
import { encodeName } from './names.ts';
import type { PushParts } from './push.ts';
import { outcomeOfRefusal } from './pushJobs.ts';
import { leaveMailbox, openMailbox } from './select.ts';
import { listOf, numberOf, pairsOf } from './tokens.ts';

/** What changes of mailboxes work with: all of them as they were last listed, by their keys. */
export type MailboxParts = Pick<PushParts, 'connection' | 'memory'> & { mailboxes: ReadonlyMap<string, Matched> };

/** CREATE, RENAME and DELETE (RFC 9051 sections 6.3.4 to 6.3.6). */
export const pushMailbox = async (parts: MailboxParts, push: MailboxPush): Promise<Outcome> => {
  try {
    switch (push.op) {
      case 'create':
        return await create(parts, push);
      case 'rename':
        return await rename(parts, push);
      case 'delete':
        return await remove(parts, push);
    }
  } catch (thrown) {
    if (thrown instanceof ImapRefusal) return outcomeOfRefusal(thrown, parts.memory, '');
    const error = asTernError(thrown);
    if (error.kind === 'invalid' || error.kind === 'notFound') return { result: 'refused', error };
    if (error.kind === 'network') return { result: 'unknown', error, counts: true };
    throw error;
  }
};

type Of<Op extends MailboxPush['op']> = Extract<MailboxPush, { op: Op }>;

const create = async (parts: MailboxParts, { name, parentRemoteId }: Of<'create'>): Promise<Outcome> => {
  const { connection, mailboxes } = parts;
  const path = pathBelow(parts, parentRemoteId, name);
  await connection.run('CREATE', [path]);
  await connection.run('SUBSCRIBE', [path]).catch(ignoreRefusal);
  return { result: 'done', remoteId: freeKey(path, mailboxes) };
};

const rename = async (parts: MailboxParts, { remoteId, name, parentRemoteId }: Of<'rename'>): Promise<Outcome> => {
  const { connection, mailboxes } = parts;
  const { path, delimiter } = placeOf(mailboxes, remoteId);
  const at = delimiter === null ? -1 : path.lastIndexOf(delimiter);
  const last = path.slice(at + 1);
  const wireName = name === undefined ? last : checkedName(connection, name, delimiter);
  const above = at > 0 ? `${path.slice(0, at)}${delimiter}` : '';
  const to = parentRemoteId === undefined ? above + wireName : pathBelow(parts, parentRemoteId, null) + wireName;
  if (to === path) return { result: 'done' };
  await leave(connection, path);
  await connection.run('RENAME', [path, to]);
  await connection.run('SUBSCRIBE', [to]).catch(ignoreRefusal);
  return { result: 'done' };
};

/** Children are named before their parents. What is gone already is as it should be. */
const remove = async (
  { connection, mailboxes }: MailboxParts,
  { remoteIds, removeEmails }: Of<'delete'>,
): Promise<Outcome> => {
  for (const key of remoteIds) {
    const mailbox = mailboxes.get(key);
    if (!mailbox) continue;
    // A label leaves its messages where they are.
    if (!removeEmails && syncedStatus(mailbox) && (await countEmails(connection, mailbox.path)) > 0)
      return { result: 'refused', error: new TernError('conflict', 'the mailbox has emails in it') };
    await leave(connection, mailbox.path);
    await connection.run('DELETE', [mailbox.path]).catch((error: unknown) => {
      // A container vanishes with the last mailbox in it.
      const isGone = error instanceof ImapRefusal && (error.code === 'NONEXISTENT' || mailbox.status === null);
      if (!isGone) throw error;
    });
    await connection.run('UNSUBSCRIBE', [mailbox.path]).catch(ignoreRefusal);
  }
  return { result: 'done' };
};

const placeOf = (mailboxes: ReadonlyMap<string, Matched>, key: string): Matched => {
  const found = mailboxes.get(key);
  if (!found) throw new TernError('notFound', 'the mailbox was deleted elsewhere');
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

const countEmails = async (connection: ImapConnection, path: string): Promise<number> => {
  let messages = 0;
  await connection.run('STATUS', [path, [atom('MESSAGES')]], {
    STATUS: (response) => {
      messages = numberOf(pairsOf(listOf(response.attributes?.[1])).get('MESSAGES')) ?? 0;
    },
  });
  return messages;
};

const ignoreRefusal = (error: unknown): void => {
  if (!(error instanceof ImapRefusal)) throw error;
};
