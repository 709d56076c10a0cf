import { TernError } from '../../src-shared/errors.ts';
import { parseSessionUrl } from '../../src-shared/hosts.ts';
import { type Config, credentialSchema } from '../../src-shared/model.ts';
import type { HostCalls, WorkerCalls } from '../rpc/workerProtocol.ts';
import { foreignDomains } from './discovery/hosts.ts';
import { asGrant, type Grant, type StoredCredential } from './oauth/grant.ts';
import type { OAuth } from './oauth/oauth.ts';
import type { Supervisor } from './supervisor.ts';
import { usernameIn } from './transfer.ts';
import type { Vault } from './vault.ts';

/** All that opens, seals and renews what accounts sign in with. */
export type Credentials = { vault: Vault; oauth: OAuth };
/** `sealAnew`: has the account's worker store its credential as it would be sealed today, once it has time. */
type Parts = Credentials & { sealAnew: () => void };
type Answers = {
  [N in 'unseal' | 'reseal' | 'accessToken']: (
    input: HostCalls[N]['input'],
    signal: AbortSignal,
  ) => Promise<HostCalls[N]['output']>;
};

/** What an account's worker is told of its credential: a password as it is, of a sign-in by OAuth the token of the moment alone. */
export const credentialAnswers = ({ vault, oauth, sealAnew }: Parts, account: string): Answers => ({
  unseal: async ({ sealed }) => {
    const credential = await vault.unseal(account, sealed);
    if (!vault.isCurrent(sealed)) sealAnew();
    const grant = asGrant(credential);
    return grant ? { type: grant.type, username: grant.username } : credential;
  },
  reseal: ({ sealed }) => vault.reseal(account, sealed),
  accessToken: async ({ sealed, refused }, signal) => {
    const held = await vault.unseal(account, sealed);
    const { renewed, ...token } = await oauth.token(held, refused, signal);
    return { ...token, sealed: renewed && (await vault.seal(account, renewed)) };
  },
});

/** Whoever signs in anew has to be the same person, where that can be told: another one's mail is another account. */
export const refuseAnother = async (
  { vault }: Pick<Credentials, 'vault'>,
  account: string,
  { issuer, person }: Grant,
  worker: Supervisor,
): Promise<void> => {
  const { credential: sealed } = (await worker.call('stored', null)) as WorkerCalls['stored']['output'];
  // What cannot be opened says nothing of whose it was.
  const before = asGrant(await vault.unseal(account, sealed).catch(() => null));
  if (before?.issuer !== issuer || before.person === null || person === null || before.person === person) return;
  throw new TernError('conflict', 'somebody else signed in: this account belongs to another person', {
    field: 'credential',
  });
};

/**
 * A new password, for the user names of the one before: each server keeps the form that it took. Where they cannot be read, for
 * the account's address.
 */
export const withPassword = async (
  { vault }: Pick<Credentials, 'vault'>,
  account: string,
  password: string,
  worker: Supervisor,
): Promise<StoredCredential> => {
  const { email, credential: sealed } = (await worker.call('stored', null)) as WorkerCalls['stored']['output'];
  const unsealed = await vault.unseal(account, sealed).catch(() => null);
  const { data: before } = credentialSchema.safeParse(unsealed);
  const own = before?.type === 'password' ? before.smtp : undefined;
  const isOne = before?.type === 'password' && own?.password === before.password;
  return {
    type: 'password',
    username: usernameIn(unsealed) ?? email,
    password,
    ...(own ? { smtp: isOne ? { ...own, password } : own } : {}),
  };
};

/** What is stored was entered for certain servers: one of another domain gets it from the person alone. Throws `invalid`. */
export const refuseElsewhere = async (config: Config, worker: Supervisor): Promise<void> => {
  const before = (await worker.call('stored', null)) as WorkerCalls['stored']['output'];
  const foreign = foreignDomains(hostsOf(config), hostsOf(before.config));
  if (foreign === null || before.credential === '') return;
  throw new TernError('invalid', `what was entered for other servers is not shown to ${foreign}: enter it anew`, {
    field: 'credential',
  });
};

const hostsOf = (config: Config): string[] => [
  config.protocol === 'imap' ? config.imap.host : (parseSessionUrl(config.sessionUrl)?.hostname ?? config.sessionUrl),
  ...(config.smtp ? [config.smtp.host] : []),
];
