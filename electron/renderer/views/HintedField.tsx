import { useId } from 'preact/hooks';

type Props = { label: string; hint: string; value: string; set: (text: string) => void; autocomplete?: 'name' | 'off' };

/** One line of text, with a word on what it is for. */
export const HintedField = ({ label, hint, value, set, autocomplete = 'off' }: Props) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autocomplete={autocomplete}
        maxLength={200}
        aria-describedby={`${id}-hint`}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <span id={`${id}-hint`} class="hint">
        {hint}
      </span>
    </div>
  );
};
