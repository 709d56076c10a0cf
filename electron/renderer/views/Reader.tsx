import type { EmailHead } from '../../../src-shared/model.ts';
import { shortName } from '../lib/addresses.ts';
import { emailKey } from '../lib/keys.ts';
import { listTime } from '../lib/times.ts';
import { markEmailFlagged } from '../state/actions.ts';
import { sheet } from '../state/activity.ts';
import { commands, deeds } from '../state/commands.ts';
import { askShell, isDesktop } from '../state/line.ts';
import { emailState, overlay } from '../state/overlay.ts';
import { shownRole } from '../state/places.ts';
import { openBody, openThread, showEmail } from '../state/reader.ts';
import { openTarget } from '../state/targets.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { Icon, IconButton } from './icons.tsx';
import { Message } from './Message.tsx';

/** Earlier messages beyond so many are one line. */
const MOST_FOLDED = 4;

/** Links do not open within a message: where there are any, they are listed. */
const LinksButton = () => {
  const body = openBody.value;
  const count = body?.state === 'ready' ? body.view.links.length : 0;
  return count === 0 ? null : (
    <button type="button" class="small links-button" onClick={() => (sheet.value = 'links')}>
      <Icon name="links" /> {t.actions.links(count)}
    </button>
  );
};

/** A browser prints by itself. */
const PrintButton = () => {
  const body = openBody.value;
  if (!isDesktop() || body?.state !== 'ready') return null;
  const { url } = body.view;
  const print = (): Promise<void> => attempt(async () => void (await askShell('shell.print', { url })));
  return <IconButton icon="print" name={t.desktop.print} run={() => void print()} />;
};

/** Its buttons are about the conversation that is open, whatever is picked out in the list. */
const Toolbar = () => (
  <div class="toolbar" role="toolbar" aria-label={t.reader.label}>
    <IconButton icon="back" name={t.actions.close} run={commands.close} keys="u" />
    <span class="grow" />
    <IconButton icon="archive" name={t.actions.archive} run={() => deeds.archive(openTarget())} keys="e" />
    <IconButton icon="trash" name={t.actions.delete} run={() => deeds.remove(openTarget())} keys="#" />
    {shownRole() === 'junk' ? (
      <IconButton icon="inbox" name={t.actions.notJunk} run={() => deeds.junk(openTarget())} keys="!" />
    ) : (
      <IconButton icon="junk" name={t.actions.junk} run={() => deeds.junk(openTarget())} keys="!" />
    )}
    <IconButton icon="move" name={t.actions.move} run={() => deeds.move(openTarget())} keys="v" />
    <IconButton icon="unread" name={t.actions.unread} run={() => deeds.unread(openTarget())} keys="U" />
    <span class="gap" />
    <LinksButton />
    <PrintButton />
    <IconButton icon="source" name={t.actions.source} run={() => (sheet.value = 'source')} />
  </div>
);

/** A message of the conversation whose text is not shown: a line that shows it. */
const Folded = ({ email }: { email: EmailHead }) => {
  const from = email.from.map(shortName).join(', ') || t.nobody;
  const { unread, flagged } = emailState(email, overlay.value);
  return (
    <li class="folded">
      <button type="button" onClick={() => void showEmail(email.id)}>
        <span class="unseen">
          {unread && `${t.list.rowUnread}, `}
          {t.reader.showMessage(from)}
        </span>
        <span class={unread ? 'cut name unread' : 'cut name'} aria-hidden="true">
          {from}
        </span>
        <span class="cut grow preview" dir="auto">
          {email.preview}
        </span>
        <time dateTime={email.receivedAt}>{listTime(email.receivedAt, new Date())}</time>
      </button>
      <IconButton
        icon="flagged"
        name={flagged ? t.actions.unstar : t.actions.star}
        filled={flagged}
        run={() => void markEmailFlagged(email, !flagged)}
      />
    </li>
  );
};

const FoldedList = ({ emails, label }: { emails: EmailHead[]; label: string }) => {
  if (emails.length === 0) return null;
  return (
    <ul class="folded-list" aria-label={label}>
      {emails.map((email) => (
        <Folded key={emailKey(email)} email={email} />
      ))}
    </ul>
  );
};

const Earlier = ({ emails }: { emails: EmailHead[] }) => {
  if (emails.length <= MOST_FOLDED) return <FoldedList emails={emails} label={t.reader.earlier} />;
  return (
    <>
      <details class="earlier">
        <summary>{t.reader.earlierMany(emails.length - 2)}</summary>
        <FoldedList emails={emails.slice(0, -2)} label={t.reader.earlier} />
      </details>
      <FoldedList emails={emails.slice(-2)} label={t.reader.earlier} />
    </>
  );
};

/** The open conversation: one message of it with its text, the others as lines before and behind it. */
export const Reader = () => {
  const thread = openThread.value;
  if (!thread)
    return (
      <section class="reader none" aria-label={t.reader.label}>
        <p>{t.reader.none}</p>
        <p class="hint">{t.reader.hint}</p>
      </section>
    );
  const at = thread.emails.findIndex(({ id }) => id === thread.expanded);
  const email = thread.emails[at];
  return (
    <section class="reader" aria-label={t.reader.label}>
      <Toolbar />
      <h2 class="thread-subject" dir="auto">
        {thread.subject || t.noSubject}
      </h2>
      <Earlier emails={thread.emails.slice(0, Math.max(0, at))} />
      {email && <Message email={email} />}
      <FoldedList emails={thread.emails.slice(at + 1)} label={t.reader.later} />
    </section>
  );
};
