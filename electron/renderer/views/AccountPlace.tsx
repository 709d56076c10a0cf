import { useRef, useState } from 'preact/hooks';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { moveAccount, updateAccount } from '../state/accountSettings.ts';
import { accounts, labelOf } from '../state/accounts.ts';
import { t } from '../strings/en.ts';

const colours = Object.entries(t.account.colours);

/** The colour of an account in lists. */
export const Colour = ({ account }: { account: AccountRow }) => {
  const { id, colour } = account;
  const set = (next: string | null): void => void updateAccount({ account: id, colour: next });
  const isOther = colour !== null && !(colour in t.account.colours);
  return (
    <fieldset class="colours">
      <legend>{t.account.colour}</legend>
      {colours.map(([value, name]) => (
        <label key={value} class="swatch" title={name}>
          <input
            type="radio"
            name={`colour-${id}`}
            aria-label={name}
            checked={value === (colour ?? 'none')}
            onChange={() => set(value === 'none' ? null : value)}
          />
          {value === 'none' ? <span class="none" /> : <span style={{ background: value }} />}
        </label>
      ))}
      <input
        type="color"
        class={isOther ? 'chosen' : ''}
        title={t.account.otherColour}
        aria-label={t.account.otherColour}
        value={colour ?? '#808080'}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </fieldset>
  );
};

/** Moves an account among the others; the focus stays with it. */
export const Order = ({ account, at }: { account: AccountRow; at: number }) => {
  const [said, say] = useState('');
  const buttons = useRef<HTMLSpanElement>(null);
  const count = accounts.value?.length ?? 0;
  if (count < 2) return null;
  const name = labelOf(account);
  const move = async (by: number): Promise<void> => {
    const place = await moveAccount(account.id, by);
    say(t.account.place(name, place, count));
    // At an end the button that was pressed can do no more: the other one can.
    const [up, down] = buttons.current?.querySelectorAll('button') ?? [];
    const [pressed, other] = by < 0 ? [up, down] : [down, up];
    (pressed?.disabled ? other : pressed)?.focus();
  };
  return (
    <span ref={buttons} class="order">
      <button
        type="button"
        class="small"
        aria-label={t.account.up(name)}
        disabled={at === 0}
        onClick={() => void move(-1)}
      >
        ↑
      </button>
      <button
        type="button"
        class="small"
        aria-label={t.account.down(name)}
        disabled={at === count - 1}
        onClick={() => void move(1)}
      >
        ↓
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </span>
  );
};
