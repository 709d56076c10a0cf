import { fullName } from '../lib/addresses.ts';
import { composer } from '../state/writing.ts';
import { t } from '../strings/en.ts';

/** What was being written when there was nobody any more to keep it; null where nothing is lost. */
const unkept = (): string | null => {
  const message = composer.value;
  if (!message || message.saved === 'saved' || message.saved === 'nothing') return null;
  const to = [...message.to.map(fullName), message.typed.to].filter(Boolean).join(', ');
  return [to, message.subject, '', message.text].join('\n');
};

/** In place of the window once its host has gone. */
export const Ended = ({ why }: { why: 'closed' | 'refused' }) => {
  const words = unkept();
  return (
    <main class="ended">
      <h1>{t.ended.title}</h1>
      <p>{words === null || why === 'refused' ? t.ended[why] : t.ended.writing}</p>
      {words !== null && <textarea readOnly rows={12} aria-label={t.ended.unkept} value={words} />}
      <p class="hint">{t.ended.hint}</p>
    </main>
  );
};
