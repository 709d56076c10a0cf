import { useState } from 'preact/hooks';
import type { Mailbox } from '../../../src-shared/model.ts';
import { accountOf, mailboxes } from '../state/accounts.ts';
import { createMailbox, deleteMailbox, renameMailbox } from '../state/actions.ts';
import { goTo } from '../state/commands.ts';
import { edited } from '../state/mailboxSheet.ts';
import { place } from '../state/places.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { Dialog } from './Dialog.tsx';
import { useFocus } from './useFocus.ts';

const NameField = ({ name, setName }: { name: string; setName: (name: string) => void }) => {
  const field = useFocus<HTMLInputElement>();
  return (
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
  );
};

const NewMailbox = ({ account, close }: { account: string; close: () => void }) => {
  const [name, setName] = useState('');
  const [parent, setParent] = useState('');
  const make = (event: Event): void => {
    event.preventDefault();
    close();
    void attempt(async () => {
      const mailbox = await createMailbox(account, name.trim(), parent === '' ? undefined : parent);
      goTo({ kind: 'mailbox', account, mailbox });
    });
  };
  return (
    <Dialog title={t.mailbox.create} close={close}>
      <form class="settings" onSubmit={make}>
        <NameField name={name} setName={setName} />
        <label class="field">
          <span>{t.mailbox.within}</span>
          <select value={parent} onChange={(event) => setParent(event.currentTarget.value)}>
            <option value="">{t.mailbox.top(accountOf(account)?.email ?? '')}</option>
            {mailboxes.value
              .filter((each) => each.account === account && each.mayCreateChild)
              .map(({ id, path }) => (
                <option key={id} value={id}>
                  {path}
                </option>
              ))}
          </select>
        </label>
        <div class="buttons">
          <button type="submit" class="primary" disabled={name.trim() === ''}>
            {t.mailbox.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
};

const ChangeMailbox = ({ mailbox, close }: { mailbox: Mailbox; close: () => void }) => {
  const [name, setName] = useState(mailbox.name);
  const rename = (event: Event): void => {
    event.preventDefault();
    close();
    if (name.trim() !== mailbox.name) void renameMailbox(mailbox, name.trim());
  };
  const remove = async (): Promise<void> => {
    close();
    if (!(await deleteMailbox(mailbox))) return;
    const here = place.value;
    if (here.kind === 'mailbox' && here.account === mailbox.account && here.mailbox === mailbox.id)
      goTo({ kind: 'role', role: 'inbox' });
  };
  return (
    <Dialog title={mailbox.path} close={close}>
      <form class="settings" onSubmit={rename}>
        <NameField name={name} setName={setName} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={!mailbox.mayRename || name.trim() === ''}>
            {t.settings.save}
          </button>
          <button type="button" class="danger" disabled={!mailbox.mayDelete} onClick={() => void remove()}>
            {t.actions.delete}
          </button>
        </div>
      </form>
    </Dialog>
  );
};

/** A new mailbox, or another name for one that is there, or its end. */
export const MailboxSheet = ({ close }: { close: () => void }) => {
  const which = edited.value;
  if (!which) return null;
  if (which.mailbox === null) return <NewMailbox account={which.account} close={close} />;
  const mailbox = mailboxes.value.find(({ id, account }) => id === which.mailbox && account === which.account);
  return mailbox ? <ChangeMailbox mailbox={mailbox} close={close} /> : null;
};
