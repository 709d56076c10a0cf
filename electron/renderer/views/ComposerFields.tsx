import { useState } from 'preact/hooks';
import { accounts } from '../state/accounts.ts';
import { hasNoAccount, sendAs, sendFrom } from '../state/sendAs.ts';
import { edit, identities, type Composer as Message } from '../state/writing.ts';
import { t } from '../strings/en.ts';
import { AddressField } from './AddressField.tsx';

const From = ({ message }: { message: Message }) => {
  const own = accounts.value ?? [];
  const isGone = hasNoAccount(message);
  if (own.length < 2 && identities.value.length < 2 && !isGone) return null;
  return (
    <div class="field-line">
      <label for="field-from">{t.composer.from}</label>
      {(own.length > 1 || isGone) && (
        <select
          aria-label={t.composer.account}
          value={message.account}
          onChange={(event) => void sendFrom(event.currentTarget.value)}
        >
          {own.map(({ id, email }) => (
            <option key={id} value={id}>
              {email}
            </option>
          ))}
        </select>
      )}
      {!isGone && (
        <select
          id="field-from"
          class="grow"
          value={message.identity ?? ''}
          onChange={(event) => sendAs(event.currentTarget.value)}
        >
          {identities.value.map(({ id, name, email }) => (
            <option key={id} value={id}>
              {name === '' ? email : `${name} <${email}>`}
            </option>
          ))}
        </select>
      )}
    </div>
  );
};

/** Who it is from and for, and what about. */
export const ComposerFields = ({ message }: { message: Message }) => {
  const [wanted, setWanted] = useState(false);
  const more = wanted || message.cc.length + message.bcc.length > 0;
  return (
    <div class="fields">
      <From message={message} />
      <div class="with-more">
        <AddressField label={t.composer.to} name="to" message={message} focus={message.focus === 'to'} />
        {!more && (
          <button type="button" class="link" onClick={() => setWanted(true)}>
            {t.composer.more}
          </button>
        )}
      </div>
      {more && <AddressField label={t.composer.cc} name="cc" message={message} focus={wanted} />}
      {more && <AddressField label={t.composer.bcc} name="bcc" message={message} />}
      <div class="field-line">
        <label for="field-subject">{t.composer.subject}</label>
        <input
          id="field-subject"
          class="grow"
          type="text"
          dir="auto"
          value={message.subject}
          maxLength={2000}
          onInput={(event) => edit({ subject: event.currentTarget.value })}
        />
      </div>
    </div>
  );
};
