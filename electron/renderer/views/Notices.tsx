import type { Submission } from '../../../src-shared/draft.ts';
import { accounts } from '../state/accounts.ts';
import { showActivity, undone, unsent } from '../state/activity.ts';
import { commands, syncNow } from '../state/commands.ts';
import { weakSecrets } from '../state/shell.ts';
import { dismiss, toasts } from '../state/toasts.ts';
import { vault } from '../state/vault.ts';
import { composer } from '../state/writing.ts';
import { t } from '../strings/en.ts';
import { errorWords } from '../strings/errors.ts';
import { Icon, IconButton } from './icons.tsx';

/** What no setting mends: an account whose worker crashed again and again, or has no room, starts anew when it is asked to. */
const byTrying: ReadonlySet<string> = new Set(['bug', 'storage']);

const Fix = () => (
  <button type="button" class="small" onClick={commands.settings}>
    {t.banners.fix}
  </button>
);

const TryNow = () => (
  <button type="button" class="small" onClick={() => void syncNow()}>
    {t.banners.again}
  </button>
);

/** What keeps mail from coming or going, in plain words, with what helps. */
export const Banners = () => {
  const rows = accounts.value ?? [];
  return (
    <div class="banners" role="status">
      {weakSecrets.value && vault.value?.kind !== 'passphrase' && (
        <p class="banner">
          <span class="grow">{t.banners.weakSecrets}</span>
          <Fix />
        </p>
      )}
      {vault.value?.locked && (
        <p class="banner bad">
          <Icon name="bad" />
          <span class="grow">{t.vault.banner}</span>
          <Fix />
        </p>
      )}
      {rows.map(({ id, email, phase, error }) => {
        // One thing is wrong with all of them, and it is said once.
        if (error?.detail?.['locked'] === true) return null;
        if (phase === 'blocked')
          return (
            <p key={id} class="banner bad">
              <Icon name="bad" />
              <span class="grow">{t.banners.blocked(email, error ? errorWords[error.kind] : '')}</span>
              {error && byTrying.has(error.kind) ? <TryNow /> : <Fix />}
            </p>
          );
        if (phase !== 'offline' || !error) return null;
        return (
          <p key={id} class="banner">
            <span class="grow">{t.banners.offline(email)}</span>
            <TryNow />
          </p>
        );
      })}
      <Unsettled />
    </div>
  );
};

const Trouble = ({ text, look, isBad = true }: { text: string; look: () => void; isBad?: boolean }) => (
  <p class={isBad ? 'banner bad' : 'banner'}>
    {isBad && <Icon name="bad" />}
    <span class="grow">{text}</span>
    <button type="button" class="small" onClick={look}>
      {t.banners.look}
    </button>
  </p>
);

type Words = { one: (subject: string, to: string) => string; many: (n: number) => string };

/** A message by its subject, and whom it is for; several by their number. */
const messagesIn = (some: readonly Submission[], { one, many }: Words): string => {
  const [first] = some;
  if (!first || some.length > 1) return many(some.length);
  return one(first.subject || t.noSubject, first.recipients.map(({ email }) => email).join(', '));
};

/** What was not sent or carried out, and what got no answer. Each leads to its own tab. */
const Unsettled = () => {
  const isFailed = ({ state }: { state: string }): boolean => state === 'failed';
  const [unsentNow, open] = [unsent.value.filter(isFailed), unsent.value.filter((each) => !isFailed(each))];
  const failed = undone.value.filter(isFailed).length;
  const unanswered = undone.value.length - failed;
  const toSending = (): void => showActivity('sending');
  const toChanges = (): void => showActivity('changes');
  const { notSent, inDoubt, notSentMany, inDoubtMany, unsure, trouble } = t.banners;
  return (
    <>
      {unsentNow.length > 0 && (
        <Trouble text={messagesIn(unsentNow, { one: notSent, many: notSentMany })} look={toSending} />
      )}
      {open.length > 0 && (
        <Trouble text={messagesIn(open, { one: inDoubt, many: inDoubtMany })} look={toSending} isBad={false} />
      )}
      {unanswered > 0 && <Trouble text={unsure(unanswered)} look={toChanges} isBad={false} />}
      {failed > 0 && <Trouble text={trouble(failed)} look={toChanges} />}
    </>
  );
};

/** What was just done, with its undo; it is read out, too. */
export const Toasts = () => (
  <div class={composer.value ? 'toasts above' : 'toasts'} role="status" aria-live="polite">
    {toasts.value.map(({ id, text, tone, button, act }) => (
      <div key={id} class={`toast ${tone}`}>
        <span class="grow">{text}</span>
        {button !== undefined && (
          <button type="button" class="toast-button" onClick={act}>
            {button}
          </button>
        )}
        <IconButton icon="close" name={t.close} run={() => dismiss(id)} />
      </div>
    ))}
  </div>
);
