import type { EmailHead } from '../../../src-shared/model.ts';
import { offeredSender, pictureSenders, setPictures } from '../state/pictures.ts';
import { showEmail } from '../state/reader.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';

type Given = { email: EmailHead; part: string | null; blocked: number; shown: boolean };

const set = (email: EmailHead, sender: string, shown: boolean): Promise<void> =>
  attempt(async () => {
    await setPictures(email.account, sender, shown);
    await showEmail(email.id);
  });

/** That pictures from elsewhere were left out, and how they are shown: once, or always of this sender. */
export const PicturesNote = ({ email, part, blocked, shown }: Given) => {
  if (blocked === 0) return null;
  const sender = part === null ? offeredSender(email) : null;
  const isAlways = sender !== null && pictureSenders.value[email.account]?.includes(sender);
  if (shown)
    return isAlways ? (
      <p class="note quiet">
        <span class="grow">{t.senders.always(sender)}</span>
        <button type="button" class="small" onClick={() => void set(email, sender, false)}>
          {t.senders.never}
        </button>
      </p>
    ) : null;
  return (
    <p class="note">
      <span class="grow">{t.reader.blocked(blocked)}</span>
      <button type="button" class="small" onClick={() => void showEmail(email.id, true, part)}>
        {t.reader.load}
      </button>
      {sender !== null && (
        <button type="button" class="small" onClick={() => void set(email, sender, true)}>
          {t.senders.alwaysFrom(sender)}
        </button>
      )}
    </p>
  );
};
