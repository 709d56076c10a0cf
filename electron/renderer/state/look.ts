import { computed, effect, signal } from '@preact/signals';
import { choices } from './settings.ts';

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
