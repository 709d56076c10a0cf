import { rowKey } from '../lib/keys.ts';
import { mailboxes } from '../state/accounts.ts';
import { emptyPlace, markPlaceRead } from '../state/actions.ts';
import { commands } from '../state/commands.ts';
import { list, picked, pickedRows } from '../state/list.ts';
import { editMailbox } from '../state/mailboxSheet.ts';
import { overlay, rowState } from '../state/overlay.ts';
import { filter, place, placeAccount, placeName, shownMailboxes, shownRole } from '../state/places.ts';
import { isWholePicked, mayPickWhole } from '../state/targets.ts';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';
import { Menu, type MenuItem } from './Menu.tsx';
import { Operators } from './SearchBar.tsx';

const filters = ['all', 'unread', 'flagged'] as const;

/** How many emails there are at the place; null where nobody has counted those. */
const totalHere = (): number | null => {
  if (place.value.kind === 'search' || filter.value === 'flagged') return null;
  const shown = mailboxes.value.filter(({ account, id }) => shownMailboxes(account)?.has(id));
  if (shown.length === 0) return null;
  return shown.reduce((sum, each) => sum + (filter.value === 'unread' ? each.unreadEmails : each.totalEmails), 0);
};

/** Beyond the rows that were read, all there is can be picked out. */
const WholeNote = () => {
  if (!mayPickWhole.value) return null;
  return (
    <p class="note">
      <button type="button" class="link" onClick={commands.pickWhole}>
        {t.list.pickWhole(totalHere(), placeName.value)}
      </button>
    </p>
  );
};

/** What can be done to all of the list. */
const menuItems = (): MenuItem[] => {
  const here = place.value;
  const role = shownRole();
  const items: MenuItem[] = [{ name: t.list.pickAll, run: commands.pickAll }];
  if (here.kind !== 'search') items.push({ name: t.list.allRead, run: () => void markPlaceRead() });
  if (role === 'trash' || role === 'junk')
    items.push({ name: t.list.emptyIt(placeName.value), run: () => void emptyPlace() });
  if (here.kind === 'mailbox')
    items.push(
      role === null
        ? { name: t.mailbox.edit, run: () => editMailbox(here.account, here.mailbox) }
        : { name: t.mailbox.create, run: () => editMailbox(here.account, null) },
    );
  return items;
};

/** What can be done to the rows that are picked out. */
const PickedBar = () => {
  const some = pickedRows.value;
  const unread = some.some((row) => rowState(row, overlay.value.get(rowKey(row))).unread);
  const junk = shownRole() === 'junk';
  return (
    <div class="picked-bar" role="toolbar" aria-label={t.list.picked(some.length)}>
      <IconButton icon="close" name={t.list.clear} run={commands.pickNone} keys="* n" />
      <span class="grow cut">
        {isWholePicked.value ? t.list.wholePicked(placeName.value) : t.list.picked(some.length)}
      </span>
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
        <Menu id="list-menu" name={t.list.more} items={menuItems()} />
        <IconButton icon="refresh" name={t.list.refresh} run={commands.refresh} keys="," />
      </>
    )}
    {picked.value.size > 0 && <WholeNote />}
    {place.value.kind === 'search' && <Operators />}
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
