import { useState } from 'preact/hooks';
import { inputTime, morning } from '../lib/times.ts';
import { send } from '../state/sending.ts';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';

const daysToMonday = (now: Date): number => (8 - now.getDay()) % 7 || 7;

/** When a message is to be sent, where that is not now. */
export const Later = () => {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState('');
  if (!open)
    return (
      <IconButton
        icon="clock"
        name={t.composer.later}
        run={() => {
          setAt(inputTime(morning(new Date(), 1)));
          setOpen(true);
        }}
      />
    );
  const now = new Date();
  const isPast = at !== '' && new Date(at) <= now;
  return (
    <div class="later" role="group" aria-label={t.composer.later}>
      <button type="button" onClick={() => void send(morning(now, 1))}>
        {t.composer.tomorrow}
      </button>
      {daysToMonday(now) > 1 && (
        <button type="button" onClick={() => void send(morning(now, daysToMonday(now)))}>
          {t.composer.monday}
        </button>
      )}
      <input
        type="datetime-local"
        aria-label={t.composer.pick}
        min={inputTime(now)}
        value={at}
        aria-invalid={isPast}
        onInput={(event) => setAt(event.currentTarget.value)}
      />
      <button type="button" disabled={at === ''} onClick={() => void send(new Date(at))}>
        {t.composer.schedule}
      </button>
      <IconButton icon="close" name={t.cancel} run={() => setOpen(false)} />
      {isPast && <p class="bad-text">{t.composer.past}</p>}
    </div>
  );
};
