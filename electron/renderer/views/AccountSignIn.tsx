import { useState } from 'preact/hooks';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { blankSignIn, fitting, type SignIn, type Ways } from '../lib/signIn.ts';
import { changeSignIn, importedNames, signInAgain } from '../state/accountSettings.ts';
import { t } from '../strings/en.ts';
import { KeptForm } from './KeptForm.tsx';
import { SignInFields } from './SignInFields.tsx';

/** Any account may want another password, a token, or a sign-in in the browser by now. */
const waysTo = ({ protocol }: AccountRow): Ways => ({
  password: true,
  token: protocol === 'jmap',
  out: protocol === 'imap',
});

/** A new password or token for an account, or signing in anew. `known`: the user name until now, where it can be read. */
export const AccountSignIn = ({ account, known }: { account: AccountRow; known: string | undefined }) => {
  const name = known ?? importedNames.value[account.id] ?? account.email;
  const [typed, setTyped] = useState<SignIn>(blankSignIn(name));
  const ways = waysTo(account);
  const value = fitting(typed, ways);
  const keep = async (): Promise<boolean> => {
    await changeSignIn(account.id, value, known);
    setTyped(blankSignIn(value.username));
    return true;
  };
  const inBrowser = (
    <button type="button" onClick={() => void signInAgain(account.id)}>
      {t.setup.signIn}
    </button>
  );
  return (
    <KeptForm keep={keep} said={t.account.passwordKept} more={inBrowser}>
      <SignInFields value={value} ways={ways} set={(some) => setTyped({ ...value, ...some })} />
    </KeptForm>
  );
};
