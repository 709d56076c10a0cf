import { namedProviders } from '../lib/providers.ts';
import { appSettings, setApp } from '../state/appSettings.ts';
import { t } from '../strings/en.ts';
import { ClientFields } from './ClientFields.tsx';

/** Those that are known, and those that the person named. */
const providers = (): string[] => [
  ...new Set([...Object.keys(namedProviders), ...Object.keys(appSettings.value?.oauthClients ?? {})]),
];

/** Settings of the app itself. */
export const AppSection = () =>
  appSettings.value === null ? null : (
    <section>
      <h3>{t.settings.finding}</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={appSettings.value.ispdb}
          onChange={(event) => void setApp({ ispdb: event.currentTarget.checked })}
        />
        {t.settings.ispdb}
      </label>
      <details>
        <summary>{t.settings.clients}</summary>
        <p class="hint">{t.settings.clientsHint}</p>
        {providers().map((provider) => (
          <ClientFields key={provider} provider={provider} />
        ))}
      </details>
    </section>
  );
