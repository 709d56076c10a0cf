import { useState } from 'preact/hooks';
import { appSettings, setApp } from '../state/appSettings.ts';
import { t } from '../strings/en.ts';

const providers = [
  { id: 'google', name: 'Google' },
  { id: 'microsoft', name: 'Microsoft' },
] as const;

const Client = ({ id, name }: (typeof providers)[number]) => {
  const kept = appSettings.value?.oauthClients[id];
  const [clientId, setClientId] = useState(kept?.clientId ?? '');
  const [secret, setSecret] = useState('');
  const keep = (): void => {
    const given =
      clientId.trim() === '' ? null : { clientId: clientId.trim(), ...(secret ? { clientSecret: secret } : {}) };
    setSecret('');
    void setApp({ oauthClients: { [id]: given } });
  };
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <label class="field grow">
        <span>{t.settings.clientId(name)}</span>
        <input
          type="text"
          spellcheck={false}
          value={clientId}
          onInput={(event) => setClientId(event.currentTarget.value)}
        />
      </label>
      <label class="field grow">
        <span>{kept?.hasSecret ? t.settings.clientSecretKept : t.settings.clientSecret}</span>
        <input
          type="password"
          autocomplete="off"
          value={secret}
          onInput={(event) => setSecret(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{t.settings.save}</button>
    </form>
  );
};

/** Settings of the app itself, where the backend keeps them. */
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
        {providers.map((provider) => (
          <Client key={provider.id} {...provider} />
        ))}
      </details>
    </section>
  );
