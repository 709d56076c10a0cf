import type { PullContext } from './context.ts';
import type { ListedMailbox } from './list.ts';
import type { MailboxCursor } from './mailboxCursor.ts';
import { type Matched, matchMailboxes } from './matching.ts';
import { compareNewest } from './sample.ts';

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
  // Nothing is forgotten because a mailbox cannot be asked.
  for (const mailbox of matched)
    if (mailbox.guessed && (await compareNewest(context, mailbox)) === 'other') wrong.add(mailbox.key);
  return wrong.size === 0 ? matched : matchMailboxes(listed, cursors, context.memory, wrong);
};
