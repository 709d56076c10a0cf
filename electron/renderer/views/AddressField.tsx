import { useState } from 'preact/hooks';
import type { Address } from '../../../src-shared/model.ts';
import { fullName, parseAddresses, shortName } from '../lib/addresses.ts';
import { askPeople, peopleFor } from '../state/people.ts';
import { t } from '../strings/en.ts';
import { Icon } from './icons.tsx';
import { useFocus } from './useFocus.ts';

const MOST_SUGGESTED = 6;

const suggestionsFor = (text: string, chosen: readonly Address[]): Address[] => {
  const taken = new Set(chosen.map(({ email }) => email.toLowerCase()));
  return peopleFor(text)
    .filter((one) => !taken.has(one.email.toLowerCase()))
    .slice(0, MOST_SUGGESTED);
};

type Props = {
  label: string;
  name: string;
  addresses: Address[];
  focus?: boolean;
  change: (addresses: Address[]) => void;
};

const Chip = ({ address, remove }: { address: Address; remove: () => void }) => (
  <span class="chip" title={fullName(address)}>
    <span class="cut">{shortName(address)}</span>
    <button type="button" aria-label={t.composer.removeAddress(shortName(address))} onClick={remove}>
      <Icon name="close" />
    </button>
  </span>
);

const Suggested = (props: { id: string; some: Address[]; at: number; take: (address: Address) => void }) =>
  props.some.length === 0 ? null : (
    <ul class="suggestions" id={props.id} role="listbox" aria-label={t.composer.to}>
      {props.some.map((one, index) => (
        <li
          key={one.email}
          id={`${props.id}-${index}`}
          role="option"
          aria-selected={index === props.at}
          // Before the field loses the focus, and takes what was typed for an address.
          onMouseDown={(event) => {
            event.preventDefault();
            props.take(one);
          }}
        >
          {fullName(one)}
        </li>
      ))}
    </ul>
  );

/** What the field tells of the list below it. */
const comboOf = (list: string, count: number, at: number) => ({
  role: 'combobox' as const,
  'aria-autocomplete': 'list' as const,
  'aria-expanded': count > 0,
  ...(count > 0 ? { 'aria-controls': list, 'aria-activedescendant': `${list}-${at}` } : {}),
});

/** Addresses as chips, with a field for more: typed, pasted, or chosen among people whose mail was seen. */
export const AddressField = ({ label, name, addresses, focus = false, change }: Props) => {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const field = useFocus<HTMLInputElement>(focus);
  const some = suggestionsFor(text, addresses);
  const take = (address: Address): void => {
    change([...addresses, address]);
    setText('');
    setAt(0);
  };
  const settle = (typed: string): boolean => {
    const { addresses: found, rest } = parseAddresses(typed);
    if (found.length > 0) change([...addresses, ...found]);
    setText(rest.join(', '));
    return found.length > 0;
  };
  const press = (event: KeyboardEvent): void => {
    const chosen = some[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (some.length === 0) return;
      setAt((at + (event.key === 'ArrowDown' ? 1 : some.length - 1)) % some.length);
    } else if (event.key === 'Backspace' && text === '' && addresses.length > 0) change(addresses.slice(0, -1));
    else if (event.key === 'Escape' && text !== '') setText('');
    else if (/^(?:Enter|Tab|,|;)$/.test(event.key) && text.trim() !== '' && !event.ctrlKey && !event.metaKey) {
      if (chosen && event.key !== ',' && event.key !== ';') take(chosen);
      else if (!settle(text)) return;
    } else return;
    event.preventDefault();
  };
  const wrong = text.trim() !== '' && document.activeElement !== field.current;
  return (
    <div class="address-field">
      <label for={`field-${name}`}>{label}</label>
      <div class="chips">
        {addresses.map((address, index) => (
          <Chip key={address.email} address={address} remove={() => change(addresses.toSpliced(index, 1))} />
        ))}
        <input
          ref={field}
          id={`field-${name}`}
          type="text"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={wrong}
          {...comboOf(`list-${name}`, some.length, at)}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            void askPeople(event.currentTarget.value);
          }}
          onKeyDown={press}
          onBlur={() => settle(text)}
        />
        <Suggested id={`list-${name}`} some={some} at={at} take={take} />
      </div>
      {wrong && <p class="bad-text">{t.composer.notAddress(text)}</p>}
    </div>
  );
};
