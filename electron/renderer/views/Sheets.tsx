import { useEffect, useState } from 'preact/hooks';
import type { HostCallOutput } from '../../../src-shared/hostCalls.ts';
import { mailboxes } from '../state/accounts.ts';
import { createMailbox, moveTo } from '../state/actions.ts';
import { sheet } from '../state/activity.ts';
import { pageToOpen } from '../state/appSettings.ts';
import { question } from '../state/asking.ts';
import { shortcuts } from '../state/keymap.ts';
import { askHost, askShell, isDesktop } from '../state/line.ts';
import { targets } from '../state/list.ts';
import { closeThread, expandedEmail, openBody } from '../state/reader.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { Activity } from './Activity.tsx';
import { saveMessage } from './Attachments.tsx';
import { Dialog } from './Dialog.tsx';
import { MailboxSheet } from './MailboxSheet.tsx';
import { QuestionDialog } from './QuestionDialog.tsx';
import { Settings } from './Settings.tsx';
import { useFocus } from './useFocus.ts';

const close = (): void => {
  sheet.value = null;
};

const Help = () => (
  <Dialog title={t.help.title} close={close} wide>
    <div class="help">
      {(Object.keys(t.help.groups) as (keyof typeof t.help.groups)[]).map((group) => (
        <section key={group}>
          <h3>{t.help.groups[group]}</h3>
          <dl>
            {shortcuts
              .filter((shortcut) => shortcut.group === group)
              .map(({ keys, says }) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{says}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  </Dialog>
);

const Source = () => {
  const [source, setSource] = useState<HostCallOutput<'host.source'> | null>(null);
  const email = expandedEmail();
  useEffect(() => {
    if (email)
      void attempt(async () => setSource(await askHost('host.source', { account: email.account, email: email.id })));
  }, []);
  return (
    <Dialog title={t.reader.sourceTitle} close={close} wide>
      {source?.isTruncated && <p class="note">{t.reader.sourceCut}</p>}
      <pre class="source" tabIndex={0}>
        {source?.text ?? t.loading}
      </pre>
      <footer>
        <button type="button" onClick={() => email && void saveMessage(email)}>
          {t.actions.save}
        </button>
      </footer>
    </Dialog>
  );
};

/** In the desktop app the shell opens links, and asks before. */
const follow = (event: Event, url: string): void => {
  if (!isDesktop()) return;
  event.preventDefault();
  void attempt(async () => void (await askShell('shell.link', { url })));
};

const Links = () => {
  const body = openBody.value;
  const links = body?.state === 'ready' ? body.view.links : [];
  return (
    <Dialog title={t.reader.linksTitle} close={close}>
      <p class="hint">{links.length > 0 ? t.reader.linksHint : t.reader.noLinks}</p>
      <ul class="links">
        {links.map(({ text, url }) => (
          <li key={url}>
            <a href={url} target="_blank" rel="noopener noreferrer" onClick={(event) => follow(event, url)}>
              {url}
            </a>
            {text && text !== url && <span class="hint cut">{text}</span>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
};

const Move = () => {
  const [text, setText] = useState('');
  const field = useFocus<HTMLInputElement>();
  const account = targets()[0]?.account;
  const fitting = mailboxes.value.filter(
    (mailbox) =>
      mailbox.account === account && mailbox.mayAddItems && mailbox.path.toLowerCase().includes(text.toLowerCase()),
  );
  const choose = (mailbox: string): void => {
    close();
    const some = targets();
    closeThread();
    void moveTo(some, mailbox);
  };
  const create = (): void =>
    void attempt(async () => {
      if (account !== undefined) choose(await createMailbox(account, text.trim()));
    });
  return (
    <Dialog title={t.move.title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = fitting;
          if (first) choose(first.id);
        }}
      >
        <input
          ref={field}
          type="text"
          aria-label={t.move.placeholder}
          placeholder={t.move.placeholder}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <ul class="choices">
          {fitting.map((mailbox) => (
            <li key={mailbox.id}>
              <button type="button" onClick={() => choose(mailbox.id)}>
                {mailbox.path}
              </button>
            </li>
          ))}
        </ul>
        {fitting.length === 0 && text.trim() === '' && <p class="hint">{t.move.none}</p>}
        {text.trim() !== '' && fitting.every(({ path }) => path.toLowerCase() !== text.trim().toLowerCase()) && (
          <button type="button" onClick={create}>
            {t.move.create(text.trim())}
          </button>
        )}
      </form>
    </Dialog>
  );
};

/** A page to be opened, where that could not be done by itself: a click of the person's own opens it. */
const PageToOpen = ({ url, lead }: { url: string; lead: string }) => {
  const done = (): void => {
    pageToOpen.value = null;
  };
  return (
    <Dialog title={t.page.title} close={done}>
      <p class="lead">{lead}</p>
      <p>
        <a href={url} target="_blank" rel="noopener noreferrer" onClick={(event) => (follow(event, url), done())}>
          {new URL(url).host}
        </a>
      </p>
    </Dialog>
  );
};

/** What is open in front of the three panes. */
export const Sheets = () => (
  <>
    <Sheet />
    {question.value && <QuestionDialog />}
  </>
);

const Sheet = () => {
  if (pageToOpen.value !== null) return <PageToOpen {...pageToOpen.value} />;
  if (sheet.value === 'help') return <Help />;
  if (sheet.value === 'activity') return <Activity close={close} />;
  if (sheet.value === 'settings') return <Settings close={close} />;
  if (sheet.value === 'source') return <Source />;
  if (sheet.value === 'links') return <Links />;
  if (sheet.value === 'mailbox') return <MailboxSheet close={close} />;
  return sheet.value === 'move' ? <Move /> : null;
};
