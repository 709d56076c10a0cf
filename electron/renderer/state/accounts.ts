import { signal } from '@preact/signals';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import type { Mailbox } from '../../../src-shared/model.ts';
import { coalesced } from '../lib/coalesced.ts';
import { call, onEvent } from './line.ts';

/** Every account, in the person's order; null until they were read. */
export const accounts = signal<AccountRow[] | null>(null);

/** Every mailbox of every account. */
export const mailboxes = signal<Mailbox[]>([]);

/** How far the first fill of an account is, in emails. */
export const progress = signal<Record<string, { done: number; total: number }>>({});

/** How many changes were given up, by account: they need the person. */
export const troubled = signal<Record<string, number>>({});

const readAccounts = coalesced(async () => {
  const { accounts: rows } = await call('accounts.list', null, {});
  accounts.value = rows.toSorted((a, b) => a.order - b.order || (a.email < b.email ? -1 : 1));
});

const readMailboxes = coalesced(async () => {
  mailboxes.value = (await call('mailboxes.list', null, {})).mailboxes;
});

/** Reads accounts and mailboxes anew. */
export const readAll = async (): Promise<void> => {
  await Promise.all([readAccounts(), readMailboxes()]);
};

/** Keeps accounts and mailboxes in step with the backend. */
export const followAccounts = (): void => {
  onEvent('phase', ({ account, phase, error, retryAt }) => {
    const known = accounts.value?.find(({ id }) => id === account);
    if (!known) return void readAccounts();
    const { error: _error, retryAt: _retryAt, ...rest } = known;
    const row = { ...rest, phase, ...(error ? { error } : {}), ...(retryAt ? { retryAt } : {}) };
    accounts.value = accounts.value?.map((each) => (each.id === account ? row : each)) ?? null;
    // What a cycle ended with, and when, is in the row alone.
    if (phase === 'live' || phase === 'offline') void readAccounts();
  });
  onEvent('changed', ({ mailboxes: ids, emails }) => {
    if (ids === undefined || ids.length > 0 || emails === undefined) void readMailboxes();
  });
  onEvent('progress', ({ account, done, total }) => {
    progress.value = { ...progress.value, [account]: { done, total } };
  });
  onEvent('pending', ({ account, failed }) => {
    troubled.value = { ...troubled.value, [account]: failed };
  });
};

/** An account by its id. */
export const accountOf = (id: string): AccountRow | undefined => accounts.value?.find((account) => account.id === id);

/** Ids of an account's mailboxes with a role. */
export const mailboxesWithRole = (account: string, role: string): string[] =>
  mailboxes.value.filter((mailbox) => mailbox.account === account && mailbox.role === role).map(({ id }) => id);

/** How lists call an account: as the person does, else by its address. */
export const labelOf = (account: AccountRow): string => account.label ?? account.email;
