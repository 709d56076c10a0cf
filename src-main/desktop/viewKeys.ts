type Input = { type: string; key: string; control: boolean; meta: boolean; alt: boolean };

/** A key as Electron's `sendInputEvent` takes it. */
type Sent = { type: 'keyDown'; keyCode: string; modifiers: 'shift'[] };

/** Keys that the window's commands have beside single letters. The arrows and the space bar are not among them: they scroll. */
const NAMED = new Set(['Delete', 'Escape']);

/**
 * The key of the window's own that was pressed in a message, for the window; null for what is the message's, or the menu's. Electron
 * takes each letter for a small one unless it is told of Shift, and finds that of `#` or `?` by itself, whatever the keyboard.
 */
export const windowKey = ({ type, key, control, meta, alt }: Input): Sent | null => {
  if (type !== 'keyDown' || control || meta || alt || key === ' ') return null;
  if (key.length !== 1 && !NAMED.has(key)) return null;
  return { type, keyCode: key, modifiers: /^[A-Z]$/.test(key) ? ['shift'] : [] };
};
