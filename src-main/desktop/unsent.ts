import type { Submission } from '../../src-shared/draft.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Ask } from '../web/emailAnswers.ts';
import type { Question } from './links.ts';
import { t } from './strings.ts';

/** Messages that are held no longer than this, in ms, are being sent in the person's eyes. */
const SOON_MS = 3_600_000;

/**
 * What becomes of messages that are not sent yet when the program ends; null where there are none, or the server sends them by
 * itself. `now`: ms since the epoch.
 */
export const askOfUnsent = (submissions: readonly Submission[], now: number): Question | null => {
  const waiting = submissions.filter(
    ({ state, heldBy }) => state === 'queued' || state === 'sending' || (state === 'held' && heldBy === 'here'),
  );
  if (waiting.length === 0) return null;
  const isLater = ({ state, sendAt }: Submission): boolean =>
    state === 'held' && sendAt !== undefined && Date.parse(sendAt) - now > SOON_MS;
  const later = waiting.filter(isLater).length;
  const soon = waiting.length - later;
  const lines = [...(soon > 0 ? [t.unsent.soon(soon)] : []), ...(later > 0 ? [t.unsent.later(later)] : [])];
  return {
    type: 'question',
    message: t.unsent.question,
    detail: lines.join('\n'),
    buttons: [t.unsent.quit, t.unsent.stay],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  };
};

/** What is asked where the window could not keep what was written in it. */
export const askOfUnkept: Question = {
  type: 'question',
  message: t.unkept.question,
  detail: t.unkept.why,
  buttons: [t.unkept.leave, t.unkept.back],
  defaultId: 1,
  cancelId: 1,
  noLink: true,
};

type Parts = {
  drain: { ask: Ask };
  clock: Clock;
  log: Log;
  askPerson: (question: Question) => Promise<{ response: number }>;
};

/** Whether the program may end: the person is told what is not sent yet, and says so. An answer is not waited for beyond `patience`. */
export const mayEnd = async ({ drain, clock, log, askPerson }: Parts, patience: AbortSignal): Promise<boolean> => {
  try {
    const { submissions } = await drain.ask('submissions.list', null, {}, patience);
    const question = askOfUnsent(submissions, clock.now());
    return question === null || (await askPerson(question)).response === 0;
  } catch (error) {
    log.info({ err: error }, 'nobody could say what is not sent');
    return true;
  }
};
