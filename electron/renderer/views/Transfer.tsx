import { useRef, useState } from 'preact/hooks';
import { asTernError } from '../../../src-shared/errors.ts';
import { save } from '../lib/files.ts';
import { exportAccounts, importAccounts } from '../state/accountSettings.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';

/** Has the browser save a text. */
const saveText = (text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  save(url, t.account.fileName);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

type Said = { text: string; skipped?: string[]; isBad?: boolean };

/** Accounts go to another computer, and come from one. */
export const Transfer = () => {
  const input = useRef<HTMLInputElement>(null);
  const [said, say] = useState<Said>({ text: '' });
  const tell = async (task: () => Promise<Said>): Promise<void> => {
    try {
      say(await task());
    } catch (error) {
      const failure = asTernError(error);
      say({ text: failure.kind === 'invalid' ? t.account.notExport : inWords(failure), isBad: true });
    }
  };
  return (
    <section>
      <h3>{t.account.move}</h3>
      <p class="hint">{t.account.moveHint}</p>
      <div class="buttons">
        <button
          type="button"
          onClick={() =>
            void tell(async () => {
              const { file, count, skipped } = await exportAccounts();
              saveText(file);
              return { text: t.account.exported(count), skipped };
            })
          }
        >
          {t.account.exportAll}
        </button>
        <button type="button" onClick={() => input.current?.click()}>
          {t.account.importAll}
        </button>
        <input
          ref={input}
          type="file"
          accept="application/json,.json"
          aria-label={t.account.importAll}
          hidden
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file)
              void tell(async () => {
                const { count, skipped } = await importAccounts(await file.text());
                return { text: t.account.imported(count), skipped };
              });
          }}
        />
      </div>
      <div role="status">
        <p class={said.isBad ? 'bad-text' : ''}>{said.text}</p>
        {said.skipped?.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
    </section>
  );
};
