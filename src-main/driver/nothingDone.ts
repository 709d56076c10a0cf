import type { Outcome, Push } from './driver.ts';

/** The outcomes of a push that was not sent: a pull has to come first. */
export const nothingDone = (what: Push): Outcome[] =>
  (what.type === 'emails' ? what.emails : [what.mailbox]).map(() => ({ result: 'stale' }));
