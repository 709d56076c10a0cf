import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { base64Of } from '../lib/files.ts';
import { inBytes } from '../lib/sizes.ts';
import { accounts } from '../state/accounts.ts';
import {
  type ComposerFile,
  closeComposer,
  compose,
  composer,
  discardDraft,
  edit,
  identities,
  type Composer as Message,
  send,
} from '../state/composer.ts';
import { toast } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { AddressField } from './AddressField.tsx';
import { Icon, IconButton } from './icons.tsx';
import { Later } from './Later.tsx';
import { RichEditor } from './RichEditor.tsx';

/** The largest file that is taken, in bytes: few servers take more. */
const LARGEST_FILE = 50_000_000;
const NO_TYPE = 'application/octet-stream';

const attach = async (files: Iterable<File>): Promise<void> => {
  const some: ComposerFile[] = [];
  for (const file of files) {
    if (file.size > LARGEST_FILE) {
      toast(t.composer.tooBig(file.name), { tone: 'bad' });
      continue;
    }
    const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : NO_TYPE;
    const given = { name: file.name, type, bytes: await base64Of(file) };
    some.push({ name: file.name, type, size: file.size, given });
  }
  const now = composer.value;
  if (now && some.length > 0) edit({ files: [...now.files, ...some], filesChanged: true });
};

const From = ({ message }: { message: Message }) => {
  const own = accounts.value ?? [];
  if (own.length < 2 && identities.value.length < 2) return null;
  const isStarted = message.draft !== null || message.inReplyTo !== null || message.forwardOf !== null;
  return (
    <div class="field-line">
      <label for="field-from">{t.composer.from}</label>
      {own.length > 1 && !isStarted && (
        <select
          aria-label={t.settings.accounts}
          value={message.account}
          onChange={(event) => {
            const { to, cc, bcc, subject, text, html, files, filesChanged } = message;
            composer.value = null;
            void compose({ to, cc, bcc, subject, text, html, files, filesChanged }, event.currentTarget.value);
          }}
        >
          {own.map(({ id, email }) => (
            <option key={id} value={id}>
              {email}
            </option>
          ))}
        </select>
      )}
      <select
        id="field-from"
        class="grow"
        value={message.identity ?? ''}
        onChange={(event) => edit({ identity: event.currentTarget.value, from: null })}
      >
        {identities.value.map(({ id, name, email }) => (
          <option key={id} value={id}>
            {name === '' ? email : `${name} <${email}>`}
          </option>
        ))}
      </select>
    </div>
  );
};

const Fields = ({ message }: { message: Message }) => {
  const [more, setMore] = useState(message.cc.length + message.bcc.length > 0);
  return (
    <div class="fields">
      <From message={message} />
      <div class="with-more">
        <AddressField
          label={t.composer.to}
          name="to"
          addresses={message.to}
          focus={message.focus === 'to'}
          change={(to) => edit({ to })}
        />
        {!more && (
          <button type="button" class="link" onClick={() => setMore(true)}>
            {t.composer.more}
          </button>
        )}
      </div>
      {more && <AddressField label={t.composer.cc} name="cc" addresses={message.cc} change={(cc) => edit({ cc })} />}
      {more && (
        <AddressField label={t.composer.bcc} name="bcc" addresses={message.bcc} change={(bcc) => edit({ bcc })} />
      )}
      <div class="field-line">
        <label for="field-subject">{t.composer.subject}</label>
        <input
          id="field-subject"
          class="grow"
          type="text"
          value={message.subject}
          maxLength={2000}
          onInput={(event) => edit({ subject: event.currentTarget.value })}
        />
      </div>
    </div>
  );
};

const Text = ({ message }: { message: Message }) => {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (message.focus !== 'body') return;
    area.current?.focus();
    area.current?.setSelectionRange(0, 0);
    if (area.current) area.current.scrollTop = 0;
  }, []);
  if (message.html !== null)
    return <RichEditor html={message.html} text={message.text} focus={message.focus === 'body'} />;
  return (
    <textarea
      ref={area}
      class="text"
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

const Foot = ({ message }: { message: Message }) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <footer>
      <button type="button" class="primary" title="Ctrl+Enter" onClick={() => void send()}>
        <Icon name="sent" /> {t.composer.send}
      </button>
      <Later />
      <IconButton icon="attachment" name={t.composer.attach} run={() => input.current?.click()} />
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
        onClick={() => edit({ html: message.html === null ? '' : null, focus: 'body' })}
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

/** The message that is being written, in front of the reader; the rest of the window stays at hand. */
export const Composer = () => {
  const message = composer.value;
  if (!message) return null;
  return (
    <section
      class="composer"
      role="dialog"
      aria-label={t.composer.label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        void closeComposer();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void attach([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <header>
        <h2 class="grow cut">{message.subject || t.composer.label}</h2>
        <IconButton icon="close" name={t.close} keys="Esc" run={() => void closeComposer()} />
      </header>
      <Fields message={message} />
      {message.problem && (
        <p class="bad-text problem" role="alert">
          {message.problem}
        </p>
      )}
      <Text key={`${message.html === null}`} message={message} />
      <Files message={message} />
      <Foot message={message} />
    </section>
  );
};
