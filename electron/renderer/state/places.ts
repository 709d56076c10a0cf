import { computed, effect, signal } from '@preact/signals';
import { t } from '../strings/en.ts';
import { accountOf, accounts, mailboxes } from './accounts.ts';

/** What the list shows: a role over all accounts, a mailbox of one, what a search finds, or what is on its way out. */
export type Place =
  | { kind: 'role'; role: string }
  | { kind: 'mailbox'; account: string; mailbox: string }
  | { kind: 'search'; text: string; server: boolean }
  | { kind: 'outgoing' };

/** Where the person is. */
export const place = signal<Place>({ kind: 'role', role: 'inbox' });

/** Where the person was before a search. */
let beforeSearch: Place = place.value;
effect(() => {
  if (place.value.kind !== 'search') beforeSearch = place.value;
});

/** Where the person is after a search: where it began. */
export const placeBeforeSearch = (): Place => beforeSearch;

/** What a list is narrowed to. */
export const filter = signal<'all' | 'unread' | 'flagged'>('all');

/** The name of where the person is. */
export const placeName = computed((): string => {
  const here = place.value;
  if (here.kind === 'search') return t.search.results;
  if (here.kind === 'outgoing') return t.outgoing.label;
  if (here.kind === 'role') return t.roles[here.role] ?? here.role;
  return mailboxes.value.find(({ id, account }) => id === here.mailbox && account === here.account)?.name ?? '';
});

/** Whether the mailbox that is shown is gone, with its account or alone. As long as that cannot be known it is there. */
export const isPlaceGone = (here = place.value): boolean => {
  if (here.kind !== 'mailbox' || accounts.value === null) return false;
  if (!accountOf(here.account)) return true;
  const own = mailboxes.value.filter(({ account }) => account === here.account);
  return own.length > 0 && !own.some(({ id }) => id === here.mailbox);
};

/** The address of the account that the place is of; '' for one over all accounts. */
export const placeAccount = computed((): string => {
  const here = place.value;
  return here.kind === 'mailbox' ? (accountOf(here.account)?.email ?? '') : '';
});

/** Ids of the mailboxes of an account that the place shows; null where it shows mail of any. */
export const shownMailboxes = (account: string, here = place.value): Set<string> | null => {
  if (here.kind === 'search' || here.kind === 'outgoing') return null;
  if (here.kind === 'mailbox') return new Set([here.mailbox]);
  if (here.role === 'all' || here.role === 'flagged') return null;
  return new Set(
    mailboxes.value.filter((each) => each.account === account && each.role === here.role).map(({ id }) => id),
  );
};

/** The role of the mailboxes that the place shows; null where they have none, or several. */
export const shownRole = (): string | null => {
  const here = place.value;
  if (here.kind === 'search' || here.kind === 'outgoing') return null;
  if (here.kind === 'role') return here.role;
  return mailboxes.value.find(({ id, account }) => id === here.mailbox && account === here.account)?.role ?? null;
};
