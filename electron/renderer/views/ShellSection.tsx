import { becomeDefault, setShell, shellSettings } from '../state/shell.ts';
import { t } from '../strings/en.ts';

const names = ['notifications', 'badge', 'tray'] as const;

/** What the person sets of the desktop program; in a browser there is none. */
export const ShellSection = () => {
  const now = shellSettings.value;
  if (now === null) return null;
  return (
    <section>
      <h3>{t.desktop.title}</h3>
      {names.map((name) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={now[name]}
            onChange={(event) => void setShell({ [name]: event.currentTarget.checked })}
          />
          {t.desktop.settings[name]}
        </label>
      ))}
      <button type="button" onClick={() => void becomeDefault()}>
        {t.desktop.becomeDefault}
      </button>
    </section>
  );
};
