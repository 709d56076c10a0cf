import { useState } from 'preact/hooks';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import type { Config } from '../../../src-shared/model.ts';
import { configOf, typedOf } from '../lib/servers.ts';
import { blankSignIn, fitting, type SignIn, waysOf } from '../lib/signIn.ts';
import { changeServers } from '../state/accountSettings.ts';
import { t } from '../strings/en.ts';
import { KeptForm } from './KeptForm.tsx';
import { ServerFields } from './ServerFields.tsx';
import { SignInFields } from './SignInFields.tsx';

type Props = { account: AccountRow; config: Config; username: string };

/** The servers of an account. Where those typed are somebody else's, the password is asked for. */
export const AccountServers = ({ account, config: kept, username }: Props) => {
  const [typed, setTyped] = useState(typedOf(kept));
  const [signIn, setSignIn] = useState<SignIn | null>(null);
  const config: Config = kept.protocol === 'jmap' ? { ...kept, sessionUrl: typed.sessionUrl.trim() } : configOf(typed);
  const ways = waysOf(config);
  const given = signIn && fitting(signIn, ways);
  const keep = async (): Promise<boolean> => {
    const isWanted = (await changeServers(account.id, config, given)) === 'wanted';
    setSignIn(isWanted ? blankSignIn(username) : null);
    return !isWanted;
  };
  return (
    <KeptForm keep={keep} said={t.account.serversKept}>
      <ServerFields typed={typed} change={(some) => setTyped({ ...typed, ...some })} />
      {given && (
        <fieldset class="within">
          <legend>{t.account.password}</legend>
          <p role="alert">{t.account.serversElsewhere}</p>
          <SignInFields value={given} ways={ways} set={(some) => setSignIn({ ...given, ...some })} focus />
        </fieldset>
      )}
    </KeptForm>
  );
};
