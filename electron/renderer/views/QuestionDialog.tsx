import { question } from '../state/asking.ts';
import { t } from '../strings/en.ts';
import { Dialog } from './Dialog.tsx';
import { useFocus } from './useFocus.ts';

/** The question that is open, in front of everything: whoever presses Enter without reading does nothing. */
export const QuestionDialog = () => {
  const asked = question.value;
  const no = useFocus<HTMLButtonElement>();
  if (!asked) return null;
  const { title, lines, yes, isDangerous, answer } = asked;
  return (
    <Dialog title={title} close={() => answer(false)}>
      {lines.map((line) => (
        <p key={line} class="lead">
          {line}
        </p>
      ))}
      <footer class="buttons">
        <button ref={no} type="button" onClick={() => answer(false)}>
          {t.cancel}
        </button>
        <button type="button" class={isDangerous ? 'danger' : 'primary'} onClick={() => answer(true)}>
          {yes}
        </button>
      </footer>
    </Dialog>
  );
};
