import { useState } from 'preact/hooks';
import { nameOfProvider } from '../lib/providers.ts';
import { appSettings, setApp } from '../state/appSettings.ts';
import { t } from '../strings/en.ts';

/** As whom Tern signs people in at one provider. `kept`: called once it is. */
export const ClientFields = ({ provider, kept }: { provider: string; kept?: () => void }) => {
  const known = appSettings.value?.oauthClients[provider];
  const [clientId, setClientId] = useState(known?.clientId ?? '');
  const [secret, setSecret] = useState('');
  const keep = async (): Promise<void> => {
    const id = clientId.trim();
    const given = id === '' ? null : { clientId: id, ...(secret ? { clientSecret: secret } : {}) };
    setSecret('');
    await setApp({ oauthClients: { [provider]: given } });
    if (id !== '' && appSettings.value?.oauthClients[provider]?.clientId === id) kept?.();
  };
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <label class="field grow">
        <span>{t.settings.clientId(nameOfProvider(provider))}</span>
        <input
          type="text"
          spellcheck={false}
          value={clientId}
          onInput={(event) => setClientId(event.currentTarget.value)}
        />
      </label>
      <label class="field grow">
        <span>{known?.hasSecret ? t.settings.clientSecretKept : t.settings.clientSecret}</span>
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
