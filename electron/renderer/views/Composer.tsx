import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { hasMarks, htmlOfText } from '../lib/markup.ts';
import { signatureHtml } from '../lib/richText.ts';
import { inBytes } from '../lib/sizes.ts';
import { ask } from '../state/asking.ts';
import { attach, pickFiles } from '../state/attaching.ts';
import { discardDraft } from '../state/discarding.ts';
import { isDesktop } from '../state/line.ts';
import { identityOf } from '../state/sendAs.ts';
import { send } from '../state/sending.ts';
import { closeComposer, composer, edit, type Composer as Message } from '../state/writing.ts';
import { t } from '../strings/en.ts';
import { ComposerFields } from './ComposerFields.tsx';
import { Icon, IconButton } from './icons.tsx';
import { Later } from './Later.tsx';
import { RichEditor } from './RichEditor.tsx';
import { useKeptFocus } from './useFocus.ts';

const Text = ({ message }: { message: Message }) => {
  const area = useRef<HTMLTextAreaElement>(null);
  // The browser puts the caret behind a text that was not typed, as with another signature: it stays where it was.
  const caret = area.current?.selectionStart ?? 0;
  useLayoutEffect(() => {
    // Not while somebody types, whose input method may be at work.
    if (area.current?.selectionStart !== caret) area.current?.setSelectionRange(caret, caret);
  }, [message.text]);
  useLayoutEffect(() => {
    if (message.focus !== 'body') return;
    area.current?.focus();
    if (area.current) area.current.scrollTop = 0;
  }, []);
  const identity = identityOf(message);
  const signature = useMemo(() => (identity ? signatureHtml(identity) : null), [identity]);
  if (message.html !== null)
    return (
      <RichEditor
        html={message.html}
        text={message.text}
        label={t.composer.body}
        look="text"
        focus={message.focus === 'body'}
        part={signature}
        set={edit}
      />
    );
  return (
    <textarea
      ref={area}
      class="text"
      dir="auto"
      aria-label={t.composer.body}
      value={message.text}
      onInput={(event) => edit({ text: event.currentTarget.value })}
    />
  );
};

const Files = ({ message }: { message: Message }) =>
  message.files.length === 0 ? null : (
    <ul class="files" aria-label={t.reader.attachments}>
      {message.files.map((file, index) => (
        <li key={`${index}${file.name}`}>
          <span class="file">
            <Icon name="attachment" />
            <span class="cut">{file.name}</span>
            {file.size > 0 && <span class="size">{inBytes(file.size)}</span>}
            <button
              type="button"
              aria-label={t.composer.removeFile(file.name)}
              onClick={() => edit({ files: message.files.toSpliced(index, 1), filesChanged: true })}
            >
              <Icon name="close" />
            </button>
          </span>
        </li>
      ))}
    </ul>
  );

/** Formatting on or off; the words stay, and the person is asked before marks go. */
const toggleFormatting = async ({ html, text, key }: Message): Promise<void> => {
  if (html === null) return edit({ html: htmlOfText(text), focus: 'body' });
  const isAgreed = !hasMarks(html) || (await ask(t.composer.plainLoses));
  if (isAgreed && composer.value?.key === key) edit({ html: null, focus: 'body' });
};

const Foot = ({ message }: { message: Message }) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <footer>
      <button type="button" class="primary" title="Ctrl+Enter" onClick={() => void send()}>
        <Icon name="sent" /> {t.composer.send}
      </button>
      <Later />
      <IconButton
        icon="attachment"
        name={t.composer.attach}
        run={() => (isDesktop() ? void pickFiles() : input.current?.click())}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          void attach([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="small"
        aria-pressed={message.html !== null}
        onClick={() => void toggleFormatting(message)}
      >
        {t.composer.rich}
      </button>
      <span class="grow saved" role="status">
        {t.composer.saved[message.saved]}
      </span>
      <IconButton icon="trash" name={t.composer.discard} run={() => void discardDraft()} />
    </footer>
  );
};

/** Files that are pasted are attached, unless words with marks come along: then the picture is only how they look. */
const pasteFiles = (event: ClipboardEvent): void => {
  const { files, types } = event.clipboardData ?? {};
  if (!files || files.length === 0 || event.defaultPrevented) return;
  const isText = types?.includes('text/html') && event.clipboardData?.getData('text/plain').trim() !== '';
  if (isText) return;
  event.preventDefault();
  event.stopPropagation();
  void attach([...files]);
};

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

const Writing = ({ message }: { message: Message }) => {
  const [over, setOver] = useState(false);
  const keeps = useKeptFocus();
  return (
    <section
      {...keeps}
      class={over ? 'composer dropping' : 'composer'}
      role="dialog"
      aria-label={t.composer.label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        void closeComposer();
      }}
      onPasteCapture={pasteFiles}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        void attach([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <header>
        <h2 class="grow cut" dir="auto">
          {message.subject || t.composer.label}
        </h2>
        <IconButton icon="close" name={t.close} keys="Esc" run={() => void closeComposer()} />
      </header>
      <ComposerFields message={message} />
      {[message.problem, message.refused].map(
        (words) =>
          words !== null && (
            <p key={words} class="bad-text problem" role="alert">
              {words}
            </p>
          ),
      )}
      <Text key={`${message.html === null}`} message={message} />
      {over && <p class="drop-hint">{t.composer.dropHere}</p>}
      <Files message={message} />
      <Foot message={message} />
    </section>
  );
};

/** The message that is being written, in front of the reader; the rest of the window stays at hand. */
export const Composer = () => {
  const message = composer.value;
  return message && <Writing key={message.key} message={message} />;
};
