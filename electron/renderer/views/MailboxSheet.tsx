import { useState } from 'preact/hooks';
import { mailboxes } from '../state/accounts.ts';
import { changeMailbox } from '../state/actions.ts';
import { goTo } from '../state/commands.ts';
import { place } from '../state/places.ts';
import { t } from '../strings/en.ts';
import { Dialog } from './Dialog.tsx';
import { useFocus } from './useFocus.ts';

/** Another name for the mailbox that is listed, or its end. */
export const MailboxSheet = ({ close }: { close: () => void }) => {
  const here = place.value;
  const mailbox =
    here.kind === 'mailbox'
      ? mailboxes.value.find(({ id, account }) => id === here.mailbox && account === here.account)
      : undefined;
  const [name, setName] = useState(mailbox?.name ?? '');
  const field = useFocus<HTMLInputElement>();
  if (!mailbox) return null;
  const { id, account } = mailbox;
  const rename = (): void => {
    close();
    if (name.trim() !== mailbox.name)
      void changeMailbox(account, { type: 'mailbox', op: 'rename', mailbox: id, name: name.trim() });
  };
  const remove = (): void => {
    if (!confirm(t.mailbox.sure(mailbox.name, mailbox.totalEmails))) return;
    close();
    goTo({ kind: 'role', role: 'inbox' });
    void changeMailbox(account, { type: 'mailbox', op: 'delete', mailbox: id, onDestroyRemoveEmails: true });
  };
  return (
    <Dialog title={mailbox.path} close={close}>
      <form
        class="settings"
        onSubmit={(event) => {
          event.preventDefault();
          rename();
        }}
      >
        <label class="field">
          <span>{t.settings.name}</span>
          <input
            ref={field}
            type="text"
            required
            maxLength={255}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" class="primary" disabled={!mailbox.mayRename || name.trim() === ''}>
            {t.settings.save}
          </button>
          <button type="button" class="danger" disabled={!mailbox.mayDelete} onClick={remove}>
            {t.actions.delete}
          </button>
        </div>
      </form>
    </Dialog>
  );
};
