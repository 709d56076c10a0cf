import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AccountSettings } from '../../../src-shared/accountSettings.ts';
import { canTakeHtml, htmlWithin, putHtml, putText, textOf } from '../lib/richText.ts';
import { t } from '../strings/en.ts';
import { useKept } from './useKept.ts';

type Signature = AccountSettings['signature'];
type EditorProps = { value: Signature; set: (signature: Signature) => void };

const marks = [
  { name: t.account.bold, command: 'bold', shows: 'B' },
  { name: t.account.italic, command: 'italic', shows: 'I' },
] as const;

const addLink = (): void => {
  const typed = prompt(t.account.linkTo)?.trim() ?? '';
  if (typed !== '')
    document.execCommand('createLink', false, /^(?:https?|mailto|tel):/i.test(typed) ? typed : `https://${typed}`);
};

/** It is read from the editor as it is typed, never written back into it. */
const Formatted = ({ value, set }: EditorProps) => {
  const editor = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = editor.current;
    if (!element) return;
    if (value.html !== '' && canTakeHtml()) putHtml(element, value.html);
    else putText(element, value.text);
  }, []);
  const read = (): void => {
    const element = editor.current;
    if (!element) return;
    const text = textOf(element).trimEnd();
    set({ text, html: text === '' ? '' : htmlWithin(element) });
  };
  const button = (name: string, kind: string, shows: string, run: () => void) => (
    <button
      type="button"
      class={`mark-${kind}`}
      aria-label={name}
      title={name}
      // The selection stays in the text.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        run();
        read();
      }}
    >
      {shows}
    </button>
  );
  return (
    <>
      <div class="marks" role="toolbar" aria-label={t.account.rich}>
        {marks.map(({ name, command, shows }) => button(name, command, shows, () => document.execCommand(command)))}
        {button(t.account.link, 'link', t.account.link, addLink)}
      </div>
      <div
        ref={editor}
        class="rich signature"
        contentEditable
        role="textbox"
        aria-multiline="true"
        aria-label={t.account.signatureText}
        onInput={read}
        onPaste={(event) => {
          event.preventDefault();
          document.execCommand('insertText', false, event.clipboardData?.getData('text/plain') ?? '');
        }}
      />
    </>
  );
};

/** The signature of an account, as plain text or with formatting. */
export const SignatureEditor = ({ kept, keep }: { kept: Signature; keep: (signature: Signature) => void }) => {
  const [value, set] = useKept(kept, keep);
  const isRich = useRef(kept.html !== '');
  return (
    <div class="signature-editor">
      {isRich.current ? (
        <Formatted value={value} set={set} />
      ) : (
        <textarea
          rows={4}
          maxLength={5000}
          aria-label={t.account.signatureText}
          value={value.text}
          onInput={(event) => set({ text: event.currentTarget.value, html: '' })}
        />
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={isRich.current}
          onChange={(event) => {
            isRich.current = event.currentTarget.checked;
            set(isRich.current ? value : { ...value, html: '' });
          }}
        />
        {t.account.rich}
      </label>
    </div>
  );
};
