import { useEffect } from 'preact/hooks';
import { accounts } from '../state/accounts.ts';
import { pictureSenders, readPictureSenders, setPictures } from '../state/pictures.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';

/** Whose pictures from elsewhere are always shown, each with what ends that. */
export const PicturesSection = () => {
  const rows = accounts.value ?? [];
  const ids = rows.map(({ id }) => id).join(' ');
  useEffect(() => {
    for (const { id } of rows) void readPictureSenders(id).catch(() => undefined);
  }, [ids]);
  const senders = rows.flatMap(({ id, email }) =>
    (pictureSenders.value[id] ?? []).map((sender) => ({ account: id, email, sender })),
  );
  return (
    <section>
      <h3>{t.senders.picturesTitle}</h3>
      <p class="hint">{senders.length === 0 ? t.senders.noPictures : t.senders.picturesHint}</p>
      <ul class="entries">
        {senders.map(({ account, email, sender }) => (
          <li key={`${account} ${sender}`}>
            <span class="grow">
              {sender} {rows.length > 1 && <span class="hint">{email}</span>}
            </span>
            <IconButton
              icon="close"
              name={t.senders.forget(sender)}
              run={() => void attempt(() => setPictures(account, sender, false))}
            />
          </li>
        ))}
      </ul>
    </section>
  );
};
