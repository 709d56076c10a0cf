import { rowKey } from '../lib/keys.ts';
import { sheet } from '../state/activity.ts';
import { commands } from '../state/commands.ts';
import { list, picked, pickedRows } from '../state/list.ts';
import { overlay, rowState } from '../state/overlay.ts';
import { filter, place, placeAccount, placeName, shownRole } from '../state/places.ts';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';

const filters = ['all', 'unread', 'flagged'] as const;

/** What can be done to the rows that are picked out. */
const PickedBar = () => {
  const some = pickedRows.value;
  const unread = some.some((row) => rowState(row, overlay.value.get(rowKey(row))).unread);
  const junk = shownRole() === 'junk';
  return (
    <div class="picked-bar" role="toolbar" aria-label={t.list.picked(some.length)}>
      <IconButton icon="close" name={t.list.clear} run={commands.pickNone} keys="* n" />
      <span class="grow">{t.list.picked(some.length)}</span>
      <IconButton icon="archive" name={t.actions.archive} run={commands.archive} keys="e" />
      <IconButton icon="trash" name={t.actions.delete} run={commands.remove} keys="#" />
      <IconButton
        icon={junk ? 'inbox' : 'junk'}
        name={junk ? t.actions.notJunk : t.actions.junk}
        run={commands.junk}
        keys="!"
      />
      <IconButton icon="move" name={t.actions.move} run={commands.move} keys="v" />
      {unread ? (
        <IconButton icon="read" name={t.actions.read} run={commands.read} keys="I" />
      ) : (
        <IconButton icon="unread" name={t.actions.unread} run={commands.unread} keys="U" />
      )}
      <IconButton icon="flagged" name={t.actions.star} run={commands.star} keys="s" />
    </div>
  );
};

/** Where the person is, and what the list is narrowed to. */
export const ListHead = () => (
  <header class="list-head">
    {picked.value.size > 0 ? (
      <PickedBar />
    ) : (
      <>
        <h1 class="cut grow">
          {placeName.value}
          {placeAccount.value && <small class="cut">{placeAccount.value}</small>}
        </h1>
        {place.value.kind !== 'search' && (
          <select
            class="filter"
            aria-label={t.list.show}
            value={filter.value}
            onChange={(event) => (filter.value = event.currentTarget.value as (typeof filters)[number])}
          >
            {filters.map((name) => (
              <option key={name} value={name}>
                {t.list[name]}
              </option>
            ))}
          </select>
        )}
        {place.value.kind === 'mailbox' && shownRole() === null && (
          <IconButton icon="drafts" name={t.mailbox.edit} run={() => (sheet.value = 'mailbox')} />
        )}
        <IconButton icon="refresh" name={t.list.refresh} run={commands.refresh} keys="," />
      </>
    )}
    {place.value.kind === 'search' && list.value.partial.value && (
      <p class="note">
        {t.search.partial}{' '}
        {!place.value.server && (
          <button
            type="button"
            class="link"
            onClick={() => {
              if (place.value.kind === 'search') place.value = { ...place.value, server: true };
            }}
          >
            {t.search.server}
          </button>
        )}
      </p>
    )}
  </header>
);
