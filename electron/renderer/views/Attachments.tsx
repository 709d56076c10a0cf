import type { Attachment, EmailHead } from '../../../src-shared/model.ts';
import { save } from '../lib/files.ts';
import { inBytes } from '../lib/sizes.ts';
import { askHost, askShell, isDesktop } from '../state/line.ts';
import { showEmail } from '../state/reader.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { Icon } from './icons.tsx';

const download = (email: EmailHead, part: string): Promise<void> =>
  attempt(async () => {
    const { url, name } = await askHost('host.file', { account: email.account, email: email.id, part });
    save(url, name);
  });

/** In the desktop program a file can be dragged out of the window: the shell goes on with the drag. */
const drag = (event: DragEvent, email: EmailHead, part: string): void => {
  event.preventDefault();
  void attempt(async () => void (await askShell('shell.drag', { account: email.account, email: email.id, part })));
};

/** Saves the whole message as a file. */
export const saveMessage = (email: EmailHead): Promise<void> =>
  attempt(async () => {
    const { url, name } = await askHost('host.file', { account: email.account, email: email.id, part: null });
    save(url, name);
  });

const File = ({ email, file }: { email: EmailHead; file: Attachment }) => {
  const name = file.name ?? t.reader.unnamed;
  return (
    <li>
      <button
        type="button"
        class="file"
        title={t.reader.download(name)}
        draggable={isDesktop()}
        onDragStart={(event) => drag(event, email, file.part)}
        onClick={() => void download(email, file.part)}
      >
        <Icon name="attachment" />
        <span class="cut">{name}</span>
        <span class="size">{inBytes(file.size)}</span>
      </button>
      {file.type === 'message/rfc822' && (
        <button type="button" class="small" onClick={() => void showEmail(email.id, false, file.part)}>
          {t.reader.open}
        </button>
      )}
    </li>
  );
};

/** The files of a message, each to be saved. */
export const Attachments = ({ email, files }: { email: EmailHead; files: Attachment[] }) => (
  <ul class="files" aria-label={t.reader.attachments}>
    {files.map((file) => (
      <File key={file.part} email={email} file={file} />
    ))}
  </ul>
);
