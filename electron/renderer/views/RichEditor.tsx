import { useLayoutEffect, useRef } from 'preact/hooks';
import { canTakeHtml, htmlOf, putHtml, putText, textOf } from '../lib/richText.ts';
import { edit } from '../state/composer.ts';
import { t } from '../strings/en.ts';

const marks = [
  { name: t.composer.bold, command: 'bold', shows: 'B' },
  { name: t.composer.italic, command: 'italic', shows: 'I' },
  { name: t.composer.list, command: 'insertUnorderedList', shows: '•' },
  { name: t.composer.quote, command: 'formatBlock', value: 'blockquote', shows: '”' },
] as const;

/** What is pasted comes as words alone. */
const paste = (event: ClipboardEvent): void => {
  event.preventDefault();
  document.execCommand('insertText', false, event.clipboardData?.getData('text/plain') ?? '');
};

/** A text with a few marks. It is read from the editor as it is typed, never written back into it. */
export const RichEditor = ({ html, text, focus }: { html: string; text: string; focus: boolean }) => {
  const editor = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = editor.current;
    if (!element) return;
    if (html !== '' && canTakeHtml()) putHtml(element, html);
    else putText(element, text);
    if (focus) element.focus();
  }, []);
  const read = (): void => {
    const element = editor.current;
    if (element) edit({ html: [...element.childNodes].map(htmlOf).join(''), text: textOf(element) });
  };
  return (
    <>
      <div class="marks" role="toolbar" aria-label={t.composer.rich}>
        {marks.map((mark) => (
          <button
            key={mark.command}
            type="button"
            class={`mark-${mark.command}`}
            aria-label={mark.name}
            title={mark.name}
            // The selection stays in the text.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              document.execCommand(mark.command, false, 'value' in mark ? mark.value : undefined);
              read();
            }}
          >
            {mark.shows}
          </button>
        ))}
      </div>
      <div
        ref={editor}
        class="text rich"
        contentEditable
        role="textbox"
        aria-multiline="true"
        aria-label={t.composer.body}
        onInput={read}
        onPaste={paste}
      />
    </>
  );
};
