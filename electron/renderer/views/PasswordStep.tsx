import { serversOf } from '../lib/servers.ts';
import { blankSignIn, credentialOf, fitting, waysOf } from '../lib/signIn.ts';
import { type Candidate, given, goBack, signIn, tryServers } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { SignInFields } from './SignInFields.tsx';

/** How to sign in at the servers that were chosen. */
export const PasswordStep = ({ candidate }: { candidate: Candidate }) => {
  const ways = waysOf(candidate.config, candidate.auth);
  const value = fitting(given.value ?? blankSignIn(candidate.username), ways);
  const byBrowser = candidate.auth.includes('oauth');
  const hasFields = ways.password || ways.token;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void tryServers(candidate.config, credentialOf(value));
      }}
    >
      {serversOf(candidate.config).map((line) => (
        <p key={line} class="hint">
          {line}
        </p>
      ))}
      {candidate.hint && <p class="note">{candidate.hint}</p>}
      {byBrowser && (
        <button type="button" class="primary" onClick={() => void signIn(candidate)}>
          {t.setup.signIn}
        </button>
      )}
      {byBrowser && hasFields && <p class="or">{t.signIn.or}</p>}
      {hasFields && (
        <SignInFields value={value} ways={ways} set={(some) => (given.value = { ...value, ...some })} focus />
      )}
      <div class="buttons">
        {hasFields && (
          <button type="submit" class="primary">
            {t.next}
          </button>
        )}
        <button type="button" onClick={goBack}>
          {t.back}
        </button>
      </div>
    </form>
  );
};
