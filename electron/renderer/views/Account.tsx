import { useEffect, useState } from 'preact/hooks';
import type { AccountSettings, AccountSettingsPatch } from '../../../src-shared/accountSettings.ts';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import type { Config } from '../../../src-shared/model.ts';
import {
  agreeToHosts,
  changeSettings,
  hostsToAgree,
  importedNames,
  readServers,
  readSettings,
  removeAccount,
  updateAccount,
} from '../state/accountSettings.ts';
import { accounts, labelOf } from '../state/accounts.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { AccountKeeping } from './AccountKeeping.tsx';
import { AccountMark } from './AccountMark.tsx';
import { AccountPerson } from './AccountPerson.tsx';
import { Colour, Order } from './AccountPlace.tsx';
import { AccountServers } from './AccountServers.tsx';
import { AccountSignIn } from './AccountSignIn.tsx';
import { Disclosure } from './Disclosure.tsx';

type Servers = { config: Config; username?: string | undefined };

const isLocked = ({ error }: AccountRow): boolean => error?.detail?.['locked'] === true;
const wantsSignIn = (account: AccountRow): boolean => account.error?.kind === 'auth' && !isLocked(account);

/** What the account waits for. */
const Trouble = ({ account }: { account: AccountRow }) => {
  const { error } = account;
  const hosts = hostsToAgree(account);
  if (!error) return null;
  if (isLocked(account)) return <p class="bad-text">{t.vault.locked}</p>;
  if (wantsSignIn(account) && account.id in importedNames.value) return <p>{t.account.wantsPassword}</p>;
  if (hosts.length === 0) return <p class="bad-text">{inWords(error)}</p>;
  return (
    <>
      <p class="bad-text">{t.account.moreHosts}</p>
      <ul class="hosts">
        {hosts.map((host) => (
          <li key={host}>{host}</li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={() => void agreeToHosts(account, hosts)}>
          {t.setup.agreed}
        </button>
      </div>
    </>
  );
};

/** Servers and sign-in: read when somebody wants to see them. */
const Reaching = ({ account }: { account: AccountRow }) => {
  const [servers, setServers] = useState<Servers | null | 'unknown'>(null);
  const read = (): void => {
    if (servers === null)
      readServers(account).then(
        (found) => setServers(found ?? 'unknown'),
        () => setServers('unknown'),
      );
  };
  const known = servers === 'unknown' ? null : servers;
  return (
    <>
      <Disclosure title={t.account.passwordTitle} wanted={wantsSignIn(account)} opened={read}>
        {servers !== null && <AccountSignIn account={account} known={known?.username} />}
      </Disclosure>
      <Disclosure title={t.account.servers} opened={read}>
        {servers === 'unknown' && <p class="bad-text">{t.account.serversUnknown}</p>}
        {known && <AccountServers account={account} config={known.config} username={known.username ?? account.email} />}
      </Disclosure>
    </>
  );
};

const Buttons = ({ account }: { account: AccountRow }) => {
  const paused = account.phase === 'stopped';
  return (
    <div class="buttons">
      <button type="button" onClick={() => void updateAccount({ account: account.id, paused: !paused })}>
        {paused ? t.settings.goOn : t.settings.pause}
      </button>
      <button type="button" class="danger" onClick={() => void removeAccount(account.id)}>
        {t.settings.remove}
      </button>
    </div>
  );
};

const useSettings = (id: string) => {
  const [kept, setKept] = useState<AccountSettings | null>(null);
  const read = (): Promise<void> => readSettings(id).then(setKept, () => undefined);
  useEffect(() => void read(), [id]);
  const change = (patch: AccountSettingsPatch): void => void changeSettings(id, patch).then(read);
  return { kept, change };
};

/** All that is set of one account. */
export const Account = ({ account, at }: { account: AccountRow; at: number }) => {
  const { kept, change } = useSettings(account.id);
  const isOpen = accounts.value?.length === 1 || wantsSignIn(account) || hostsToAgree(account).length > 0;
  const name = labelOf(account);
  return (
    <div class="account-settings" role="group" aria-label={name}>
      <Disclosure
        wanted={isOpen}
        title={
          <>
            <AccountMark account={account} /> <strong>{name}</strong>
            <span class="hint">
              {account.protocol.toUpperCase()} · {t.phases[account.phase]}
            </span>
          </>
        }
      >
        <div class="stacked">
          {name !== account.email && <p class="hint">{account.email}</p>}
          <Trouble account={account} />
          {kept && <AccountPerson account={account} kept={kept} change={change} />}
          <Colour account={account} />
          <Reaching account={account} />
          {kept && <AccountKeeping bodies={kept.bodies} change={change} />}
          <Buttons account={account} />
        </div>
      </Disclosure>
      <Order account={account} at={at} />
    </div>
  );
};
