import { signal } from '@preact/signals';
import { asTernError } from '../../../src-shared/errors.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';

/** A message at the edge of the window, which goes by itself. `act`: what its button does. */
export type Toast = {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
  button?: string;
  act?: () => void;
  until: number;
};

/** What is shown now, the latest last. */
export const toasts = signal<Toast[]>([]);

const SHOWN_MS = 8_000;
const MOST = 3;
let lastId = 0;

/** Takes a toast away. */
export const dismiss = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

/** Shows a message for `ms`; answers its id. */
export const toast = (
  text: string,
  { tone = 'plain', ms = SHOWN_MS, ...more }: Partial<Omit<Toast, 'id' | 'text' | 'until'>> & { ms?: number } = {},
): number => {
  const id = ++lastId;
  toasts.value = [...toasts.value, { id, text, tone, until: Date.now() + ms, ...more }].slice(-MOST);
  setTimeout(() => dismiss(id), ms);
  return id;
};

/** Shows a failure in plain words. What the person gave up is none; what ended with an account's worker is. */
export const report = (error: unknown): void => {
  const failure = asTernError(error);
  if (failure.kind !== 'cancelled') toast(inWords(failure), { tone: 'bad' });
  else if (failure.detail?.['why'] === 'gone') toast(t.cutOff, { tone: 'bad' });
};

/** Runs a task whose failure the person is told of. */
export const attempt = async (task: () => Promise<void>): Promise<void> => {
  try {
    await task();
  } catch (error) {
    report(error);
  }
};
