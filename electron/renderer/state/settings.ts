import { signal } from '@preact/signals';

/** What the person chose for this window. `text`: percent of the usual size. `undoSeconds`: how long a message waits before it is sent. */
export type Choices = { theme: 'system' | 'light' | 'dark'; text: number; undoSeconds: number; rich: boolean };

const KEY = 'tern.choices';
const usual: Choices = { theme: 'system', text: 100, undoSeconds: 10, rich: false };

const number = (given: unknown, least: number, most: number, other: number): number =>
  typeof given === 'number' && given >= least && given <= most ? given : other;

/** What was kept is read with care: an older or newer Tern may have written it. */
const readChoices = (kept: Partial<Choices>): Choices => ({
  theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
  text: number(kept.text, 80, 200, usual.text),
  undoSeconds: number(kept.undoSeconds, 0, 30, usual.undoSeconds),
  rich: kept.rich === true,
});

const stored = (): Choices => {
  try {
    return readChoices(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choices>);
  } catch {
    return usual;
  }
};

export const choices = signal<Choices>(stored());

/** Changes what is named and leaves the rest. */
export const choose = (some: Partial<Choices>): void => {
  choices.value = readChoices({ ...choices.value, ...some });
  localStorage.setItem(KEY, JSON.stringify(choices.value));
  for (const listener of listeners) listener(choices.value);
};

const listeners: ((now: Choices) => void)[] = [];
/** Calls the listener with what is chosen from now on. */
export const whenChosen = (listener: (now: Choices) => void): void => void listeners.push(listener);
