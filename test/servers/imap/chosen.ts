import type { Entry } from './model.ts';
import { bad } from './refusal.ts';
import { inSet, type NumberSet, parseSet, resolveSet } from './sets.ts';
import type { View } from './view.ts';

/** Entries that a set names, in the order of the view: by UID those that are there, by number all or BAD. */
export const chosen = (view: View, set: NumberSet, uid: boolean): Entry[] => {
  const { entries } = view;
  if (uid) {
    const resolved = resolveSet(set, entries.at(-1)?.uid ?? 0);
    return entries.filter((entry) => inSet(resolved, entry.uid));
  }
  const resolved = resolveSet(set, entries.length);
  if (resolved.some(({ from, to }) => from < 1 || to > entries.length)) throw bad('Invalid messageset');
  return entries.filter((_entry, index) => inSet(resolved, index + 1));
};

/** The same for the set as it was written. */
export const chosenBy = (view: View, text: string, uid: boolean): Entry[] => chosen(view, parseSet(text), uid);
