import { computed, effect, signal } from '@preact/signals';

/** What the person chose for this window. `text`: percent of the usual size. `undoSeconds`: how long a message waits before it is sent. */
export type Choices = { theme: 'system' | 'light' | 'dark'; text: number; undoSeconds: number; rich: boolean };

const KEY = 'tern.choices';
const usual: Choices = { theme: 'system', text: 100, undoSeconds: 10, rich: false };

const stored = (): Choices => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choices>;
    return {
      theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
      text: Math.min(200, Math.max(80, kept.text ?? usual.text)),
      undoSeconds: Math.min(30, Math.max(0, kept.undoSeconds ?? usual.undoSeconds)),
      rich: kept.rich === true,
    };
  } catch {
    return usual;
  }
};

export const choices = signal<Choices>(stored());

/** Changes what is named and leaves the rest. */
export const choose = (some: Partial<Choices>): void => {
  choices.value = { ...choices.value, ...some };
  localStorage.setItem(KEY, JSON.stringify(choices.value));
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(dark.matches);
dark.addEventListener('change', () => {
  systemDark.value = dark.matches;
});

/** The look that shows now. */
export const scheme = computed((): 'light' | 'dark' => {
  const { theme } = choices.value;
  if (theme !== 'system') return theme;
  return systemDark.value ? 'dark' : 'light';
});

/** Puts the choices to the document. */
export const followChoices = (): void => {
  effect(() => {
    document.documentElement.dataset['scheme'] = scheme.value;
    document.documentElement.style.fontSize = `${choices.value.text}%`;
  });
};
