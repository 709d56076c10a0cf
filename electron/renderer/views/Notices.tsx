import { accounts, troubled, unsure } from '../state/accounts.ts';
import { commands, syncNow } from '../state/commands.ts';
import { weakSecrets } from '../state/shell.ts';
import { dismiss, toasts } from '../state/toasts.ts';
import { vault } from '../state/vault.ts';
import { composer } from '../state/writing.ts';
import { t } from '../strings/en.ts';
import { errorWords } from '../strings/errors.ts';
import { Icon, IconButton } from './icons.tsx';

const sumOf = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

/** Changes that did not go as they should. */
const ChangeBanners = () => {
  const [lost, open] = [sumOf(troubled.value), sumOf(unsure.value)];
  const show = (
    <button type="button" class="small" onClick={commands.activity}>
      {t.banners.look}
    </button>
  );
  return (
    <>
      {open > 0 && (
        <p class="banner">
          <span class="grow">{t.banners.unsure(open)}</span>
          {show}
        </p>
      )}
      {lost > 0 && (
        <p class="banner bad">
          <Icon name="bad" />
          <span class="grow">{t.banners.trouble(lost)}</span>
          {show}
        </p>
      )}
    </>
  );
};

/** What keeps mail from coming or going, in plain words, with what helps. */
export const Banners = () => {
  const rows = accounts.value ?? [];
  return (
    <div class="banners" role="status">
      {weakSecrets.value && vault.value?.kind !== 'passphrase' && (
        <p class="banner">
          <span class="grow">{t.banners.weakSecrets}</span>
          <button type="button" class="small" onClick={commands.settings}>
            {t.banners.fix}
          </button>
        </p>
      )}
      {vault.value?.locked && (
        <p class="banner bad">
          <Icon name="bad" />
          <span class="grow">{t.vault.banner}</span>
          <button type="button" class="small" onClick={commands.settings}>
            {t.banners.fix}
          </button>
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
              <button type="button" class="small" onClick={commands.settings}>
                {t.banners.fix}
              </button>
            </p>
          );
        if (phase !== 'offline' || !error) return null;
        return (
          <p key={id} class="banner">
            <span class="grow">{t.banners.offline(email)}</span>
            <button type="button" class="small" onClick={() => void syncNow()}>
              {t.banners.again}
            </button>
          </p>
        );
      })}
      <ChangeBanners />
    </div>
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
