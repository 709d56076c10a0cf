import { computed, signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { emailKey, rowKey } from '../lib/keys.ts';
import { call } from './line.ts';
import { cursor, cursorPlace, list, opened, picked, pickedRows, putCursor, rows } from './list.ts';
import { readWhole } from './pages.ts';
import { filter, place } from './places.ts';

/** Conversations that something is done to: their rows, and all emails of them. */
export type Targets = { rows: readonly EmailHead[]; isWhole: boolean; emails: () => Promise<EmailHead[]> };

const emailsOf = async (row: EmailHead): Promise<EmailHead[]> =>
  row.threadSize === 1 ? [row] : (await call('threads.get', row.account, { thread: row.threadId })).emails;

/** These conversations. */
export const these = (some: readonly EmailHead[]): Targets => ({
  rows: some,
  isWhole: false,
  emails: async () => (await Promise.all(some.map(emailsOf))).flat(),
});

/** The picked rows that stand for all there is, and the newest email that was there then. */
const whole = signal<{ rows: ReadonlySet<string>; newest: string } | null>(null);

/** Those that are there at this moment, as long as they are: what comes while the person is asked is not meant, nor what goes. */
export const asOfNow = (some: Targets): Targets => {
  const before = some.emails();
  // Nobody waits for them where the answer is no.
  before.catch(() => undefined);
  const still = async (): Promise<EmailHead[]> => {
    const meant = new Set((await before).map(emailKey));
    return (await some.emails()).filter((email) => meant.has(emailKey(email)));
  };
  let now: Promise<EmailHead[]> | undefined;
  return { ...some, emails: () => (now ??= still()) };
};

/** Whether all there is at the place is picked out, also what was not read yet. */
export const isWholePicked = computed((): boolean => whole.value !== null && whole.value.rows === picked.value);

/** Whether a row is picked out, by itself or with all there is. */
export const isPicked = (row: EmailHead): boolean =>
  picked.value.has(rowKey(row)) || (isWholePicked.value && row.receivedAt <= (whole.value?.newest ?? ''));

/** The picked rows that were all that had been read then. */
const allRead = signal<ReadonlySet<string> | null>(null);

/** Whether all rows that were read are picked out, or were by one deed, and there are more. */
export const mayPickWhole = computed((): boolean => {
  const isAll = picked.value === allRead.value || picked.value.size >= rows.value.length;
  return isAll && !isWholePicked.value && list.value.hasMore.value;
});

/** Picks out all rows that were read. */
export const pickAll = (): void => {
  picked.value = new Set(rows.value.all().map(rowKey));
  allRead.value = picked.value;
};

/** Picks out all there is at the place, also what was not read yet. What comes later is not meant. */
export const pickWhole = (): void => {
  pickAll();
  whole.value = { rows: picked.value, newest: rows.value.at(0)?.receivedAt ?? '' };
};

const wholePlace = (newest: string): Targets => {
  const [here, narrowed] = [place.value, filter.value];
  return {
    rows: rows.value.all(),
    isWhole: true,
    emails: async () => {
      const found = (await readWhole(here, narrowed)).filter(({ receivedAt }) => receivedAt <= newest);
      if (narrowed === 'all') return found;
      // It is about conversations, of which the filter shows those that have such an email.
      const meant = new Set(found.map(rowKey));
      return (await readWhole(here, 'all')).filter((email) => meant.has(rowKey(email)));
    },
  };
};

/** The open conversation. */
export const openTarget = (): Targets => these(opened.value ? [opened.value] : []);

/** The conversations that are picked out. */
const pickedTargets = (): Targets => {
  if (isWholePicked.value) return wholePlace(whole.value?.newest ?? '');
  return these(pickedRows.value);
};

/** What a key acts on: what is picked out, else what is open, else the row with the cursor. */
export const targets = (): Targets => {
  if (picked.value.size > 0) return pickedTargets();
  if (opened.value) return openTarget();
  const row = rows.value.at(cursorPlace.value);
  return these(row ? [row] : []);
};

/** Picks a row out, or not any more. */
export const togglePick = (key: string): void => {
  const next = new Set(picked.value);
  if (!next.delete(key)) next.add(key);
  picked.value = next;
};

/** Picks rows out by a rule. */
export const pickWhere = (rule: (row: EmailHead) => boolean): void => {
  picked.value = new Set(rows.value.all().filter(rule).map(rowKey));
};

/** Where a range began, what was picked before, and what the range made of it, as long as nothing else moves cursor or picks. */
let range: { start: string; before: ReadonlySet<string>; cursor: string | null; picked: ReadonlySet<string> } | null =
  null;

/** Picks all from where the cursor was to the row at a place, which has it now. */
export const extendTo = (at: number): void => {
  const goesOn = range !== null && range.cursor === cursor.value && range.picked === picked.value;
  const begun = goesOn && range ? range : { start: cursor.value, before: picked.value };
  putCursor(at);
  const from = begun.start === null ? -1 : rows.value.placeOf(begun.start);
  const [low = 0, high = 0] = [from < 0 ? cursorPlace.value : from, cursorPlace.value].toSorted((a, b) => a - b);
  picked.value = new Set([...begun.before, ...rows.value.slice(low, high + 1).map(rowKey)]);
  const start = begun.start ?? cursor.value;
  range = start === null ? null : { start, before: begun.before, cursor: cursor.value, picked: picked.value };
};
