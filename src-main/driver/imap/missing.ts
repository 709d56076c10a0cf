import { cursorOf, MAILBOX, type PullContext } from './context.ts';
import { ImapRefusal } from './errors.ts';
import { readStatus } from './list.ts';
import type { MailboxCursor } from './mailboxCursor.ts';
import type { Matched } from './matching.ts';

/** Mailboxes that a listing leaves out: keys of those that are no more, and those that are only not listed. */
type Missing = { gone: string[]; unlisted: Matched[] };

/**
 * Finds out what became of mailboxes that are followed and not listed, also where Tern deleted them itself: what is pending
 * on their mail is to be told. No list alone deletes mail: one that answers to its name as it was stays, and so does one that
 * the server cannot tell of just now (docs/sync.md I1, I8).
 */
export const lookForMissing = async (context: PullContext, matched: readonly Matched[]): Promise<Missing> => {
  const followed = context.keys().flatMap((key) => (key.startsWith(MAILBOX) ? [key.slice(MAILBOX.length)] : []));
  const there = new Set(matched.map(({ key }) => key));
  const taken = new Set(matched.map(({ path }) => path));
  const delimiter = matched.find(({ path }) => path === 'INBOX')?.delimiter ?? null;
  const missing: Missing = { gone: [], unlisted: [] };
  for (const key of new Set([...context.known.mailboxes(), ...followed])) {
    if (there.has(key)) continue;
    const cursor = cursorOf(context, key);
    if (!cursor || taken.has(cursor.path) || (await isGone(context, cursor))) missing.gone.push(key);
    else missing.unlisted.push({ ...unknown, key, cursor, path: cursor.path, delimiter });
  }
  return missing;
};

const unknown = { status: null, attributes: new Set<string>(), isSubscribed: false, guessed: false };

const isGone = async (context: PullContext, { path, validity }: MailboxCursor): Promise<boolean> => {
  try {
    return (await readStatus(await context.connection(), path))?.validity !== validity;
  } catch (error) {
    if (!(error instanceof ImapRefusal)) throw error;
    return false;
  }
};
