import { useState } from 'preact/hooks';
import { accountEmail } from '../lib/email.ts';
import { nameOfProvider } from '../lib/providers.ts';
import { accounts, progress } from '../state/accounts.ts';
import { goTo } from '../state/commands.ts';
import {
  address,
  clientWanted,
  discover,
  endSetup,
  goBack,
  personName,
  setup,
  setupError,
  tryServers,
  typeServers,
} from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { ClientFields } from './ClientFields.tsx';
import { Found } from './Found.tsx';
import { HintedField } from './HintedField.tsx';
import { Manual } from './Manual.tsx';
import { PasswordStep } from './PasswordStep.tsx';
import { useFocus } from './useFocus.ts';

const Problem = () => {
  const provider = clientWanted();
  if (provider !== null)
    return (
      <>
        <p class="bad-text" role="alert">
          {t.setup.clientWanted(nameOfProvider(provider))}
        </p>
        <ClientFields key={provider} provider={provider} kept={() => (setupError.value = null)} />
      </>
    );
  return setupError.value ? (
    <p class="bad-text" role="alert">
      {inWords(setupError.value)}
    </p>
  ) : null;
};

const BackButton = ({ name = t.back }: { name?: string }) => {
  const button = useFocus<HTMLButtonElement>();
  return (
    <div class="buttons">
      <button ref={button} type="button" onClick={goBack}>
        {name}
      </button>
    </div>
  );
};

/** While the person is in the browser. */
const SigningIn = () => (
  <>
    <h2>{t.page.title}</h2>
    <p role="status">{t.page.lead}</p>
    <BackButton />
  </>
);

const Testing = () => (
  <>
    <p role="status">{t.setup.testing}</p>
    <BackButton name={t.cancel} />
  </>
);

const AddressStep = () => {
  const [wrong, setWrong] = useState(false);
  const field = useFocus<HTMLInputElement>();
  const go = (then: () => void): void => {
    address.value = address.value.trim();
    const good = accountEmail(address.value);
    setWrong(!good);
    if (good) then();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        go(() => void discover());
      }}
    >
      {accounts.value?.length === 0 && <p class="lead">{t.setup.lead}</p>}
      <label class="field">
        <span>{t.setup.email}</span>
        <input
          ref={field}
          type="email"
          autocomplete="email"
          aria-invalid={wrong}
          aria-describedby={wrong ? 'address-wrong' : undefined}
          value={address.value}
          onInput={(event) => (address.value = event.currentTarget.value)}
        />
      </label>
      {wrong && (
        <p id="address-wrong" class="bad-text" role="alert">
          {t.setup.notEmail}
        </p>
      )}
      <HintedField
        label={t.setup.name}
        hint={t.setup.nameHint}
        autocomplete="name"
        value={personName.value}
        set={(name) => (personName.value = name)}
      />
      <div class="buttons">
        <button type="submit" class="primary">
          {t.next}
        </button>
        <button type="button" onClick={() => go(typeServers)}>
          {t.setup.manual}
        </button>
      </div>
    </form>
  );
};

const Agree = () => {
  const button = useFocus<HTMLButtonElement>();
  const now = setup.value;
  if (now?.step !== 'agree') return null;
  const { hosts, config, credential } = now;
  return (
    <>
      <h2>{t.setup.agree}</h2>
      <p>{t.setup.agreeLead}</p>
      <ul class="hosts">
        {hosts.map((host) => (
          <li key={host}>{host}</li>
        ))}
      </ul>
      <div class="buttons">
        <button ref={button} type="button" class="primary" onClick={() => void tryServers(config, credential, hosts)}>
          {t.setup.agreed}
        </button>
        <button type="button" onClick={goBack}>
          {t.back}
        </button>
      </div>
    </>
  );
};

const Syncing = ({ id }: { id: string }) => {
  const account = accounts.value?.find((each) => each.id === id);
  const now = progress.value[id];
  const button = useFocus<HTMLButtonElement>();
  const read = (): void => {
    setup.value = null;
    goTo({ kind: 'role', role: 'inbox' });
  };
  return (
    <>
      <h2>{t.setup.syncing(account?.email ?? address.value)}</h2>
      <p>{t.setup.syncingLead}</p>
      {now && account?.lastSyncedAt === null ? (
        <>
          <progress value={now.done} max={Math.max(1, now.total)} aria-label={t.list.first} />
          <p class="hint" role="status">
            {t.list.filling(now.done, now.total)}
          </p>
        </>
      ) : (
        <p class="hint" role="status">
          {account ? t.phases[account.phase] : ''}
        </p>
      )}
      {account?.error && <p class="bad-text">{inWords(account.error)}</p>}
      <button ref={button} type="button" class="primary" onClick={read}>
        {t.setup.read}
      </button>
    </>
  );
};

const Step = () => {
  const now = setup.value;
  if (now?.step === 'address') return <AddressStep />;
  if (now?.step === 'looking') return <Found probes={now.probes} candidates={now.candidates} done={now.done} />;
  if (now?.step === 'password') return <PasswordStep candidate={now.candidate} />;
  if (now?.step === 'signingIn') return <SigningIn />;
  if (now?.step === 'manual') return <Manual />;
  if (now?.step === 'testing') return <Testing />;
  if (now?.step === 'agree') return <Agree />;
  return now?.step === 'syncing' ? <Syncing id={now.account} /> : null;
};

/** Setting an account up, from an address to the first mail. */
export const Setup = () => {
  const first = accounts.value?.length === 0;
  return (
    <main class="setup">
      <div class="setup-card">
        <header>
          <h1 class="grow">{first ? t.setup.welcome : t.setup.title}</h1>
          {!first && setup.value?.step !== 'syncing' && (
            <button type="button" class="small" onClick={endSetup}>
              {t.cancel}
            </button>
          )}
        </header>
        <Problem />
        <Step />
      </div>
    </main>
  );
};
