import { useEffect, useState } from 'preact/hooks';
import { accounts } from '../state/accounts.ts';
import { sheet } from '../state/activity.ts';
import { call } from '../state/line.ts';
import { choices, choose } from '../state/settings.ts';
import { beginSetup } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { Account } from './Account.tsx';
import { AppSection } from './AppSection.tsx';
import { Dialog } from './Dialog.tsx';
import { PicturesSection } from './PicturesSection.tsx';
import { ShellSection } from './ShellSection.tsx';
import { Transfer } from './Transfer.tsx';
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
        {accounts.value?.map((account, at) => (
          <Account key={account.id} account={account} at={at} />
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
      <Transfer />
      <PicturesSection />
      <ShellSection />
      <VaultSection />
      <AppSection />
      <About />
    </div>
  </Dialog>
);
