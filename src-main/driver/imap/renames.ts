import type { PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchSet } from './fetch.ts';
import { heldUids } from './held.ts';
import type { ListedMailbox } from './list.ts';
import type { MailboxCursor } from './mailboxCursor.ts';
import { type Matched, matchMailboxes } from './matching.ts';
import { identityOf } from './moves.ts';
import { emailId } from './names.ts';
import { openMailbox } from './select.ts';
import { uidSets } from './uids.ts';

/** So many of the newest messages are compared. */
const SAMPLE = 10;

/**
 * Where only its numbers say that a mailbox was renamed, its newest messages have to say so, too; else it is another one:
 * servers that count UIDVALIDITY in seconds give two mailboxes of one second the same.
 */
export const confirmGuesses = async (
  context: PullContext,
  listed: readonly ListedMailbox[],
  cursors: ReadonlyMap<string, MailboxCursor>,
  matched: Matched[],
): Promise<Matched[]> => {
  const wrong = new Set<string>();
  for (const mailbox of matched) if (mailbox.guessed && !(await holdsTheSame(context, mailbox))) wrong.add(mailbox.key);
  return wrong.size === 0 ? matched : matchMailboxes(listed, cursors, context.memory.made, wrong);
};

const holdsTheSame = async (context: PullContext, { key, path, cursor }: Matched): Promise<boolean> => {
  if (!cursor) return false;
  const newest = heldUids(context.known, key, cursor.validity, cursor.low, cursor.last).slice(-SAMPLE);
  if (newest.length === 0) return true;
  const connection = await context.connection();
  // Nothing is forgotten because a mailbox cannot be asked.
  if (!(await unlessRefused({ path }, openMailbox(connection, 'EXAMINE', path)))) return true;
  const place = { key, path, validity: cursor.validity };
  const held = context.known.identities(newest.map((uid) => emailId(key, cursor.validity, uid)));
  for (const set of uidSets(newest)) {
    for (const email of await fetchSet(connection, place, set, 'identity')) {
      const ours = held.get(email.remoteId);
      const theirs = identityOf(email);
      if (!ours || ours.messageId !== theirs.messageId || ours.size !== theirs.size) return false;
    }
  }
  return true;
};
