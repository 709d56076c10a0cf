import type { Delta } from '../driver.ts';
import { forget } from '../forget.ts';
import { pullChanges } from './changes.ts';
import { must } from './client.ts';
import type { PullContext } from './context.ts';
import { mailboxOf } from './convert.ts';
import { fill } from './fill.ts';
import { fillText } from './fillCursor.ts';
import { listOf, snapshotSchema, tooLarge } from './get.ts';
import { rescanMailboxes } from './mailboxes.ts';
import { start } from './walk.ts';

/** Makes the replica true: mailboxes first, then what changed, then what is left of the first fill (docs/sync.md). */
export async function* pullAll(context: PullContext): AsyncGenerator<Delta, void, void> {
  if (context.cursor('account') === context.account) yield* pullChanges(context);
  else yield* firstContact(context);
  yield* fill(context);
}

/** The start of a replica. What is held of another account goes only once this one has shown its mailboxes. */
async function* firstContact(context: PullContext): AsyncGenerator<Delta, void, void> {
  const [mailboxes, emails] = await context.client.call(
    [
      ['Mailbox/get', { ids: null }],
      ['Email/get', { ids: [] }],
    ],
    context.signal,
  );
  const snapshot = tooLarge(mailboxes) ? null : must(mailboxes, snapshotSchema, 'Mailbox/get');
  // From this state on, changes tell what happens; the walk brings what was there before.
  const { state: emailState } = must(emails, snapshotSchema, 'Email/get');
  const keys = ['email', 'mailbox', 'fill', 'account'] as const;
  yield* forget(context.known, () => keys.map((key) => context.move(key, null)));
  if (!snapshot) yield* rescanMailboxes(context);
  else {
    const { state, ...answer } = snapshot;
    yield {
      mailboxes: { put: listOf(answer, mailboxOf), counts: [], destroyed: [] },
      cursors: [context.move('mailbox', state)],
    };
  }
  yield {
    cursors: [
      context.move('email', emailState),
      context.move('fill', fillText({ stage: 'walk', place: start, total: 0 })),
      context.move('account', context.account),
    ],
  };
}
