import { useState } from 'preact/hooks';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import { blankSignIn, fitting, type SignIn, type Ways } from '../lib/signIn.ts';
import { changeSignIn, importedNames, signInAgain } from '../state/accountSettings.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
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
  const [error, setError] = useState<TernError | null>(null);
  const [isKept, setKept] = useState(false);
  const ways = waysTo(account);
  const value = fitting(typed, ways);
  const keep = async (): Promise<void> => {
    try {
      setError(null);
      setKept(false);
      await changeSignIn(account.id, value, known);
      setTyped(blankSignIn(value.username));
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
      <SignInFields value={value} ways={ways} set={(some) => setTyped({ ...value, ...some })} />
      {error && (
        <p class="bad-text" role="alert">
          {inWords(error)}
        </p>
      )}
      <p role="status">{isKept && t.account.passwordKept}</p>
      <div class="buttons">
        <button type="submit">{t.settings.save}</button>
        <button type="button" onClick={() => void signInAgain(account.id)}>
          {t.setup.signIn}
        </button>
      </div>
    </form>
  );
};
