import { useState } from 'preact/hooks';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import type { Config } from '../../../src-shared/model.ts';
import { configOf, typedOf } from '../lib/servers.ts';
import { blankSignIn, fitting, type SignIn, waysOf } from '../lib/signIn.ts';
import { changeServers } from '../state/accountSettings.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { ServerFields } from './ServerFields.tsx';
import { SignInFields } from './SignInFields.tsx';

type Props = { account: AccountRow; config: Config; username: string };

/** The servers of an account. Where those typed are somebody else's, the password is asked for. */
export const AccountServers = ({ account, config: kept, username }: Props) => {
  const [typed, setTyped] = useState(typedOf(kept));
  const [signIn, setSignIn] = useState<SignIn | null>(null);
  const [error, setError] = useState<TernError | null>(null);
  const [isKept, setKept] = useState(false);
  const config: Config = kept.protocol === 'jmap' ? { ...kept, sessionUrl: typed.sessionUrl.trim() } : configOf(typed);
  const ways = waysOf(config);
  const given = signIn && fitting(signIn, ways);
  const keep = async (): Promise<void> => {
    try {
      setError(null);
      setKept(false);
      if ((await changeServers(account.id, config, given)) === 'wanted') return setSignIn(blankSignIn(username));
      setSignIn(null);
      setKept(true);
    } catch (failure) {
      setError(asTernError(failure));
    }
  };
  return (
    <form
      class="stacked"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <ServerFields typed={typed} change={(some) => setTyped({ ...typed, ...some })} />
      {given && (
        <fieldset class="within">
          <legend>{t.account.password}</legend>
          <p role="alert">{t.account.serversElsewhere}</p>
          <SignInFields value={given} ways={ways} set={(some) => setSignIn({ ...given, ...some })} focus />
        </fieldset>
      )}
      {error && (
        <p class="bad-text" role="alert">
          {inWords(error)}
        </p>
      )}
      <p role="status">{isKept && t.account.serversKept}</p>
      <div class="buttons">
        <button type="submit">{t.settings.save}</button>
      </div>
    </form>
  );
};
