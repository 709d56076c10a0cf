import { useState } from 'preact/hooks';
import { serversOf } from '../lib/servers.ts';
import { beginSetup, type Candidate, given, signIn, tryServers } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { SignInFields } from './SignInFields.tsx';

/** How to sign in at the servers that were chosen. */
export const PasswordStep = ({ candidate }: { candidate: Candidate }) => {
  const [username, setUsername] = useState(given.value?.username ?? candidate.username);
  const [password, setPassword] = useState(given.value?.password ?? '');
  const takesPassword = candidate.auth.length === 0 || candidate.auth.includes('password');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void tryServers(candidate.config, { type: 'password', username, password });
      }}
    >
      {serversOf(candidate.config).map((line) => (
        <p key={line} class="hint">
          {line}
        </p>
      ))}
      {candidate.hint && <p class="note">{candidate.hint}</p>}
      {candidate.auth.includes('oauth') && (
        <button type="button" class="primary" onClick={() => void signIn(candidate)}>
          {t.setup.signIn}
        </button>
      )}
      {takesPassword && (
        <SignInFields
          username={username}
          setUsername={setUsername}
          password={password}
          setPassword={setPassword}
          focus
        />
      )}
      <div class="buttons">
        {takesPassword && (
          <button type="submit" class="primary">
            {t.next}
          </button>
        )}
        <button type="button" onClick={beginSetup}>
          {t.back}
        </button>
      </div>
    </form>
  );
};
