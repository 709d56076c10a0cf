import { useState } from 'preact/hooks';
import { mailboxes } from '../state/accounts.ts';
import { createMailbox, moveTo } from '../state/actions.ts';
import { moving, putAway } from '../state/commands.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { Dialog } from './Dialog.tsx';
import { useFocus } from './useFocus.ts';

/** Something that Enter takes: a mailbox, or one to be made. */
type Choice = { key: string; text: string; take: () => void };

const choicesFor = (wanted: string, close: () => void): Choice[] => {
  const account = moving.value.rows[0]?.account;
  const fitting = mailboxes.value.filter(
    (each) => each.account === account && each.mayAddItems && each.path.toLowerCase().includes(wanted.toLowerCase()),
  );
  const move = (mailbox: string): void => {
    close();
    putAway(moving.value, (some, begun) => moveTo(some, mailbox, begun));
  };
  const create = (): void =>
    void attempt(async () => {
      if (account !== undefined) move(await createMailbox(account, wanted));
    });
  const isNew = wanted !== '' && fitting.every(({ path }) => path.toLowerCase() !== wanted.toLowerCase());
  return [
    ...fitting.map(({ id, path }) => ({ key: id, text: path, take: () => move(id) })),
    ...(isNew ? [{ key: 'new', text: t.move.create(wanted), take: create }] : []),
  ];
};

const Choices = ({ choices, active }: { choices: Choice[]; active: number }) => (
  <div id="move-choices" class="choices" role="listbox" aria-label={t.move.title}>
    {choices.map(({ key, text, take }, index) => (
      <div
        key={key}
        id={`move-${key}`}
        class="choice"
        role="option"
        aria-selected={index === active}
        ref={(element) => {
          if (index === active) element?.scrollIntoView({ block: 'nearest' });
        }}
        onClick={take}
      >
        {text}
      </div>
    ))}
  </div>
);

/** A mailbox to move to, by typing a part of its name and the arrows, or by a click (a combobox, as WAI-ARIA calls it). */
export const MoveSheet = ({ close }: { close: () => void }) => {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const field = useFocus<HTMLInputElement>();
  const choices = choicesFor(text.trim(), close);
  const active = Math.min(at, choices.length - 1);
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt((active + 1) % choices.length);
    else if (event.key === 'ArrowUp') setAt((active + choices.length - 1) % choices.length);
    else if (event.key === 'Enter') choices[active]?.take();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t.move.title} close={close}>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="move-choices"
        aria-autocomplete="list"
        aria-activedescendant={choices[active] ? `move-${choices[active].key}` : undefined}
        aria-label={t.move.placeholder}
        placeholder={t.move.placeholder}
        maxLength={255}
        value={text}
        onInput={(event) => (setText(event.currentTarget.value), setAt(0))}
        onKeyDown={press}
      />
      <Choices choices={choices} active={active} />
      {choices.length === 0 && <p class="hint">{t.move.none}</p>}
    </Dialog>
  );
};
