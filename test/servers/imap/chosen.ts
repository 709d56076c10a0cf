import type { Entry } from './model.ts';
import { bad } from './refusal.ts';
import { inSet, parseSet, resolveSet } from './sets.ts';
import type { View } from './view.ts';

/** Entries that a set names, in the order of the view: by UID those that are there, by number all or BAD. */
export const chosen = (view: View, text: string, uid: boolean): Entry[] => {
  const { entries } = view;
  const largest = uid ? (entries.at(-1)?.uid ?? 0) : entries.length;
  const set = resolveSet(parseSet(text), largest);
  if (uid) return entries.filter((entry) => inSet(set, entry.uid));
  if (set.some(({ from, to }) => from < 1 || to > largest)) throw bad('Invalid messageset');
  return entries.filter((_entry, index) => inSet(set, index + 1));
};
