import { t } from '../strings/en.ts';
import { isCovered } from './activity.ts';
import { commands, endSearch, goTo } from './commands.ts';
import { opening } from './composer.ts';
import { picked } from './list.ts';
import { openThread, stepEmail } from './reader.ts';
import { send } from './sending.ts';
import { setup } from './setup.ts';
import { closeComposer, composer } from './writing.ts';

/** A shortcut, as the help sheet shows it. `keys` in turn, as `KeyboardEvent.key` names them. */
export type Shortcut = { keys: string; says: string; group: keyof typeof t.help.groups; run: () => void };

const { says } = t.help;
const toRole = (role: string) => (): void => goTo({ kind: 'role', role });

/** Puts the caret into the search field. */
export const focusSearch = (): void => {
  const field = document.querySelector<HTMLInputElement>('#search');
  field?.focus();
  field?.select();
};

/** Gmail's shortcuts. */
export const shortcuts: Shortcut[] = [
  { keys: 'j', says: says.next, group: 'move', run: commands.next },
  { keys: 'k', says: says.previous, group: 'move', run: commands.previous },
  { keys: 'o', says: says.open, group: 'move', run: commands.open },
  { keys: 'u', says: says.back, group: 'move', run: commands.close },
  { keys: 'n', says: says.nextMessage, group: 'move', run: () => stepEmail(1) },
  { keys: 'p', says: says.previousMessage, group: 'move', run: () => stepEmail(-1) },
  { keys: '/', says: says.search, group: 'move', run: focusSearch },
  { keys: 'e', says: says.archive, group: 'act', run: commands.archive },
  { keys: '#', says: says.remove, group: 'act', run: commands.remove },
  { keys: '!', says: says.junk, group: 'act', run: commands.junk },
  { keys: 's', says: says.star, group: 'act', run: commands.star },
  { keys: 'I', says: says.read, group: 'act', run: commands.read },
  { keys: 'U', says: says.unread, group: 'act', run: commands.unread },
  { keys: 'v', says: says.move, group: 'act', run: commands.move },
  { keys: 'x', says: says.pick, group: 'act', run: commands.pick },
  { keys: 'J', says: says.extendDown, group: 'act', run: commands.extendDown },
  { keys: 'K', says: says.extendUp, group: 'act', run: commands.extendUp },
  { keys: '* a', says: says.pickAll, group: 'act', run: commands.pickAll },
  { keys: '* n', says: says.pickNone, group: 'act', run: commands.pickNone },
  { keys: '* r', says: says.pickRead, group: 'act', run: commands.pickRead },
  { keys: '* u', says: says.pickUnread, group: 'act', run: commands.pickUnread },
  { keys: '* s', says: says.pickStarred, group: 'act', run: commands.pickStarred },
  { keys: 'z', says: says.undo, group: 'act', run: commands.undo },
  { keys: 'c', says: says.compose, group: 'write', run: commands.compose },
  { keys: 'r', says: says.reply, group: 'write', run: commands.reply },
  { keys: 'a', says: says.replyAll, group: 'write', run: commands.replyAll },
  { keys: 'f', says: says.forward, group: 'write', run: commands.forward },
  { keys: 'Ctrl+Enter', says: says.send, group: 'write', run: () => void send() },
  { keys: 'g i', says: says.inbox, group: 'go', run: toRole('inbox') },
  { keys: 'g s', says: says.starred, group: 'go', run: toRole('flagged') },
  { keys: 'g d', says: says.drafts, group: 'go', run: toRole('drafts') },
  { keys: 'g t', says: says.sent, group: 'go', run: toRole('sent') },
  { keys: 'g a', says: says.all, group: 'go', run: toRole('all') },
  { keys: '?', says: says.help, group: 'app', run: commands.help },
  { keys: ',', says: says.refresh, group: 'app', run: commands.refresh },
  { keys: '.', says: says.activity, group: 'app', run: commands.activity },
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

/** The same with Shift. */
const shifted: Record<string, () => void> = { ArrowDown: commands.extendDown, ArrowUp: commands.extendUp };

/** How long the second key of two may take, in ms. */
const PAIR_MS = 1_500;
let before = '';
let beforeAt = 0;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(?:checkbox|radio|button)$/.test(target.type));

/** Whoever has just pressed a button of the message that they write goes on writing. */
const isInComposer = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('.composer') !== null;

/** Enter and the arrows belong to what has the focus, unless that is the list or nothing. */
const belongsElsewhere = (event: KeyboardEvent): boolean =>
  event.key in also &&
  event.target instanceof HTMLElement &&
  event.target !== document.body &&
  event.target.closest('[data-keys=list]') === null;

/** A text that can be selected whole is in front, or has the focus. */
const hasOwnText = (event: KeyboardEvent): boolean =>
  isCovered.value ||
  isTyping(event.target) ||
  isInComposer(event.target) ||
  (event.target instanceof HTMLElement && event.target.closest('.reader') !== null);

/** Escape takes away what is in front, one thing at a time. */
const escape = (): void => {
  if (composer.value) void closeComposer();
  else if (picked.value.size > 0) commands.pickNone();
  else if (openThread.value) commands.close();
  else endSearch();
};

const take = (event: KeyboardEvent, run: () => void): void => {
  event.preventDefault();
  before = '';
  run();
};

const press = (event: KeyboardEvent): void => {
  const { key, ctrlKey, metaKey, altKey, defaultPrevented, timeStamp } = event;
  if (defaultPrevented) return;
  const isWriting = composer.value !== null && !setup.value && !isCovered.value;
  if ((ctrlKey || metaKey) && key === 'Enter' && isWriting) return take(event, () => void send());
  if (opening.value && key.length === 1) return event.preventDefault();
  if ((ctrlKey || metaKey) && key === 'a' && !setup.value && !hasOwnText(event)) return take(event, commands.pickAll);
  if (ctrlKey || metaKey || altKey || setup.value || isCovered.value) return;
  if (isTyping(event.target) || isInComposer(event.target)) return;
  // A menu that is open is closed by the browser.
  if (key === 'Escape' && document.querySelector(':popover-open')) return;
  if (key === 'Escape') return take(event, escape);
  const pair = timeStamp - beforeAt < PAIR_MS ? `${before} ${key}` : key;
  const found = shortcuts.find(({ keys }) => keys === pair) ?? shortcuts.find(({ keys }) => keys === key);
  if (found) return take(event, found.run);
  if (shortcuts.some(({ keys }) => keys.startsWith(`${key} `))) {
    before = key;
    beforeAt = timeStamp;
    return;
  }
  const other = (event.shiftKey ? shifted : also)[key];
  if (other && !belongsElsewhere(event)) take(event, other);
};

/** Listens to the keyboard. Nobody's typing is taken for a command. */
export const followKeys = (): void => document.addEventListener('keydown', press);
