import { t } from '../strings/en.ts';
import { isCovered } from './activity.ts';
import { commands, goTo } from './commands.ts';
import { opening } from './composer.ts';
import { picked } from './list.ts';
import { place } from './places.ts';
import { openThread, stepEmail } from './reader.ts';
import { send } from './sending.ts';
import { setup } from './setup.ts';
import { closeComposer, composer } from './writing.ts';

/** A shortcut, as the help sheet shows it. `keys` in turn, as `KeyboardEvent.key` names them. */
export type Shortcut = { keys: string; says: string; group: keyof typeof t.help.groups; run: () => void };

const toRole = (role: string) => (): void => goTo({ kind: 'role', role });

/** Puts the caret into the search field. */
export const focusSearch = (): void => {
  const field = document.querySelector<HTMLInputElement>('#search');
  field?.focus();
  field?.select();
};

/** Gmail's shortcuts. */
export const shortcuts: Shortcut[] = [
  { keys: 'j', says: 'Next conversation', group: 'move', run: commands.next },
  { keys: 'k', says: 'Previous conversation', group: 'move', run: commands.previous },
  { keys: 'o', says: 'Open (also Enter)', group: 'move', run: commands.open },
  { keys: 'u', says: 'Back to the list', group: 'move', run: commands.close },
  { keys: 'n', says: 'Next message of a conversation', group: 'move', run: () => stepEmail(1) },
  { keys: 'p', says: 'Previous message', group: 'move', run: () => stepEmail(-1) },
  { keys: '/', says: 'Search', group: 'move', run: focusSearch },
  { keys: 'e', says: 'Archive', group: 'act', run: commands.archive },
  { keys: '#', says: 'Delete (also Delete)', group: 'act', run: commands.remove },
  { keys: '!', says: 'Junk, or not junk', group: 'act', run: commands.junk },
  { keys: 's', says: 'Star', group: 'act', run: commands.star },
  { keys: 'I', says: 'Mark as read', group: 'act', run: commands.read },
  { keys: 'U', says: 'Mark as unread', group: 'act', run: commands.unread },
  { keys: 'v', says: 'Move to a mailbox', group: 'act', run: commands.move },
  { keys: 'x', says: 'Select', group: 'act', run: commands.pick },
  { keys: '* a', says: 'Select all', group: 'act', run: commands.pickAll },
  { keys: '* n', says: 'Select none', group: 'act', run: commands.pickNone },
  { keys: '* r', says: 'Select what is read', group: 'act', run: commands.pickRead },
  { keys: '* u', says: 'Select what is unread', group: 'act', run: commands.pickUnread },
  { keys: '* s', says: 'Select what is starred', group: 'act', run: commands.pickStarred },
  { keys: 'z', says: 'Undo', group: 'act', run: commands.undo },
  { keys: 'c', says: 'Compose', group: 'write', run: commands.compose },
  { keys: 'r', says: 'Reply', group: 'write', run: commands.reply },
  { keys: 'a', says: 'Reply to all', group: 'write', run: commands.replyAll },
  { keys: 'f', says: 'Forward', group: 'write', run: commands.forward },
  { keys: 'g i', says: 'Inbox', group: 'go', run: toRole('inbox') },
  { keys: 'g s', says: 'Starred', group: 'go', run: toRole('flagged') },
  { keys: 'g d', says: 'Drafts', group: 'go', run: toRole('drafts') },
  { keys: 'g t', says: 'Sent', group: 'go', run: toRole('sent') },
  { keys: 'g a', says: 'All mail', group: 'go', run: toRole('all') },
  { keys: '?', says: 'This list', group: 'app', run: commands.help },
  { keys: ',', says: 'Look for new mail', group: 'app', run: commands.refresh },
  { keys: '.', says: 'Activity', group: 'app', run: commands.activity },
];

/** Keys that do what a shortcut does, but are not Gmail's. */
const also: Record<string, () => void> = {
  ArrowDown: commands.next,
  ArrowUp: commands.previous,
  Enter: commands.open,
  Delete: commands.remove,
  Home: commands.first,
  End: commands.last,
};

/** How long the second key of two may take, in ms. */
const PAIR_MS = 1_500;
let before = '';
let beforeAt = 0;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(?:checkbox|radio|button)$/.test(target.type));

/** Enter and the arrows belong to what has the focus, unless that is the list or nothing. */
const belongsElsewhere = (event: KeyboardEvent): boolean =>
  event.key in also &&
  event.target instanceof HTMLElement &&
  event.target !== document.body &&
  event.target.closest('[data-keys=list]') === null;

/** Escape takes away what is in front, one thing at a time. */
const escape = (): void => {
  if (composer.value) void closeComposer();
  else if (picked.value.size > 0) commands.pickNone();
  else if (openThread.value) commands.close();
  else if (place.value.kind === 'search') goTo({ kind: 'role', role: 'inbox' });
};

const take = (event: KeyboardEvent, run: () => void): void => {
  event.preventDefault();
  before = '';
  run();
};

const press = (event: KeyboardEvent): void => {
  const { key, ctrlKey, metaKey, altKey, defaultPrevented, timeStamp } = event;
  if (defaultPrevented) return;
  if ((ctrlKey || metaKey) && key === 'Enter' && composer.value) return take(event, () => void send());
  if (opening.value && key.length === 1) return event.preventDefault();
  if (ctrlKey || metaKey || altKey || setup.value || isCovered.value || isTyping(event.target)) return;
  if (key === 'Escape') return take(event, escape);
  const pair = timeStamp - beforeAt < PAIR_MS ? `${before} ${key}` : key;
  const found = shortcuts.find(({ keys }) => keys === pair) ?? shortcuts.find(({ keys }) => keys === key);
  if (found) return take(event, found.run);
  if (shortcuts.some(({ keys }) => keys.startsWith(`${key} `))) {
    before = key;
    beforeAt = timeStamp;
    return;
  }
  const other = also[key];
  if (other && !belongsElsewhere(event)) take(event, other);
};

/** Listens to the keyboard. Nobody's typing is taken for a command. */
export const followKeys = (): void => document.addEventListener('keydown', press);
