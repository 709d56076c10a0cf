import { useRef, useState } from 'preact/hooks';
import { goTo } from '../state/commands.ts';
import { place } from '../state/places.ts';
import { t } from '../strings/en.ts';
import { Icon, IconButton } from './icons.tsx';

const OPERATORS = ['from:', 'to:', 'subject:', 'in:', 'is:unread', 'is:flagged', 'has:attachment', 'after:', 'before:'];
/** People type on: a search begins when they pause for so long, in ms. */
const PAUSE_MS = 150;

const Operators = ({ add }: { add: (operator: string) => void }) => (
  <div class="operators" role="group" aria-label={t.search.operators}>
    {OPERATORS.map((operator) => (
      <button
        key={operator}
        type="button"
        // The field keeps the focus.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => add(operator)}
      >
        {operator}
      </button>
    ))}
  </div>
);

/** The search field, with the operators as buttons while it has the focus. */
export const SearchBar = () => {
  const here = place.value;
  const [text, setText] = useState('');
  const [focused, setFocused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shown = here.kind === 'search' || focused ? text : '';
  const search = (now: string): void => {
    clearTimeout(timer.current);
    setText(now);
    timer.current = setTimeout(() => {
      if (now.trim() !== '') goTo({ kind: 'search', text: now.trim(), server: false });
      else if (place.value.kind === 'search') goTo({ kind: 'role', role: 'inbox' });
    }, PAUSE_MS);
  };
  const end = (): void => {
    search('');
    field.current?.blur();
  };
  const add = (operator: string): void => {
    search(`${text}${text === '' || text.endsWith(' ') ? '' : ' '}${operator}${operator.endsWith(':') ? '' : ' '}`);
    field.current?.focus();
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
        value={shown}
        onInput={(event) => search(event.currentTarget.value)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') end();
          else if (event.key === 'Enter' || event.key === 'ArrowDown') document.getElementById('list')?.focus();
          else return;
          event.preventDefault();
        }}
      />
      {shown !== '' && <IconButton icon="close" name={t.search.clear} run={end} />}
      {focused && <Operators add={add} />}
    </search>
  );
};
