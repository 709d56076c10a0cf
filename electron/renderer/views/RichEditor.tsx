import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { escape, linkOf } from '../lib/markup.ts';
import { canTakeHtml, htmlWithin, insertHtml, putHtml, putText, replacePart } from '../lib/richText.ts';
import { textOf } from '../lib/writtenText.ts';
import { t } from '../strings/en.ts';
import { Icon } from './icons.tsx';
import { useFocus } from './useFocus.ts';

const marks = [
  { name: t.composer.bold, command: 'bold', shows: 'B', keys: 'Ctrl+B' },
  { name: t.composer.italic, command: 'italic', shows: 'I', keys: 'Ctrl+I' },
  { name: t.composer.underline, command: 'underline', shows: 'U', keys: 'Ctrl+U' },
  { name: t.composer.list, command: 'insertUnorderedList', shows: '•' },
  { name: t.composer.numbers, command: 'insertOrderedList', shows: '' },
] as const;

/** What is pasted comes with the marks that the editor has, and no others; files are for who holds the editor. */
const paste = (event: ClipboardEvent): void => {
  const html = event.clipboardData?.getData('text/html') ?? '';
  const text = event.clipboardData?.getData('text/plain') ?? '';
  event.preventDefault();
  if (html === '' && text === '') return;
  if (html !== '' && canTakeHtml()) insertHtml(html);
  else document.execCommand('insertText', false, text);
};

/** The element of a kind around the caret. */
const around = (kind: string): Element | null => {
  const node = getSelection()?.anchorNode;
  return (node instanceof Element ? node : node?.parentElement)?.closest(`.rich ${kind}`) ?? null;
};

const toggleQuote = (): void => {
  if (around('blockquote')) document.execCommand('outdent');
  else document.execCommand('formatBlock', false, 'blockquote');
};

/** Makes what is selected a link; where nothing is, the address itself is put there. */
const setLink = (url: string): void => {
  if (getSelection()?.isCollapsed) insertHtml(`<a href="${escape(url)}">${escape(url)}</a>`);
  else document.execCommand('createLink', false, url);
};

/** Asks where a link shall lead. The selection is the editor's, and is there again when it is set. */
const LinkForm = ({ begun, done }: { begun: string; done: (deed: (() => void) | null) => void }) => {
  const [typed, setTyped] = useState(begun);
  const field = useFocus<HTMLInputElement>();
  const url = linkOf(typed);
  const set = (): void => {
    if (url !== null) done(() => setLink(url));
  };
  return (
    <div
      class="link-form"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Enter') set();
        else done(null);
      }}
    >
      <input
        ref={field}
        type="text"
        class="grow"
        spellcheck={false}
        aria-label={t.composer.linkTo}
        placeholder={t.composer.linkTo}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="button" disabled={url === null} onClick={set}>
        {t.composer.setLink}
      </button>
      {begun !== '' && (
        <button type="button" onClick={() => done(() => void document.execCommand('unlink'))}>
          {t.composer.removeLink}
        </button>
      )}
    </div>
  );
};

/** The caret in a link stands for all of it. */
const selectLink = (): string => {
  const link = around('a');
  if (link) getSelection()?.selectAllChildren(link);
  return link?.getAttribute('href') ?? '';
};

type MarksProps = {
  editor: RefObject<HTMLElement | null>;
  link: RefObject<HTMLButtonElement | null>;
  read: () => void;
};

const Marks = ({ editor, link: linkButton, read }: MarksProps) => {
  const [link, setLinkForm] = useState<{ begun: string; range: Range | undefined } | null>(null);
  const run = (deed: () => void): void => {
    editor.current?.focus();
    deed();
    read();
  };
  const buttons = [
    ...marks.map((mark) => ({ ...mark, run: () => run(() => void document.execCommand(mark.command)) })),
    { name: t.composer.quote, command: 'quote', shows: '”', run: () => run(toggleQuote) },
  ];
  const openLink = (): void => {
    editor.current?.focus();
    const begun = selectLink();
    setLinkForm({ begun, range: getSelection()?.getRangeAt(0).cloneRange() });
  };
  const closeLink = (deed: (() => void) | null): void => {
    const selection = getSelection();
    editor.current?.focus();
    selection?.removeAllRanges();
    if (link?.range) selection?.addRange(link.range);
    setLinkForm(null);
    if (deed) run(deed);
  };
  return (
    <>
      <div class="marks" role="toolbar" aria-label={t.composer.rich}>
        {buttons.map(({ name, command, shows, run: press, ...more }) => (
          <button
            key={command}
            type="button"
            class={`mark-${command}`}
            aria-label={name}
            title={'keys' in more ? `${name} (${more.keys})` : name}
            // The selection stays in the text.
            onMouseDown={(event) => event.preventDefault()}
            onClick={press}
          >
            {shows}
          </button>
        ))}
        <button
          ref={linkButton}
          type="button"
          aria-label={t.composer.link}
          title={`${t.composer.link} (Ctrl+K)`}
          class="mark-link"
          onMouseDown={(event) => event.preventDefault()}
          onClick={openLink}
        >
          <Icon name="links" />
        </button>
      </div>
      {link && <LinkForm begun={link.begun} done={closeLink} />}
    </>
  );
};

type Props = {
  /** What it begins with: the text, where there is no HTML. */
  html: string;
  text: string;
  label: string;
  look: 'text' | 'signature';
  focus?: boolean;
  /** What stands within it and is not the person's own: where it becomes another, so it does in the text. Null: not known. */
  part?: string | null;
  set: (typed: { html: string; text: string }) => void;
};

/** A text with a few marks. It is read from the editor as it is typed, never written back into it. */
export const RichEditor = ({ html, text, label, look, focus = false, part = null, set }: Props) => {
  const editor = useRef<HTMLDivElement>(null);
  const link = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const element = editor.current;
    if (!element) return;
    if (html !== '' && canTakeHtml()) putHtml(element, html);
    else putText(element, text);
    if (focus) element.focus();
  }, []);
  const read = (): void => {
    if (editor.current) set({ html: htmlWithin(editor.current), text: textOf(editor.current) });
  };
  const shown = useRef(part);
  useLayoutEffect(() => {
    if (part === null || part === shown.current) return;
    if (editor.current && shown.current !== null && replacePart(editor.current, shown.current, part)) read();
    shown.current = part;
  }, [part]);
  return (
    <>
      <Marks editor={editor} link={link} read={read} />
      <div
        ref={editor}
        class={`${look} rich`}
        contentEditable
        role="textbox"
        aria-multiline="true"
        aria-label={label}
        onInput={read}
        onPaste={paste}
        onKeyDown={(event) => {
          if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          link.current?.click();
        }}
      />
    </>
  );
};
