import { z } from 'zod';
import type { Delta } from '../driver.ts';
import { pullChanges } from './changes.ts';
import { must } from './client.ts';
import type { PullContext } from './context.ts';
import { mailboxOf } from './convert.ts';
import { fill } from './fill.ts';
import { fillText } from './fillCursor.ts';
import { getSchema, listOf, tooLarge } from './get.ts';
import { rescanMailboxes } from './mailboxes.ts';
import { currentEmailState, rescanEmails } from './rescan.ts';
import { start } from './walk.ts';

/** Makes the replica true: mailboxes first, then what changed, then what is left of the first fill (docs/sync.md). */
export async function* pullAll(context: PullContext): AsyncGenerator<Delta, void, void> {
  const account = context.client.session.accountId;
  if (context.cursor('account') !== account) yield* firstContact(context, account);
  else yield* pullChanges(context);
  yield* fill(context);
}

/**
 * The start of a replica, or of an old one whose address now stands for another account of the server: then nothing
 * that is held is trusted until the server confirmed it.
 */
async function* firstContact(context: PullContext, account: string): AsyncGenerator<Delta, void, void> {
  if (context.cursor('account') !== null || context.known.emailCount() > 0) {
    yield* rescanMailboxes(context);
    yield* rescanEmails(context);
    yield { cursors: [context.move('account', account)] };
    return;
  }
  const [mailboxes, emails] = await context.client.call(
    [
      ['Mailbox/get', { ids: null }],
      ['Email/get', { ids: [] }],
    ],
    context.signal,
  );
  if (tooLarge(mailboxes)) yield* rescanMailboxes(context);
  else {
    const { state, ...answer } = must(mailboxes, snapshotSchema, 'Mailbox/get');
    yield {
      mailboxes: { put: listOf(answer, mailboxOf), counts: [], destroyed: [] },
      cursors: [context.move('mailbox', state)],
    };
  }
  // From this state on, changes tell what happens; the walk brings what was there before.
  const state = tooLarge(mailboxes)
    ? await currentEmailState(context)
    : must(emails, snapshotSchema, 'Email/get').state;
  yield {
    cursors: [
      context.move('email', state),
      context.move('fill', fillText({ stage: 'walk', place: start, total: 0 })),
      context.move('account', account),
    ],
  };
}

const snapshotSchema = getSchema.extend({ state: z.string() });
