import { useRef, useState } from 'preact/hooks';
import { place } from '../state/places.ts';
import { addOperator, leaveSearch, search, searchText } from '../state/search.ts';
import { t } from '../strings/en.ts';
import { Icon, IconButton } from './icons.tsx';

const OPERATORS = ['from:', 'to:', 'subject:', 'in:', 'is:unread', 'is:flagged', 'has:attachment', 'after:', 'before:'];

const focusList = (): void => document.getElementById('list')?.focus();

/** The operators as buttons: under the field before anything is typed, and over what was found. */
export const Operators = ({ floating = false }: { floating?: boolean }) => (
  <div class={floating ? 'operators floating' : 'operators'} role="group" aria-label={t.search.operators}>
    {OPERATORS.map((operator) => (
      <button
        key={operator}
        type="button"
        // The field keeps the focus.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => {
          addOperator(operator);
          document.getElementById('search')?.focus();
        }}
      >
        {operator}
      </button>
    ))}
  </div>
);

/** The search field. */
export const SearchBar = () => {
  const [focused, setFocused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const text = searchText.value;
  const end = (): void => {
    leaveSearch();
    focusList();
  };
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        id="search"
        type="text"
        autocomplete="off"
        spellcheck={false}
        aria-label={t.search.label}
        placeholder={t.search.placeholder}
        value={text}
        onInput={(event) => search(event.currentTarget.value)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') end();
          else if (event.key === 'Enter' || event.key === 'ArrowDown') focusList();
          else return;
          event.preventDefault();
        }}
      />
      {text !== '' && <IconButton icon="close" name={t.search.clear} run={end} />}
      {focused && text === '' && place.value.kind !== 'search' && <Operators floating />}
    </search>
  );
};
