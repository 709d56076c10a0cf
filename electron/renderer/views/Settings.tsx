import { useEffect, useState } from 'preact/hooks';
import type { AccountSettings } from '../../../src-shared/accountSettings.ts';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { accounts, readAll } from '../state/accounts.ts';
import { sheet } from '../state/activity.ts';
import { call } from '../state/line.ts';
import { choices, choose } from '../state/settings.ts';
import { beginSetup } from '../state/setup.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { AppSection } from './AppSection.tsx';
import { Dialog } from './Dialog.tsx';
import { ShellSection } from './ShellSection.tsx';
import { SignInFields } from './SignInFields.tsx';
import { VaultSection } from './VaultSection.tsx';

const themes = ['system', 'light', 'dark'] as const;
const SIZES = [90, 100, 115, 130, 150, 175, 200];
const SECONDS = [0, 5, 10, 20, 30];

const Look = () => (
  <section>
    <h3>{t.settings.look}</h3>
    <label class="field">
      <span>{t.settings.theme}</span>
      <select
        value={choices.value.theme}
        onChange={(event) => choose({ theme: event.currentTarget.value as (typeof themes)[number] })}
      >
        {themes.map((theme) => (
          <option key={theme} value={theme}>
            {t.settings.themes[theme]}
          </option>
        ))}
      </select>
    </label>
    <label class="field">
      <span>{t.settings.text}</span>
      <select value={choices.value.text} onChange={(event) => choose({ text: Number(event.currentTarget.value) })}>
        {SIZES.map((size) => (
          <option key={size} value={size}>
            {size} %
          </option>
        ))}
      </select>
    </label>
  </section>
);

const Writing = () => (
  <section>
    <h3>{t.settings.writing}</h3>
    <label class="field">
      <span>{t.settings.undo}</span>
      <select
        value={choices.value.undoSeconds}
        onChange={(event) => choose({ undoSeconds: Number(event.currentTarget.value) })}
      >
        {SECONDS.map((seconds) => (
          <option key={seconds} value={seconds}>
            {t.settings.seconds(seconds)}
          </option>
        ))}
      </select>
    </label>
    <label class="check">
      <input
        type="checkbox"
        checked={choices.value.rich}
        onChange={(event) => choose({ rich: event.currentTarget.checked })}
      />
      {t.settings.rich}
    </label>
  </section>
);

const update = (input: { account: string; name?: string; paused?: boolean }): Promise<void> =>
  attempt(async () => {
    await call('accounts.update', null, input);
    await readAll();
  });

const removeAccount = (account: AccountRow): Promise<void> =>
  attempt(async () => {
    if (!confirm(t.settings.sure(account.email))) return;
    await call('accounts.remove', null, { account: account.id });
    await readAll();
  });

const Password = ({ account }: { account: AccountRow }) => {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const keep = (): Promise<void> =>
    attempt(async () => {
      const typed = username === '' ? { password } : { credential: { type: 'password' as const, username, password } };
      await call('accounts.update', null, { account: account.id, ...typed });
      setPassword('');
      await readAll();
    });
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <SignInFields
        username={username}
        setUsername={setUsername}
        password={password}
        setPassword={setPassword}
        emptyName={t.settings.asBefore}
      />
      <button type="submit">{t.settings.save}</button>
    </form>
  );
};

const signInAgain = (account: string): Promise<void> =>
  attempt(async () => {
    const { credential } = await call('accounts.signInAgain', null, { account });
    await call('accounts.update', null, { account, credential });
    await readAll();
  });

const Account = ({ account }: { account: AccountRow }) => {
  const [kept, setKept] = useState<AccountSettings | null>(null);
  useEffect(() => {
    void call('settings.get', account.id, {}).then(setKept, () => undefined);
  }, [account.id]);
  const paused = account.phase === 'stopped';
  const isLocked = account.error?.detail?.['locked'] === true;
  return (
    <fieldset class="account-settings">
      <legend>{account.email}</legend>
      <p class="hint">
        {account.protocol.toUpperCase()} · {t.phases[account.phase]}
      </p>
      {account.error && <p class="bad-text">{isLocked ? t.vault.locked : inWords(account.error)}</p>}
      <label class="field">
        <span>{t.settings.name}</span>
        <input
          type="text"
          value={account.name}
          onChange={(event) => void update({ account: account.id, name: event.currentTarget.value })}
        />
      </label>
      {kept && (
        <label class="check">
          <input
            type="checkbox"
            checked={kept.bodies.prefetch}
            onChange={(event) =>
              void attempt(async () =>
                setKept(await call('settings.set', account.id, { bodies: { prefetch: event.currentTarget.checked } })),
              )
            }
          />
          {t.settings.prefetch}
        </label>
      )}
      {account.error?.kind === 'auth' && !isLocked && (
        <>
          <Password account={account} />
          <button type="button" onClick={() => void signInAgain(account.id)}>
            {t.setup.signIn}
          </button>
        </>
      )}
      <div class="buttons">
        <button type="button" onClick={() => void update({ account: account.id, paused: !paused })}>
          {paused ? t.settings.goOn : t.settings.pause}
        </button>
        <button type="button" class="danger" onClick={() => void removeAccount(account)}>
          {t.settings.remove}
        </button>
      </div>
    </fieldset>
  );
};

const About = () => {
  const [version, setVersion] = useState('');
  useEffect(() => {
    void call('app.info', null, {}).then((info) => setVersion(info.version));
  }, []);
  return (
    <section>
      <h3>{t.settings.about}</h3>
      <p class="hint">{t.settings.version(version)}</p>
    </section>
  );
};

/** What a person can choose. */
export const Settings = ({ close }: { close: () => void }) => (
  <Dialog title={t.settings.title} close={close}>
    <div class="settings">
      <Look />
      <Writing />
      <section>
        <h3>{t.settings.accounts}</h3>
        {accounts.value?.map((account) => (
          <Account key={account.id} account={account} />
        ))}
        <button
          type="button"
          onClick={() => {
            sheet.value = null;
            beginSetup();
          }}
        >
          {t.sidebar.addAccount}
        </button>
      </section>
      <ShellSection />
      <VaultSection />
      <AppSection />
      <About />
    </div>
  </Dialog>
);
