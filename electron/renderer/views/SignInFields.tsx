import type { SignIn, Ways } from '../lib/signIn.ts';
import { t } from '../strings/en.ts';
import { useFocus } from './useFocus.ts';

type Props = {
  value: SignIn;
  ways: Ways;
  set: (some: Partial<SignIn>) => void;
  /** Whether the person begins with the password. */
  focus?: boolean;
};

const kinds = ['password', 'token'] as const;

const Kinds = ({ value, set }: Props) => (
  <fieldset class="kinds">
    <legend>{t.signIn.way}</legend>
    {kinds.map((kind) => (
      <label key={kind} class="check">
        <input type="radio" name="way" checked={value.kind === kind} onChange={() => set({ kind, secret: '' })} />
        {t.signIn.kinds[kind]}
      </label>
    ))}
  </fieldset>
);

type FieldProps = { label: string; value: string; set: (text: string) => void; hidden?: boolean; focus?: boolean };

const Field = ({ label, value, set, hidden = false, focus = false }: FieldProps) => {
  const field = useFocus<HTMLInputElement>(focus);
  const rest = {
    required: true,
    value,
    onInput: (event: { currentTarget: HTMLInputElement }) => set(event.currentTarget.value),
  };
  return (
    <label class="field">
      <span>{label}</span>
      {hidden ? (
        <input ref={field} type="password" autocomplete="off" {...rest} />
      ) : (
        <input ref={field} type="text" autocomplete="username" spellcheck={false} {...rest} />
      )}
    </label>
  );
};

/** For servers that take mail by another name than they give it. */
const Outgoing = ({ value, set }: Props) => {
  const { out } = value;
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={out !== null}
          onChange={(event) =>
            set({ out: event.currentTarget.checked ? { username: value.username, password: '' } : null })
          }
        />
        {t.signIn.out}
      </label>
      {out && (
        <fieldset class="within">
          <legend>{t.signIn.outTitle}</legend>
          <Field
            label={t.signIn.outUsername}
            value={out.username}
            set={(username) => set({ out: { ...out, username } })}
          />
          <Field
            label={t.signIn.outPassword}
            value={out.password}
            set={(password) => set({ out: { ...out, password } })}
            hidden
          />
        </fieldset>
      )}
    </>
  );
};

/** A user name and a password, or a token: what the servers take. */
export const SignInFields = (props: Props) => {
  const { value, ways, set, focus = false } = props;
  return (
    <>
      {ways.token && ways.password && <Kinds {...props} />}
      {value.kind === 'token' ? (
        <>
          <Field label={t.signIn.token} value={value.secret} set={(secret) => set({ secret })} focus={focus} hidden />
          <p class="hint">{t.signIn.tokenHint}</p>
        </>
      ) : (
        <>
          <Field label={t.setup.username} value={value.username} set={(username) => set({ username })} />
          <Field label={t.setup.password} value={value.secret} set={(secret) => set({ secret })} focus={focus} hidden />
        </>
      )}
      {ways.out && <Outgoing {...props} />}
    </>
  );
};
