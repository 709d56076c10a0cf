import { useEffect } from 'preact/hooks';
import type { EmailHead } from '../../../src-shared/model.ts';
import { senderOf } from '../../../src-shared/sender.ts';
import { fullName, shortName } from '../lib/addresses.ts';
import { emailKey } from '../lib/keys.ts';
import { fullTime, shortTime } from '../lib/times.ts';
import { markEmailFlagged } from '../state/actions.ts';
import { answer, resume } from '../state/composer.ts';
import { emailState, overlay } from '../state/overlay.ts';
import { openBody, showEmail } from '../state/reader.ts';
import { readUnsubscribe, unsubscribe, unsubscribing } from '../state/unsubscribe.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { Attachments } from './Attachments.tsx';
import { Frame } from './Frame.tsx';
import { Icon, IconButton } from './icons.tsx';
import { PicturesNote } from './PicturesNote.tsx';

const Head = ({ email }: { email: EmailHead }) => {
  const from = email.from[0];
  const sender = from && senderOf(from);
  const { flagged } = emailState(email, overlay.value);
  const people = [...email.to, ...email.cc];
  return (
    <header class="message-head">
      <span class="avatar" aria-hidden="true">
        {(sender?.name ?? sender?.email ?? '?').slice(0, 1).toUpperCase()}
      </span>
      <div class="grow people">
        <div class="from">
          <strong class="cut">{sender ? (sender.name ?? sender.email) : t.nobody}</strong>
          {sender?.name && <span class="cut address">{sender.email}</span>}
        </div>
        <details class="to">
          <summary class="cut">
            {t.reader.to} {people.slice(0, 4).map(shortName).join(', ') || t.nobody}
            {people.length > 4 ? ` +${people.length - 4}` : ''}
          </summary>
          <dl>
            <dt>{t.composer.from}</dt>
            <dd>{email.from.map(fullName).join(', ')}</dd>
            <dt>{t.composer.to}</dt>
            <dd>{email.to.map(fullName).join(', ') || t.nobody}</dd>
            {email.cc.length > 0 && <dt>{t.composer.cc}</dt>}
            {email.cc.length > 0 && <dd>{email.cc.map(fullName).join(', ')}</dd>}
          </dl>
        </details>
        {sender?.warnings.map((warning) => (
          <p key={warning} class="warning">
            <Icon name="bad" /> {t.warnings[warning]}
          </p>
        ))}
      </div>
      <time class="when" dateTime={email.receivedAt} title={fullTime(email.receivedAt)}>
        {shortTime(email.receivedAt)}
      </time>
      <IconButton
        icon="flagged"
        name={flagged ? t.actions.unstar : t.actions.star}
        filled={flagged}
        run={() => void markEmailFlagged(email, !flagged)}
      />
      <IconButton icon="reply" name={t.actions.reply} keys="r" run={() => void answer(email, 'reply')} />
      <IconButton icon="replyAll" name={t.actions.replyAll} keys="a" run={() => void answer(email, 'replyAll')} />
      <IconButton icon="forward" name={t.actions.forward} keys="f" run={() => void answer(email, 'forward')} />
    </header>
  );
};

/** What a person should know of the text that is shown. */
const Notes = ({ email }: { email: EmailHead }) => {
  const body = openBody.value;
  if (body?.state !== 'ready' || body.email !== email.id) return null;
  const { view, remote, part } = body;
  const list = unsubscribing.value;
  return (
    <>
      {email.keywords['$draft'] && (
        <p class="note">
          <span class="grow">{t.reader.draft}</span>
          <button type="button" class="small" onClick={() => void resume(email.account, { email: email.id })}>
            {t.reader.edit}
          </button>
        </p>
      )}
      {list?.key === emailKey(email) && (
        <p class="note quiet">
          <span class="grow">{t.senders.from}</span>
          <button type="button" class="small" onClick={() => void unsubscribe(email, list.offer)}>
            {t.senders.leave}
          </button>
        </p>
      )}
      {part !== null && (
        <p class="note">
          <span class="grow cut">{view.message?.subject || t.noSubject}</span>
          <button type="button" class="small" onClick={() => void showEmail(email.id)}>
            {t.reader.wholeMessage}
          </button>
        </p>
      )}
      <PicturesNote email={email} part={part} blocked={view.blockedRemote} shown={remote} />
      {view.unloaded > 0 && (
        <p class="note" role="status">
          <span class="grow">{t.reader.unloaded(view.unloaded)}</span>
          <button type="button" class="small" onClick={() => void showEmail(email.id, true, part)}>
            {t.retry}
          </button>
        </p>
      )}
      {view.isTruncated && <p class="note">{t.reader.truncated}</p>}
      {view.signature && <p class="note">{t.reader.signature}</p>}
    </>
  );
};

const Body = ({ email }: { email: EmailHead }) => {
  const body = openBody.value;
  if (!body || body.email !== email.id || body.state === 'loading') return <p class="empty">{t.loading}</p>;
  if (body.state === 'failed')
    return (
      <div class="empty" role="alert">
        <p>{t.reader.failed}</p>
        <p class="hint">{inWords(body.error)}</p>
        <button type="button" onClick={() => void showEmail(email.id)}>
          {t.retry}
        </button>
      </div>
    );
  return <Frame url={body.view.url} />;
};

/** A message with its text. */
export const Message = ({ email }: { email: EmailHead }) => {
  useEffect(() => void readUnsubscribe(email).catch(() => undefined), [emailKey(email)]);
  const body = openBody.value;
  const files = body?.state === 'ready' && body.email === email.id ? body.view.attachments : [];
  return (
    <article class="message" key={emailKey(email)}>
      <Head email={email} />
      <Notes email={email} />
      <Body email={email} />
      {files.length > 0 && <Attachments email={email} files={files} />}
    </article>
  );
};
