import type { Clock } from '../lib/clock.ts';
import type { Question } from './links.ts';
import { t } from './strings.ts';

/** A page that crashes is loaded again by itself so often within so long, in ms. */
const MOST = 5;
const WITHIN_MS = 10 * 60_000;

type Parts = {
  clock: Clock;
  reload: () => void;
  askPerson: (question: Question) => Promise<{ response: number }>;
  quit: () => void;
};

const question: Question = {
  type: 'question',
  message: t.crashes.question,
  detail: t.crashes.why,
  buttons: [t.crashes.again, t.crashes.quit],
  defaultId: 0,
  cancelId: 0,
  noLink: true,
};

/** What is done each time that the window's page crashed: it is loaded again, but not for ever without the person's word. */
export const createRevival = ({ clock, reload, askPerson, quit }: Parts): (() => Promise<void>) => {
  let crashes: number[] = [];
  return async () => {
    crashes = [...crashes.filter((at) => clock.monotonic() - at < WITHIN_MS), clock.monotonic()];
    if (crashes.length > MOST) {
      if ((await askPerson(question)).response !== 0) return quit();
      crashes = [];
    }
    reload();
  };
};
