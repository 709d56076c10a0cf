import type { PendingChange } from '../../../src-shared/contractRows.ts';
import { t } from '../strings/en.ts';

/** The path of a mailbox by its id; undefined where there is none. */
type PathOf = (mailbox: string) => string | undefined;

const { does } = t.activity;

const keywordWords: Record<string, [set: string, cleared: string]> = {
  $seen: [does.seen, does.unseen],
  $flagged: [does.flagged, does.unflagged],
};

const marks = (patch: Record<string, true | null>): string | undefined => {
  const [[keyword, on] = ['', null], another] = Object.entries(patch);
  return another ? undefined : keywordWords[keyword]?.[on ? 0 : 1];
};

const moves = (patch: Record<string, true | null>, pathOf: PathOf): string => {
  const named = (on: boolean): string =>
    Object.entries(patch)
      .filter(([, value]) => (value === true) === on)
      .map(([mailbox]) => pathOf(mailbox) ?? t.activity.unknownMailbox)
      .join(', ');
  return named(true) === '' ? does.takeOut(named(false)) : does.moveTo(named(true));
};

/** What a change does, in a few words: marks, where to, which mailbox. */
export const changeWords = (change: PendingChange, pathOf: PathOf): string => {
  const { type, patch, role, op, mailbox, name } = change;
  const usual = t.changeTypes[type] ?? type;
  if (type === 'keywords') return (patch && marks(patch)) ?? usual;
  if (type === 'mailboxes') return patch ? moves(patch, pathOf) : usual;
  if (type === 'move' && role !== undefined) return does.moveTo(t.roles[role] ?? role);
  if (type !== 'mailbox') return usual;
  const path = name ?? pathOf(mailbox ?? '') ?? t.activity.unknownMailbox;
  if (op === 'create') return does.create(path);
  return op === 'delete' ? does.remove(path) : does.rename(path);
};
