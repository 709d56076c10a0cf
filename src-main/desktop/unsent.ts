import type { Submission } from '../../src-shared/draft.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Ask } from '../web/emailAnswers.ts';
import type { Question } from './links.ts';

const count = (n: number): string => (n === 1 ? '1 message is' : `${n} messages are`);
const them = (n: number): string => (n === 1 ? 'It is' : 'They are');

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
  const lines = [
    ...(soon > 0 ? [`${count(soon)} on the way out. ${them(soon)} sent when Tern runs again.`] : []),
    ...(later > 0
      ? [
          `${count(later)} scheduled. ${them(later)} sent at the chosen time only if Tern runs then, else when it runs again.`,
        ]
      : []),
  ];
  return {
    type: 'question',
    message: 'Quit with messages that are not sent?',
    detail: lines.join('\n'),
    buttons: ['Quit', 'Keep Tern running'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  };
};

type Parts = { ask: Ask; clock: Clock; log: Log; askPerson: (question: Question) => Promise<{ response: number }> };

/** Whether the program may end: the person is told what is not sent yet, and says so. An answer is not waited for beyond `patience`. */
export const mayEnd = async ({ ask, clock, log, askPerson }: Parts, patience: AbortSignal): Promise<boolean> => {
  try {
    const { submissions } = await ask('submissions.list', null, {}, patience);
    const question = askOfUnsent(submissions, clock.now());
    return question === null || (await askPerson(question)).response === 0;
  } catch (error) {
    log.info({ err: error }, 'nobody could say what is not sent');
    return true;
  }
};
