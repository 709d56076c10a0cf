import { signal } from '@preact/signals';
import { t } from '../strings/en.ts';

/** What the person is asked before something is done that cannot be taken back. `yes`: what the button says that does it. */
export type Question = { title: string; lines: string[]; yes: string; isDangerous?: boolean };

/** The question before something goes for good. */
export const forGood = (title: string): Question => ({
  title,
  lines: [t.done.noWayBack],
  yes: t.done.deleteForGood,
  isDangerous: true,
});

/** The question that is open; null: none. */
export const question = signal<(Question & { answer: (agreed: boolean) => void }) | null>(null);

/** Asks, and answers whether the person agreed. A question that another takes the place of is answered with no. */
export const ask = (asked: Question): Promise<boolean> => {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (agreed) => {
        question.value = null;
        resolve(agreed);
      },
    };
  });
};
