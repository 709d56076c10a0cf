import type { EmailHead } from '../../../src-shared/model.ts';
import { rowKey } from '../lib/keys.ts';
import { t } from '../strings/en.ts';
import { mailboxesWithRole } from './accounts.ts';
import { markFlagged, markSeen, moveToRole, pickWhere, remove } from './actions.ts';
import { sheet } from './activity.ts';
import { answer, compose, resume } from './composer.ts';
import { call } from './line.ts';
import { cursor, cursorPlace, list, picked, putCursor, rows, targets } from './list.ts';
import { overlay, rowState } from './overlay.ts';
import { filter, type Place, place, shownRole } from './places.ts';
import { closeThread, expandedEmail, openRow, openThread } from './reader.ts';
import { attempt, toast } from './toasts.ts';
import { undoLast } from './undo.ts';

/** Goes to another list. */
export const goTo = (to: Place): void => {
  closeThread();
  if (to.kind !== 'search') filter.value = 'all';
  place.value = to;
};

const stateOf = (row: EmailHead) => rowState(row, overlay.value.get(rowKey(row)));

/** What is listed as a draft is written on; all else is read. */
export const open = (row: EmailHead): void => {
  const drafts = mailboxesWithRole(row.account, 'drafts');
  if (shownRole() === 'drafts' && drafts.some((id) => row.mailboxIds[id])) void resume(row.account, { email: row.id });
  else void openRow(row);
};

/** Moves the cursor; an open conversation goes along. */
const step = (by: number): void => {
  putCursor(cursorPlace.value < 0 ? 0 : cursorPlace.value + by);
  const row = rows.value.at(cursorPlace.value);
  if (row && openThread.value) open(row);
};

/** What is put away leaves the reader, too; the next conversation takes its place there. */
const putAway = (deed: (some: readonly EmailHead[]) => Promise<void>): void => {
  const some = targets();
  const wasOpen = openThread.value !== null && picked.value.size === 0;
  const at = cursorPlace.value;
  const done = deed(some);
  if (wasOpen) closeThread();
  // The overlay has hidden the rows by now: what stood behind them stands in their place.
  if (some.length > 0) putCursor(at);
  void done;
};

const toggleStar = (): void => {
  const some = targets();
  void markFlagged(some, !some.every((row) => stateOf(row).flagged));
};

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
  archive: () => putAway((some) => moveToRole(some, 'archive')),
  remove: () => putAway(remove),
  junk: () => putAway((some) => moveToRole(some, shownRole() === 'junk' ? 'inbox' : 'junk')),
  toInbox: () => putAway((some) => moveToRole(some, 'inbox')),
  star: toggleStar,
  read: () => void markSeen(targets(), true),
  unread: () => {
    void markSeen(targets(), false);
    closeThread();
  },
  move: () => {
    const accounts = new Set(targets().map(({ account }) => account));
    if (accounts.size > 1) toast(t.move.several);
    else if (accounts.size === 1) sheet.value = 'move';
  },
  pick: () => {
    if (cursor.value === null) putCursor(0);
    const key = cursor.value;
    if (key === null) return;
    const next = new Set(picked.value);
    if (!next.delete(key)) next.add(key);
    picked.value = next;
  },
  pickAll: () => pickWhere(() => true),
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
