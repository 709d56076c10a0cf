import type { RefObject } from 'preact';
import { configOf, type Typed } from '../lib/servers.ts';
import { blankSignIn, credentialOf, fitting, waysOf } from '../lib/signIn.ts';
import { address, given, goBack, tryServers, typed } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { ServerFields } from './ServerFields.tsx';
import { SignInFields } from './SignInFields.tsx';
import { useFocus } from './useFocus.ts';

const change = (some: Partial<Typed>): void => {
  typed.value = { ...typed.value, ...some };
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
  const kind = useFocus<HTMLInputElement>();
  const config = configOf(typed.value);
  const ways = waysOf(config);
  const value = fitting(given.value ?? blankSignIn(address.value), ways);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void tryServers(config, credentialOf(value));
      }}
    >
      <p class="lead">{t.setup.manualLead}</p>
      <Kind first={kind} />
      <ServerFields typed={typed.value} change={change} />
      <SignInFields value={value} ways={ways} set={(some) => (given.value = { ...value, ...some })} />
      <div class="buttons">
        <button type="submit" class="primary">
          {t.next}
        </button>
        <button type="button" onClick={goBack}>
          {t.back}
        </button>
      </div>
    </form>
  );
};
