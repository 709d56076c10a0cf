import type { AccountSettings, AccountSettingsPatch } from '../../../src-shared/accountSettings.ts';
import { wireEmail } from '../../../src-shared/address.ts';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { updateAccount } from '../state/accountSettings.ts';
import { t } from '../strings/en.ts';
import { HintedField } from './HintedField.tsx';
import { SignatureEditor } from './SignatureEditor.tsx';
import { useKept } from './useKept.ts';

type Change = (patch: AccountSettingsPatch) => void;
type LineProps = { label: string; hint: string; kept: string; keep: (text: string) => void };

const Line = ({ label, hint, kept, keep }: LineProps) => {
  const [text, set] = useKept(kept, (typed) => keep(typed.trim()));
  return <HintedField label={label} hint={hint} value={text} set={set} />;
};

type Alias = AccountSettings['aliases'][number];
type AliasProps = { alias: Alias; at: number; set: (some: Partial<Alias>) => void; remove: () => void };

const AliasFields = ({ alias, at, set, remove }: AliasProps) => {
  const isWrong = alias.email !== '' && wireEmail(alias.email) === null;
  return (
    <fieldset class="alias">
      <legend class="unseen">{t.account.aliasNth(at + 1)}</legend>
      <label class="field">
        <span>{t.account.aliasName}</span>
        <input
          type="text"
          maxLength={200}
          value={alias.name}
          onInput={(event) => set({ name: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>{t.account.aliasEmail}</span>
        <input
          type="email"
          aria-invalid={isWrong}
          value={alias.email}
          onInput={(event) => set({ email: event.currentTarget.value.trim() })}
        />
      </label>
      <button type="button" class="small" aria-label={t.account.removeAlias(alias.email)} onClick={remove}>
        {t.settings.remove}
      </button>
      {isWrong && <p class="bad-text">{t.account.notEmail(alias.email)}</p>}
    </fieldset>
  );
};

/** For servers that do not say themselves who a person can send as. */
const Aliases = ({ kept, change }: { kept: Alias[]; change: Change }) => {
  const [aliases, set] = useKept(kept, (typed) =>
    change({ aliases: typed.filter(({ email }) => wireEmail(email) !== null) }),
  );
  return (
    <details>
      <summary>{t.account.aliases}</summary>
      <p class="hint">{t.account.aliasesHint}</p>
      {aliases.map((alias, at) => (
        <AliasFields
          key={at}
          alias={alias}
          at={at}
          set={(some) => set(aliases.with(at, { ...alias, ...some }))}
          remove={() => set(aliases.toSpliced(at, 1))}
        />
      ))}
      <button type="button" class="small" onClick={() => set([...aliases, { name: '', email: '' }])}>
        {t.account.addAlias}
      </button>
    </details>
  );
};

/** Who writes from an account, and what lists call it. */
export const AccountPerson = (props: { account: AccountRow; kept: AccountSettings; change: Change }) => {
  const { account, kept, change } = props;
  return (
    <>
      <Line
        label={t.account.name}
        hint={t.account.nameHint}
        // An address stands for a name where none was given.
        kept={account.name === account.email ? '' : account.name}
        keep={(name) => void updateAccount({ account: account.id, name })}
      />
      <Line label={t.account.label} hint={t.account.labelHint} kept={kept.label} keep={(label) => change({ label })} />
      <details>
        <summary>{t.account.signature}</summary>
        <p class="hint">
          {t.account.signatureHint} {account.protocol === 'jmap' && t.account.signatureServer}
        </p>
        <SignatureEditor kept={kept.signature} keep={(signature) => change({ signature })} />
      </details>
      {account.protocol === 'imap' && <Aliases kept={kept.aliases} change={change} />}
    </>
  );
};
