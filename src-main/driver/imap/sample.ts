import type { PullContext } from './context.ts';
import { unlessRefused } from './errors.ts';
import { fetchSet } from './fetch.ts';
import { heldUids } from './held.ts';
import { type Matched, syncedStatus } from './matching.ts';
import { identityOf } from './moves.ts';
import { emailId } from './names.ts';
import { inOrder } from './order.ts';
import { openMailbox } from './select.ts';
import { uidSets } from './uids.ts';

/** So many of the newest messages are compared. */
const SAMPLE = 10;
/** So many mailboxes that agree are enough. */
const ENOUGH = 10;

/**
 * How the newest messages held of a mailbox compare with those that the server has under their UIDs: 'unknown' where there
 * is nothing to tell by, or the mailbox cannot be asked.
 */
export const compareNewest = async (
  context: PullContext,
  { key, path, cursor }: Matched,
): Promise<'same' | 'other' | 'unknown'> => {
  if (!cursor) return 'unknown';
  const newest = heldUids(context.known, key, cursor.validity, cursor.low, cursor.last).slice(-SAMPLE);
  if (newest.length === 0) return 'unknown';
  const connection = await context.connection();
  if (!(await unlessRefused({ path }, openMailbox(connection, 'EXAMINE', path)))) return 'unknown';
  const place = { key, path, validity: cursor.validity };
  const held = context.known.identities(newest.map((uid) => emailId(key, cursor.validity, uid)));
  let isSame = false;
  for (const set of uidSets(newest)) {
    for (const email of await fetchSet(connection, place, set, 'identity')) {
      const ours = held.get(email.remoteId);
      const theirs = identityOf(email);
      if (!ours || ours.messageId !== theirs.messageId || ours.size !== theirs.size) return 'other';
      isSame ||= theirs.messageId !== null;
    }
  }
  return isSame ? 'same' : 'unknown';
};

/**
 * Whether the server is the one that the replica is of, though it goes by another name now: the user is the same, so is the
 * UIDVALIDITY of every mailbox that both have, and the newest messages of some are, and of none are others. Where there is
 * a doubt it is another one: ids of that would be taken for other mail.
 */
export const isSameServer = async (context: PullContext, matched: readonly Matched[]): Promise<boolean> => {
  if (userOf(context.cursor('account')) !== userOf(context.account)) return false;
  let agreed = 0;
  for (const mailbox of inOrder(matched, matched)) {
    const { cursor } = mailbox;
    const status = syncedStatus(mailbox);
    if (!cursor || !status || mailbox.guessed) continue;
    if (status.validity !== cursor.validity || status.validity === '0') return false;
    const verdict = agreed < ENOUGH ? await compareNewest(context, mailbox) : 'unknown';
    if (verdict === 'other') return false;
    if (verdict === 'same') agreed += 1;
  }
  return agreed > 0;
};

/** The user of an account's text, which begins with its host. */
const userOf = (account: string | null): string | null => account && account.slice(account.indexOf(' ') + 1);
