import { useRef } from 'preact/hooks';
import type { AccountSettings } from '../../../src-shared/accountSettings.ts';
import { t } from '../strings/en.ts';
import { RichEditor } from './RichEditor.tsx';
import { useKept } from './useKept.ts';

type Signature = AccountSettings['signature'];

/** The signature of an account, as plain text or with formatting. */
export const SignatureEditor = ({ kept, keep }: { kept: Signature; keep: (signature: Signature) => void }) => {
  const [value, set] = useKept(kept, keep);
  const isRich = useRef(kept.html !== '');
  return (
    <div class="signature-editor">
      {isRich.current ? (
        <RichEditor
          {...value}
          label={t.account.signatureText}
          look="signature"
          set={({ text, html }) => set({ text: text.trimEnd(), html: text.trim() === '' ? '' : html })}
        />
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
