import { effect, signal } from '@preact/signals';
import { endSearch, goTo } from './commands.ts';
import { place } from './places.ts';

/** People type on: a search begins when they pause for so long, in ms. */
const PAUSE_MS = 150;

/** What stands in the search field. */
export const searchText = signal('');

let timer: ReturnType<typeof setTimeout> | undefined;

/** Puts a text into the field, and looks for it when the person pauses; without one the search is over. */
export const search = (text: string): void => {
  clearTimeout(timer);
  searchText.value = text;
  timer = setTimeout(() => {
    if (text.trim() === '') endSearch();
    else goTo({ kind: 'search', text: text.trim(), server: false });
  }, PAUSE_MS);
};

/** Narrows the search by an operator, which is added to the text. */
export const addOperator = (operator: string): void => {
  const text = searchText.value;
  search(`${text}${text === '' || text.endsWith(' ') ? '' : ' '}${operator}${operator.endsWith(':') ? '' : ' '}`);
};

/** Ends the search: its text goes, and the person is where it began. */
export const leaveSearch = (): void => {
  clearTimeout(timer);
  searchText.value = '';
  endSearch();
};

let wasSearch = false;
// Who went elsewhere begins anew.
effect(() => {
  const isSearch = place.value.kind === 'search';
  if (wasSearch && !isSearch) searchText.value = '';
  wasSearch = isSearch;
});
