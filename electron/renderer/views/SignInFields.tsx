import { t } from '../strings/en.ts';
import { useFocus } from './useFocus.ts';

type Props = {
  username: string;
  setUsername: (text: string) => void;
  password: string;
  setPassword: (text: string) => void;
  /** What an empty user name stands for. */
  emptyName?: string;
  /** Whether the person begins with the password. */
  focus?: boolean;
};

/** A user name and a password. */
export const SignInFields = ({ username, setUsername, password, setPassword, emptyName, focus = false }: Props) => {
  const field = useFocus<HTMLInputElement>(focus);
  return (
    <>
      <label class="field">
        <span>{t.setup.username}</span>
        <input
          type="text"
          autocomplete="username"
          required={emptyName === undefined}
          placeholder={emptyName}
          value={username}
          onInput={(event) => setUsername(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t.setup.password}</span>
        <input
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
    </>
  );
};
