import { effect, signal, untracked } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { rowKey } from '../lib/keys.ts';
import { t } from '../strings/en.ts';
import { accountOf, accounts, mailboxesWithRole } from './accounts.ts';
import { markFlagged, markSeen, moveToRole, remove } from './actions.ts';
import { sheet } from './activity.ts';
import { answer, compose, resume } from './composer.ts';
import { call } from './line.ts';
import { cursor, cursorPlace, list, opened, picked, putCursor, rows } from './list.ts';
import { overlay, rowState } from './overlay.ts';
import { filter, isPlaceGone, type Place, place, placeBeforeSearch, placeName, shownRole } from './places.ts';
import { closeThread, expandedEmail, openRow, openThread } from './reader.ts';
import { extendTo, pickAll, pickWhere, pickWhole, type Targets, targets, these, togglePick } from './targets.ts';
import { attempt, toast } from './toasts.ts';
import { undoLast } from './undo.ts';

/** Goes to another list. */
export const goTo = (to: Place): void => {
  closeThread();
  if (to.kind !== 'search') filter.value = 'all';
  place.value = to;
};

/** Leaves a mailbox that is gone, as when another program deleted it; the person is told which it was. */
export const followPlace = (): void => {
  let name = '';
  effect(() => {
    const here = place.value;
    if (here.kind !== 'mailbox') return;
    if (!isPlaceGone(here)) return void (name = placeName.value || name);
    untracked(() => {
      goTo({ kind: 'role', role: 'inbox' });
      if (accountOf(here.account)) toast(t.mailbox.gone(name));
    });
  });
};

/** Ends a search: back to where it began, narrowed as it was. */
export const endSearch = (): void => {
  if (place.value.kind !== 'search') return;
  closeThread();
  place.value = placeBeforeSearch();
};

const stateOf = (row: EmailHead) => rowState(row, overlay.value.get(rowKey(row)));

/** What is listed as a draft is written on; all else is read. */
export const open = (row: EmailHead): void => {
  const drafts = mailboxesWithRole(row.account, 'drafts');
  if (shownRole() === 'drafts' && drafts.some((id) => row.mailboxIds[id])) void resume(row.account, { email: row.id });
  else {
    picked.value = new Set();
    void openRow(row);
  }
};

/** Moves the cursor; an open conversation goes along, unless rows are being picked out. */
const step = (by: number): void => {
  putCursor(cursorPlace.value < 0 ? 0 : cursorPlace.value + by);
  const row = rows.value.at(cursorPlace.value);
  if (row && openThread.value && picked.value.size === 0) open(row);
};

const extend = (by: number): void => extendTo(cursorPlace.value < 0 ? 0 : cursorPlace.value + by);

const isOpenAmong = ({ rows: some }: Targets): boolean => {
  const read = opened.value;
  return read !== null && some.some((row) => rowKey(row) === rowKey(read));
};

/** What is put away, or unread again, leaves the reader, too; the cursor is on what stood behind it. */
export const putAway = (some: Targets, deed: (some: Targets, begun: () => void) => Promise<void>): void =>
  void deed(some, () => {
    if (isOpenAmong(some)) closeThread();
  });

const toggleStar = (some: Targets): void =>
  void markFlagged(some, !some.rows.every((row) => rowState(row, overlay.value.get(rowKey(row))).flagged));

/** Conversations that wait for the person to say where they go. */
export const moving = signal<Targets>(these([]));

const askWhere = (some: Targets): void => {
  const ofAll = some.isWhole && place.value.kind !== 'mailbox';
  const owners = ofAll ? (accounts.value ?? []).map(({ id }) => id) : some.rows.map((row) => row.account);
  if (new Set(owners).size > 1) toast(t.move.several);
  else if (some.rows.length > 0) {
    moving.value = some;
    sheet.value = 'move';
  }
};

const markUnread = (some: Targets): void => putAway(some, (those, begun) => markSeen(those, false, { begun }));

/** What is done to conversations: those that are meant are told to it. */
export const deeds = {
  archive: (some) => putAway(some, (those, begun) => moveToRole(those, 'archive', begun)),
  remove: (some) => putAway(some, remove),
  junk: (some) => putAway(some, (those, begun) => moveToRole(those, shownRole() === 'junk' ? 'inbox' : 'junk', begun)),
  star: toggleStar,
  read: (some) => void markSeen(some, true),
  unread: markUnread,
  move: askWhere,
} as const satisfies Record<string, (some: Targets) => void>;

const expanded = (deed: (email: EmailHead) => Promise<void>): void => {
  const email = expandedEmail() ?? rows.value.at(cursorPlace.value);
  if (email) void deed(email);
};

/** Asks every account to look for mail now. */
export const syncNow = (): Promise<void> => attempt(async () => void (await call('sync.now', null, {})));

/** What can be done by a key, a button or a menu. */
export const commands = {
  next: () => step(1),
  previous: () => step(-1),
  first: () => putCursor(0),
  last: () => putCursor(rows.value.length - 1),
  open: () => {
    const row = rows.value.at(Math.max(0, cursorPlace.value));
    if (row) open(row);
  },
  close: closeThread,
  archive: () => deeds.archive(targets()),
  remove: () => deeds.remove(targets()),
  junk: () => deeds.junk(targets()),
  star: () => deeds.star(targets()),
  read: () => deeds.read(targets()),
  unread: () => deeds.unread(targets()),
  move: () => deeds.move(targets()),
  extendDown: () => extend(1),
  extendUp: () => extend(-1),
  pick: () => {
    if (cursor.value === null) putCursor(0);
    if (cursor.value !== null) togglePick(cursor.value);
  },
  pickAll,
  pickWhole,
  pickNone: () => pickWhere(() => false),
  pickRead: () => pickWhere((row) => !stateOf(row).unread),
  pickUnread: () => pickWhere((row) => stateOf(row).unread),
  pickStarred: () => pickWhere((row) => stateOf(row).flagged),
  compose: () => void compose(),
  reply: () => expanded((email) => answer(email, 'reply')),
  replyAll: () => expanded((email) => answer(email, 'replyAll')),
  forward: () => expanded((email) => answer(email, 'forward')),
  undo: undoLast,
  refresh: () => {
    void syncNow();
    void list.value.refresh();
  },
  help: () => {
    sheet.value = 'help';
  },
  activity: () => {
    sheet.value = 'activity';
  },
  settings: () => {
    sheet.value = 'settings';
  },
} as const satisfies Record<string, () => void>;
