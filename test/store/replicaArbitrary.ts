import * as fc from 'fast-check';
import type { WriteDb } from '../../src-main/store/db.ts';
import { moveEmail, patchEmail, putEmail, removeEmail } from '../../src-main/store/emails.ts';
import { markFilled, putMailbox, removeMailbox } from '../../src-main/store/mailboxes.ts';
import type { RemoteEmailState } from '../../src-shared/remote.ts';
import { remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';

/** Something a server may say, over few enough names that steps meet. */
export type Step =
  | { do: 'put'; state: RemoteEmailState; thread: string; receivedAt: number }
  | { do: 'patch'; state: RemoteEmailState }
  | { do: 'move'; from: string; state: RemoteEmailState }
  | { do: 'remove'; remoteId: string }
  | { do: 'putMailbox'; remoteId: string }
  | { do: 'removeMailbox'; remoteId: string }
  | { do: 'fill' };

/** Seconds that often meet, with absurd ones among them. */
export const anySecond = fc.oneof(
  { arbitrary: fc.integer({ min: someSecond, max: someSecond + 2 }), weight: 6 },
  { arbitrary: fc.constantFrom(-1e12, -1, 0, 2 ** 32 - 1, 2 ** 32, 253402300799), weight: 2 },
);

const emailName = fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5');
const mailboxName = fc.constantFrom('a', 'b', 'c', 'd');
const state = fc.record({
  remoteId: emailName,
  mailboxIds: fc.subarray(['a', 'b', 'c', 'd']),
  keywords: fc.oneof(
    { arbitrary: fc.subarray(['$seen', '$draft', '$flagged', 'work']), weight: 4 },
    { arbitrary: fc.subarray(['$seen', '$deleted']), weight: 1 },
  ),
});

/** One thing a server said. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      state,
      thread: fc.constantFrom('t1', 't2', 't3'),
      receivedAt: anySecond,
    }),
    weight: 5,
  },
  { arbitrary: fc.record({ do: fc.constant('patch' as const), state }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('move' as const), from: emailName, state }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('remove' as const), remoteId: emailName }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('putMailbox' as const), remoteId: mailboxName }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('removeMailbox' as const), remoteId: mailboxName }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('fill' as const) }), weight: 1 },
);

/** Stores what the server said. */
export const take = (tx: WriteDb, step: Step): unknown => {
  switch (step.do) {
    case 'put':
      return putEmail(tx, remoteEmail({ ...step.state, threadRemoteId: step.thread, receivedAt: step.receivedAt }));
    case 'patch':
      return patchEmail(tx, step.state);
    case 'move':
      return moveEmail(tx, step.from, step.state);
    case 'remove':
      return removeEmail(tx, step.remoteId);
    case 'putMailbox':
      return putMailbox(tx, remoteMailbox({ remoteId: step.remoteId }));
    case 'removeMailbox':
      return removeMailbox(tx, step.remoteId);
    case 'fill':
      return markFilled(tx);
  }
};

/** What is known of an email besides its ids. */
export type Known = { mailboxes: Set<string>; keywords: Set<string>; thread: string; second: number };

/** The mailboxes that list an email: none while it is marked as deleted. */
export const listing = ({ mailboxes, keywords }: Known): Set<string> =>
  keywords.has('$deleted') ? new Set() : mailboxes;

/** The replica as a plain map; a second out of range is shown as the nearest one in range. */
export const takeInModel = (model: Map<string, Known>, step: Step): void => {
  const known = 'state' in step ? model.get(step.state.remoteId) : undefined;
  if (step.do === 'put' && !known) {
    model.set(step.state.remoteId, {
      mailboxes: new Set(step.state.mailboxIds),
      keywords: new Set(step.state.keywords),
      thread: step.thread,
      second: Math.min(Math.max(step.receivedAt, 0), 2 ** 32 - 1),
    });
  } else if ((step.do === 'put' || step.do === 'patch') && known) {
    known.mailboxes = new Set(step.state.mailboxIds);
    known.keywords = new Set(step.state.keywords);
  } else if (step.do === 'move') {
    const moved = model.get(step.from);
    if (!moved) return;
    const { mailboxIds, keywords, remoteId } = step.state;
    model.delete(step.from);
    model.set(remoteId, { ...moved, mailboxes: new Set(mailboxIds), keywords: new Set(keywords) });
  } else if (step.do === 'remove') model.delete(step.remoteId);
  else if (step.do === 'removeMailbox') for (const each of model.values()) each.mailboxes.delete(step.remoteId);
};
