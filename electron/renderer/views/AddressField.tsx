import { useState } from 'preact/hooks';
import type { Address } from '../../../src-shared/model.ts';
import { fullName, parseAddresses, shortName } from '../lib/addresses.ts';
import { askPeople, peopleFor } from '../state/people.ts';
import { type AddressFieldName, addTo, type Composer, edit, patch, settleField } from '../state/writing.ts';
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

type Props = { label: string; name: AddressFieldName; message: Composer; focus?: boolean };

const Chip = ({ address, remove }: { address: Address; remove: () => void }) => (
  <span class="chip" title={fullName(address)}>
    <span class="cut">{shortName(address)}</span>
    <button type="button" aria-label={t.composer.removeAddress(shortName(address))} onClick={remove}>
      <Icon name="close" />
    </button>
  </span>
);

type SuggestedProps = { id: string; label: string; some: Address[]; at: number; take: (address: Address) => void };

const Suggested = (props: SuggestedProps) =>
  props.some.length === 0 ? null : (
    <ul class="suggestions" id={props.id} role="listbox" aria-label={props.label}>
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

/** Whether what was typed is one of the suggested addresses, or none yet: else it is meant as it stands. */
const isMeant = (text: string, chosen: Address): boolean => {
  const { addresses, rest } = parseAddresses(text);
  if (rest.length > 0 || addresses.length === 0) return true;
  return addresses.length === 1 && addresses[0]?.email.toLowerCase() === chosen.email.toLowerCase();
};

/** Addresses as chips, with a field for more: typed, pasted, or chosen among people whose mail was seen. */
export const AddressField = ({ label, name, message, focus = false }: Props) => {
  const [at, setAt] = useState<number | null>(null);
  const [isShut, setShut] = useState(false);
  const field = useFocus<HTMLInputElement>(focus);
  const addresses = message[name];
  const text = message.typed[name];
  const some = isShut ? [] : suggestionsFor(text, addresses);
  const type = (typed: string): void => {
    patch({ typed: { ...message.typed, [name]: typed }, refused: null });
    setAt(null);
    setShut(false);
    void askPeople(typed);
  };
  const take = (address: Address): void => {
    addTo(name, [address]);
    setAt(null);
  };
  const press = (event: KeyboardEvent): void => {
    const chosen = some[at ?? 0];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (some.length === 0) return;
      setAt(((at ?? 0) + (event.key === 'ArrowDown' ? 1 : some.length - 1)) % some.length);
    } else if (event.key === 'Backspace' && text === '' && addresses.length > 0)
      edit({ [name]: addresses.slice(0, -1) });
    else if (event.key === 'Escape' && some.length > 0) setShut(true);
    else if (/^(?:Enter|Tab|,|;)$/.test(event.key) && text.trim() !== '' && !event.ctrlKey && !event.metaKey) {
      const isSeparator = event.key === ',' || event.key === ';';
      if (chosen && !isSeparator && (at !== null || isMeant(text, chosen))) take(chosen);
      else if (settleField(name).length > 0) return;
    } else return;
    event.preventDefault();
  };
  const wrong = text.trim() !== '' && document.activeElement !== field.current;
  return (
    <div class="address-field">
      <label for={`field-${name}`}>{label}</label>
      <div class="chips">
        {addresses.map((address, index) => (
          <Chip key={address.email} address={address} remove={() => edit({ [name]: addresses.toSpliced(index, 1) })} />
        ))}
        <input
          ref={field}
          id={`field-${name}`}
          type="text"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={wrong}
          {...comboOf(`list-${name}`, some.length, at ?? 0)}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={press}
          onBlur={() => void settleField(name)}
        />
        <Suggested id={`list-${name}`} label={label} some={some} at={at ?? 0} take={take} />
      </div>
      {wrong && <p class="bad-text">{t.composer.notAddress(text)}</p>}
    </div>
  );
};
