import { signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { emailKey, rowKey } from '../lib/keys.ts';

/** What the person just did to a conversation or an email, until the backend shows it by itself. */
export type Patch = { hidden?: boolean; seen?: boolean; flagged?: boolean };

/** Patches by what they are laid over: `rowKey` of a conversation, or `emailKey`. */
export const overlay = signal<ReadonlyMap<string, Patch>>(new Map());

/** Lays a patch over all of these; the answer takes it off again. */
export const cover = (keys: readonly string[], patch: Patch): (() => void) => {
  const next = new Map(overlay.value);
  const laid = new Map(keys.map((key) => [key, { ...next.get(key), ...patch }]));
  for (const [key, value] of laid) next.set(key, value);
  overlay.value = next;
  return () => {
    const rest = new Map(overlay.value);
    for (const [key, value] of laid) if (rest.get(key) === value) rest.delete(key);
    overlay.value = rest;
  };
};

/** How a conversation is shown in a list. */
export type RowState = { unread: boolean; flagged: boolean };

/** The state of a row, with what the person just did. */
export const rowState = (row: EmailHead, patch: Patch | undefined): RowState => ({
  unread: patch?.seen === undefined ? (row.threadUnread ?? Number(!row.keywords['$seen'])) > 0 : !patch.seen,
  flagged: patch?.flagged ?? row.keywords['$flagged'] === true,
});

/** The state of one email, with what the person just did to it or to its conversation. */
export const emailState = (email: EmailHead, patches: ReadonlyMap<string, Patch>): RowState => {
  const own = { ...patches.get(rowKey(email)), ...patches.get(emailKey(email)) };
  return {
    unread: own.seen === undefined ? !email.keywords['$seen'] : !own.seen,
    flagged: own.flagged ?? email.keywords['$flagged'] === true,
  };
};
