import { signal } from '@preact/signals';
import type { AccountSettingsPatch } from '../../../src-shared/accountSettings.ts';
import type { CallInput, CallOutput } from '../../../src-shared/contract.ts';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Config } from '../../../src-shared/model.ts';
import { agreed } from '../lib/servers.ts';
import { credentialOf, type SignIn } from '../lib/signIn.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { accountOf, accounts, readAll } from './accounts.ts';
import { ask } from './asking.ts';
import { call } from './line.ts';
import { attempt } from './toasts.ts';

/** Changes what is named and leaves the rest. */
export const updateAccount = (input: CallInput<'accounts.update'>): Promise<void> =>
  attempt(async () => {
    await call('accounts.update', null, input);
    await readAll();
  });

/** The settings of an account, read anew each time. Throws `TernError`. */
export const readSettings = (account: string): Promise<CallOutput<'settings.get'>> => call('settings.get', account, {});

/** Changes settings of an account; the label shows at once. */
export const changeSettings = (account: string, patch: AccountSettingsPatch): Promise<void> =>
  attempt(async () => {
    await call('settings.set', account, patch);
    if (patch.label !== undefined) await readAll();
  });

/** Moves an account up or down by so many places. Answers where it is then, from 1. */
export const moveAccount = async (id: string, by: number): Promise<number> => {
  const before = accounts.value ?? [];
  const from = before.findIndex((each) => each.id === id);
  const to = Math.min(Math.max(from + by, 0), before.length - 1);
  const [moved] = before.slice(from, from + 1);
  if (!moved) return 0;
  const now = before.toSpliced(from, 1).toSpliced(to, 0, moved);
  await attempt(async () => {
    // A new account begins at 0: so it comes among the last.
    const placed = now.map((account, index) => ({ account, order: index + 1 - now.length }));
    const wrong = placed.filter(({ account, order }) => account.order !== order);
    await Promise.all(wrong.map(({ account, order }) => call('accounts.update', null, { account: account.id, order })));
    await readAll();
  });
  return to + 1;
};

/** Takes an account from this computer, once the person agreed, who is told what would be lost. */
export const removeAccount = (account: string): Promise<void> =>
  attempt(async () => {
    await readAll();
    const { email, pending } = accountOf(account) ?? { email: '', pending: 0 };
    const lines = [t.settings.staysThere, ...(pending > 0 ? [t.settings.losesPending(pending)] : [])];
    const yes = t.settings.remove;
    if (!(await ask({ title: t.settings.sure(email), lines, yes, isDangerous: true }))) return;
    await call('accounts.remove', null, { account });
    await readAll();
  });

/** Signs in anew in the browser. */
export const signInAgain = (account: string): Promise<void> =>
  attempt(async () => {
    const { credential } = await call('accounts.signInAgain', null, { account });
    await call('accounts.update', null, { account, credential });
    await readAll();
  });

type Exported = CallOutput<'accounts.export'>['export']['accounts'][number];

/** An account's servers, and as whom one signs in there, as far as that is known. Throws `TernError`. */
export const readServers = async (account: AccountRow): Promise<Pick<Exported, 'config' | 'username'> | null> => {
  const { export: all } = await call('accounts.export', null, {});
  const isIt = ({ email, config }: Exported): boolean =>
    email === account.email && config.protocol === account.protocol;
  return all.accounts.find(isIt) ?? null;
};

/** Gives an account another password or token. With the user name as it was, each server keeps the form that it took. Throws `TernError`. */
export const changeSignIn = async (account: string, signIn: SignIn, known: string | undefined): Promise<void> => {
  const isSame = signIn.kind === 'password' && signIn.out === null && signIn.username === known;
  const given = isSame ? { password: signIn.secret } : { credential: credentialOf(signIn) };
  await call('accounts.update', null, { account, ...given });
  await readAll();
};

/**
 * Gives an account other servers. `wanted`: they are somebody else's, and the password has to come along. Throws `TernError`.
 */
export const changeServers = async (
  account: string,
  config: Config,
  signIn: SignIn | null,
): Promise<'done' | 'wanted'> => {
  try {
    await call('accounts.update', null, {
      account,
      config,
      ...(signIn ? { credential: credentialOf(signIn) } : {}),
    });
  } catch (error) {
    const { kind, field } = asTernError(error);
    if (kind === 'invalid' && field === 'credential' && !signIn) return 'wanted';
    throw error;
  }
  await readAll();
  return 'done';
};

const trusted = new Map<string, string[]>();

/** Servers of other domains that an account leads to, and that the person has to agree to. */
export const hostsToAgree = ({ error }: AccountRow): string[] => {
  const hosts = error?.kind === 'forbidden' ? error.detail?.['confirm'] : undefined;
  return Array.isArray(hosts) ? hosts.filter((host) => typeof host === 'string') : [];
};

/** Agrees to them, beside those agreed to before. */
export const agreeToHosts = (account: AccountRow, hosts: string[]): Promise<void> =>
  attempt(async () => {
    const servers = await readServers(account);
    if (!servers) return;
    const all = [...new Set([...(trusted.get(account.id) ?? []), ...hosts])];
    trusted.set(account.id, all);
    await updateAccount({ account: account.id, config: agreed(servers.config, all) });
  });

/** User names of accounts that came from a file: nobody has entered a password for them yet. */
export const importedNames = signal<Record<string, string>>({});

type Skipped = CallOutput<'accounts.import'>['skipped'];
const skippedInWords = (skipped: Skipped): string[] =>
  skipped.map(({ email, error }) =>
    t.account.skipped(email, error.kind === 'conflict' ? t.account.isThere : inWords(error)),
  );

/** How many accounts went or came, and in words which did not. */
export type Transferred = { count: number; skipped: string[] };

/** All accounts' settings as a file. Throws `TernError`. */
export const exportAccounts = async (): Promise<Transferred & { file: string }> => {
  const { export: all, skipped } = await call('accounts.export', null, {});
  return { file: JSON.stringify(all, null, 2), count: all.accounts.length, skipped: skippedInWords(skipped) };
};

const parsed = (file: string): never => {
  try {
    return JSON.parse(file) as never;
  } catch (cause) {
    throw new TernError('invalid', 'not JSON', { cause });
  }
};

/** Adds the accounts of a file. Throws `TernError`, for what is no such file `invalid`. */
export const importAccounts = async (file: string): Promise<Transferred> => {
  const { accounts: added, skipped } = await call('accounts.import', null, { export: parsed(file) });
  const names = added.map(({ account, username }) => [account.id, username ?? account.email]);
  importedNames.value = { ...importedNames.value, ...Object.fromEntries(names) };
  await readAll();
  return { count: added.length, skipped: skippedInWords(skipped) };
};
