import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { inputTime, morning } from '../lib/times.ts';
import { send } from '../state/sending.ts';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';

const daysToMonday = (now: Date): number => (8 - now.getDay()) % 7 || 7;

const Choices = () => {
  const now = new Date();
  const [at, setAt] = useState(() => inputTime(morning(now, 1)));
  const isPast = at !== '' && new Date(at) <= now;
  const group = useRef<HTMLDivElement>(null);
  // With large letters the composer may have to be scrolled to them.
  useLayoutEffect(() => group.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div ref={group} class="later" role="group" aria-label={t.composer.later}>
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
      {isPast && <p class="bad-text">{t.composer.past}</p>}
    </div>
  );
};

/** When a message is to be sent, where that is not now. Its button stays, and with it the focus. */
export const Later = () => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton icon="clock" name={t.composer.later} pressed={open} run={() => setOpen(!open)} />
      {open && <Choices />}
    </>
  );
};
