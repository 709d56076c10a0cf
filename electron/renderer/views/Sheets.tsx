import { useEffect, useState } from 'preact/hooks';
import type { HostCallOutput } from '../../../src-shared/hostCalls.ts';
import type { LinkWarning } from '../../../src-shared/linkWarnings.ts';
import { sheet } from '../state/activity.ts';
import { type PageToOpen, pageToOpen } from '../state/appSettings.ts';
import { question } from '../state/asking.ts';
import { shortcuts } from '../state/keymap.ts';
import { askHost, askShell, isDesktop } from '../state/line.ts';
import { expandedEmail, openBody } from '../state/reader.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { Activity } from './Activity.tsx';
import { saveMessage } from './Attachments.tsx';
import { Dialog } from './Dialog.tsx';
import { Icon } from './icons.tsx';
import { MailboxSheet } from './MailboxSheet.tsx';
import { MoveSheet } from './MoveSheet.tsx';
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

const Warnings = ({ of }: { of: readonly LinkWarning[] }) => (
  <>
    {of.map((warning) => (
      <p key={warning} class="bad-text">
        <Icon name="bad" /> {t.linkWarnings[warning]}
      </p>
    ))}
  </>
);

const Links = () => {
  const body = openBody.value;
  const links = body?.state === 'ready' ? body.view.links : [];
  return (
    <Dialog title={t.reader.linksTitle} close={close}>
      <p class="hint">{links.length > 0 ? t.reader.linksHint : t.reader.noLinks}</p>
      <ul class="links">
        {links.map(({ text, url, warnings }) => (
          <li key={url}>
            <a href={url} target="_blank" rel="noopener noreferrer" onClick={(event) => follow(event, url)}>
              {url}
            </a>
            {text && text !== url && <span class="hint cut">{text}</span>}
            <Warnings of={warnings} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
};

/** A page to be opened, where that could not be done by itself: a click of the person's own opens it. */
const OpenPage = ({ url, lead, link }: PageToOpen) => {
  const warnings = link?.warnings ?? [];
  const anchor = useFocus<HTMLAnchorElement>(warnings.length === 0);
  const done = (): void => {
    pageToOpen.value = null;
  };
  return (
    <Dialog title={t.page.title} close={done}>
      <p class="lead">{lead}</p>
      <p>
        <a
          ref={anchor}
          class="page-link"
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          onClick={(event) => (follow(event, url), done())}
        >
          {link ? url : new URL(url).host}
        </a>
      </p>
      <Warnings of={warnings} />
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
  if (pageToOpen.value !== null) return <OpenPage {...pageToOpen.value} />;
  if (sheet.value === 'help') return <Help />;
  if (sheet.value === 'activity') return <Activity close={close} />;
  if (sheet.value === 'settings') return <Settings close={close} />;
  if (sheet.value === 'source') return <Source />;
  if (sheet.value === 'links') return <Links />;
  if (sheet.value === 'mailbox') return <MailboxSheet close={close} />;
  return sheet.value === 'move' ? <MoveSheet close={close} /> : null;
};
