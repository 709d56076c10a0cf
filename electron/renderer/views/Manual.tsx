import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { address, beginSetup, given, type Typed, tryServers, typed, typedConfig } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { SignInFields } from './SignInFields.tsx';
import { useFocus } from './useFocus.ts';

const change = (some: Partial<Typed>): void => {
  typed.value = { ...typed.value, ...some };
};

const securities = ['tls', 'starttls', 'none'] as const;

type Server = 'imap' | 'smtp';

const Endpoint = ({ server, label }: { server: Server; label: string }) => {
  const now = typed.value;
  return (
    <fieldset class="endpoint">
      <legend>{label}</legend>
      <input
        type="text"
        required
        spellcheck={false}
        aria-label={label}
        value={now[`${server}Host`]}
        onInput={(event) => change({ [`${server}Host`]: event.currentTarget.value })}
      />
      <input
        type="number"
        required
        min={1}
        max={65_535}
        aria-label={`${label}: ${t.setup.port}`}
        value={now[`${server}Port`]}
        onInput={(event) => change({ [`${server}Port`]: event.currentTarget.value })}
      />
      <select
        aria-label={`${label}: ${t.setup.security}`}
        value={now[`${server}Security`]}
        onChange={(event) =>
          change({ [`${server}Security`]: event.currentTarget.value as (typeof securities)[number] })
        }
      >
        {securities.map((security) => (
          <option key={security} value={security}>
            {t.setup.securities[security]}
          </option>
        ))}
      </select>
    </fieldset>
  );
};

const Kind = ({ first }: { first: RefObject<HTMLInputElement | null> }) => (
  <fieldset class="kinds">
    <legend>{t.setup.protocol}</legend>
    {(['imap', 'jmap'] as const).map((protocol) => (
      <label key={protocol} class="check">
        <input
          ref={typed.value.protocol === protocol ? first : null}
          type="radio"
          name="protocol"
          checked={typed.value.protocol === protocol}
          onChange={() => change({ protocol })}
        />
        {t.setup[protocol]}
      </label>
    ))}
  </fieldset>
);

/** Servers as the person's provider names them. */
export const Manual = () => {
  const [username, setUsername] = useState(given.value?.username ?? address.value);
  const [password, setPassword] = useState(given.value?.password ?? '');
  const kind = useFocus<HTMLInputElement>();
  const jmap = typed.value.protocol === 'jmap';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void tryServers(typedConfig(), { type: 'password', username, password });
      }}
    >
      <p class="lead">{t.setup.manualLead}</p>
      <Kind first={kind} />
      {jmap ? (
        <label class="field">
          <span>{t.setup.session}</span>
          <input
            type="text"
            required
            spellcheck={false}
            value={typed.value.sessionUrl}
            onInput={(event) => change({ sessionUrl: event.currentTarget.value })}
          />
        </label>
      ) : (
        <>
          <Endpoint server="imap" label={t.setup.imapHost} />
          <Endpoint server="smtp" label={t.setup.smtpHost} />
        </>
      )}
      <SignInFields username={username} setUsername={setUsername} password={password} setPassword={setPassword} />
      <div class="buttons">
        <button type="submit" class="primary">
          {t.next}
        </button>
        <button type="button" onClick={beginSetup}>
          {t.back}
        </button>
      </div>
    </form>
  );
};
