import { TernError } from '../../../src-shared/errors.ts';
import type { CursorTable } from '../cursors.ts';
import type { Delta } from '../driver.ts';
import { forget } from '../forget.ts';
import { bringChanges } from './changes.ts';
import type { ImapConnection } from './connection.ts';
import { type CursorKey, MAILBOX, type Memory, type PullContext } from './context.ts';
import { fill } from './fill.ts';
import { withViews } from './gmail.ts';
import { heldOf } from './held.ts';
import { type ListedMailbox, listMailboxes } from './list.ts';
import { cursorText, type MailboxCursor, readCursor, startOf } from './mailboxCursor.ts';
import { type Matched, matchMailboxes, syncedStatus } from './matching.ts';
import { lookForMissing } from './missing.ts';
import { confirmGuesses } from './renames.ts';
import { renumber } from './renumber.ts';
import { isSameServer } from './sample.ts';
import { leaveMailbox } from './select.ts';
import { bringHome, dropStrays, straysIn } from './strays.ts';
import { remoteMailboxes, withParents } from './tree.ts';

/**
 * Makes the replica true: every mailbox is looked at in one listing, those that changed are opened, and what is left of the
 * first fill goes on, newest first. While that takes long, it is interrupted for another look (docs/sync.md I1).
 */
export async function* pullAll(context: PullContext): AsyncGenerator<Delta, void, void> {
  context.memory.deleted = new Set(context.known.unansweredDeletions());
  if (context.cursor('account') !== context.account) {
    if (context.cursor('account') === null || !(await isTheSame(context))) {
      const known = context.keys().filter((key) => key.startsWith(MAILBOX) || key === 'filled') as CursorKey[];
      yield* forget(context.known, () => [...known, 'account' as const].map((key) => context.move(key, null)));
    }
    yield { cursors: [context.move('account', context.account)] };
  }
  for (;;) {
    const matched = await lookAtMailboxes(context);
    noteRenamed(context.memory, matched);
    const { gone, unlisted } = await lookForMissing(context, matched);
    // What is not listed can be changed all the same.
    context.memory.mailboxes = new Map([...matched, ...unlisted].map((mailbox) => [mailbox.key, mailbox]));
    yield* tellMailboxes(context, matched);
    for (const mailbox of matched) yield* renumber(context, mailbox);
    const strays = straysIn(context, matched);
    yield* bringHome(context, matched, strays);
    if (!(yield* bringChanges(context, matched, [...gone, ...strays.map(({ ids }) => ids)]))) continue;
    yield* tellGone(context, gone);
    yield* dropStrays(context, strays);
    if (yield* fill(context, matched)) return;
  }
}

/** A mailbox that was missing under one name, and has another one by now, is not missing there yet. */
const noteRenamed = ({ mailboxes, missed }: Memory, matched: readonly Matched[]): void => {
  for (const { key, path } of matched) if ((mailboxes.get(key)?.path ?? path) !== path) missed.delete(key);
};

const isTheSame = async (context: PullContext): Promise<boolean> => {
  const { matched } = await listAndMatch(await context.connection(), context, context.memory);
  return isSameServer(context, matched);
};

/** Every mailbox on the server, each with the key that it has. Where that is a guess, `confirmGuesses` looks closer. */
export const listAndMatch = async (
  connection: ImapConnection,
  table: CursorTable<CursorKey>,
  memory: Pick<Memory, 'made' | 'deleted'>,
): Promise<{ listed: ListedMailbox[]; cursors: Map<string, MailboxCursor>; matched: Matched[] }> => {
  await leaveMailbox(connection);
  const listed = withParents(await listMailboxes(connection));
  // There always is an INBOX: a list without one is no reason to forget anything.
  if (!listed.some(({ path }) => path === 'INBOX')) throw new TernError('server', 'the server lists no INBOX');
  const cursors = new Map<string, MailboxCursor>();
  for (const key of table.keys()) {
    const cursor = key.startsWith(MAILBOX) ? readCursor(table.cursor(key as CursorKey)) : null;
    if (cursor) cursors.set(key.slice(MAILBOX.length), cursor);
  }
  return { listed, cursors, matched: withViews(connection, matchMailboxes(listed, cursors, memory)) };
};

const lookAtMailboxes = async (context: PullContext): Promise<Matched[]> => {
  const connection = await context.connection();
  const { listed, cursors, matched } = await listAndMatch(connection, context, context.memory);
  return withViews(connection, await confirmGuesses(context, listed, cursors, matched));
};

/** Mailboxes that are new or differ from what was told, with their counters; each new one begins to be filled from its end. */
async function* tellMailboxes(context: PullContext, matched: readonly Matched[]): AsyncGenerator<Delta, void, void> {
  const put = remoteMailboxes(matched).filter((mailbox) => {
    const text = JSON.stringify(mailbox);
    if (context.memory.told.get(mailbox.remoteId) === text) return false;
    context.memory.told.set(mailbox.remoteId, text);
    return true;
  });
  const cursors = matched.flatMap((mailbox) => {
    const { key, path, cursor } = mailbox;
    const status = syncedStatus(mailbox);
    if (!status || cursor?.path === path) return [];
    // A push of this run asks the listing whether a cursor tells which mailbox it is.
    mailbox.cursor = cursor ? { ...cursor, path } : startOf(mailbox, status);
    return [context.move(`mailbox:${key}`, cursorText(mailbox.cursor))];
  });
  if (put.length + cursors.length > 0) yield { mailboxes: { put, counts: [], destroyed: [] }, cursors };
}

/**
 * Mailboxes that the server has no more: their mail first, as far as it was not found elsewhere. One that Tern made, and of
 * which nothing but its name is known yet, may as well have another name by now.
 */
async function* tellGone(context: PullContext, gone: readonly string[]): AsyncGenerator<Delta, void, void> {
  for (const key of gone) {
    for (const destroyed of heldOf(context.known, key))
      yield { emails: { put: [], patched: [], destroyed }, cursors: [] };
    context.memory.told.delete(key);
    const isKnown = context.cursor(`mailbox:${key}`) !== null;
    const cursors = isKnown ? [context.move(`mailbox:${key}`, null)] : [];
    const isLost = !isKnown && context.known.madeMailboxes().includes(key);
    const mailboxes = { put: [], counts: [], destroyed: isLost ? [] : [key], lost: isLost ? [key] : [] };
    yield { mailboxes, cursors };
  }
}
