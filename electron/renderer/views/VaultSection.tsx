import { useState } from 'preact/hooks';
import { setPassphrase, unlock, vault } from '../state/vault.ts';
import { t } from '../strings/en.ts';

type FieldProps = { label: string; value: string; set: (text: string) => void; isNew?: boolean };

const Field = ({ label, value, set, isNew = false }: FieldProps) => (
  <label class="field grow">
    <span>{label}</span>
    <input
      type="password"
      autocomplete="off"
      required
      minlength={isNew ? 8 : 1}
      value={value}
      onInput={(event) => set(event.currentTarget.value)}
    />
  </label>
);

/** A form of passphrases: `done` throws where they are not the right ones. */
const useForm = (done: () => Promise<unknown>) => {
  const [isWrong, setWrong] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    setWrong(false);
    done().catch(() => setWrong(true));
  };
  return { submit, wrong: isWrong && <p class="bad-text">{t.vault.wrong}</p> };
};

const Unlock = () => {
  const [passphrase, set] = useState('');
  const { submit, wrong } = useForm(() => unlock(passphrase));
  return (
    <form class="inline" onSubmit={submit}>
      <Field label={t.vault.passphrase} value={passphrase} set={set} />
      <button type="submit">{t.vault.unlock}</button>
      {wrong}
    </form>
  );
};

const Choose = ({ hasOne }: { hasOne: boolean }) => {
  const [old, setOld] = useState('');
  const [passphrase, set] = useState('');
  const { submit, wrong } = useForm(async () => {
    if (!(await setPassphrase(passphrase, hasOne ? old : undefined))) return;
    setOld('');
    set('');
  });
  return (
    <form class="inline" onSubmit={submit}>
      {hasOne && <Field label={t.vault.old} value={old} set={setOld} />}
      <Field label={t.vault.chosen} value={passphrase} set={set} isNew />
      <button type="submit">{t.settings.save}</button>
      {wrong}
    </form>
  );
};

/** How passwords are kept on this computer, and the passphrase that can seal them. */
export const VaultSection = () => {
  const { value } = vault;
  if (!value) return null;
  return (
    <section>
      <h3>{t.vault.title}</h3>
      <p class="hint">{value.locked ? t.vault.locked : t.vault.kinds[value.kind]}</p>
      {!value.locked && <p class="hint">{t.vault.does}</p>}
      {value.locked ? <Unlock /> : <Choose hasOne={value.kind === 'passphrase'} />}
    </section>
  );
};
