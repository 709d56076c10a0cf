type Input = { type: string; key: string; control: boolean; meta: boolean; alt: boolean };

/** Keys that the window's commands have beside single letters. The arrows and the space bar are not among them: they scroll. */
const NAMED = new Set(['Delete', 'Escape']);

/** The key of the window's own that was pressed in a message; null for what is the message's, or the menu's. */
export const windowKey = ({ type, key, control, meta, alt }: Input): string | null => {
  if (type !== 'keyDown' || control || meta || alt || key === ' ') return null;
  return key.length === 1 || NAMED.has(key) ? key : null;
};
