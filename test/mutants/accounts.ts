import { type Mutant, m } from './mutant.ts';

const app = 'src-main/app/';
const trial = 'src-main/worker/tryAccount.ts';
const trials = 'worker/tryAccount';

/** Lines that keep secrets secret, and accounts from being locked, doubled or half removed (docs/accounts.md). */
export const accounts: Mutant[] = [
  m(
    'A: another user name only where a refusal could mean it',
    trial,
    'index === credentials.length - 1 || !mayBeTheName(failure)',
    'index === credentials.length - 1',
    trials,
  ),
  m(
    'A: a leg ends in time',
    trial,
    '() => late.abort(silent)',
    '() => undefined',
    'worker/tryAccountReach',
    'says nothing',
  ),
  m(
    'A: the password goes to no foreign host',
    'src-main/driver/jmap/trial.ts',
    'if (capabilities === null || !Array.isArray(hosts)) throw error;',
    'if (!Array.isArray(hosts)) throw error;',
    'worker/tryAccountReach',
  ),
  m(
    'A: a trial that is given up ends its process',
    `${app}trials.ts`,
    'input, signal);\n    },',
    'input);\n    },',
    'app/trials',
  ),
  m(
    'A: what a server repeats is not told',
    'src-main/driver/unrepeated.ts',
    "message.replace(/: .*/s, '')",
    'message',
    'driver/unrepeated app/secretScan',
  ),
  m(
    'A: over SMTP neither',
    'src-main/driver/smtp/session.ts',
    'throw unrepeated(asTernError(error), auth.pass);',
    'throw error;',
    'app/secretScan',
  ),
  m(
    'A: over IMAP neither',
    'src-main/driver/imap/connection.ts',
    'throw unrepeated(connectError(`${host}:${port}`, error, client.stats().received), login.pass ?? login.accessToken);',
    'throw connectError(`${host}:${port}`, error, client.stats().received);',
    'app/secretScan',
  ),
  m(
    'A: what is locked falls back to nothing weaker',
    `${app}secrets.ts`,
    "passphrase.state() === 'absent'",
    "passphrase.state() !== 'open'",
    'app/passphrase',
  ),
  m(
    'A: accounts that waited for the passphrase go on',
    'src-main/worker/vault.ts',
    ' void engine.syncNow();',
    ' void engine;',
    'app/vault',
  ),
  m(
    'A: the key file stays while something needs it',
    `${app}vaultCalls.ts`,
    'if (isDone) secrets.retire();',
    'secrets.retire();',
    'app/vaultSettled',
  ),
  m(
    'A: it goes when nothing does',
    `${app}vaultCalls.ts`,
    'if (isDone) secrets.retire();',
    '',
    'app/vault app/vaultSettled',
  ),
  m(
    'A: a new passphrase wants the old one',
    'src-main/lib/passphrase.ts',
    'if (exists() && old === undefined)',
    'if (exists() && old === null)',
    'app/passphrase',
  ),
  m(
    'A: what the system would seal otherwise by now is sealed anew',
    `${app}accounts.ts`,
    '      if (!registry.vault.isCurrent(sealed)) sealAnew(registry, id);\n',
    '',
    'app/reseal',
  ),
  m(
    'A: a seal opens in its own context alone',
    'src-main/lib/aead.ts',
    'decipher.setAAD(Buffer.from(context))',
    'decipher.setAAD(Buffer.from(sealed))',
    'lib/keyFile app/passphrase',
  ),
  m('A: damaged settings are kept aside', `${app}settings.ts`, '    renameSync(path, aside);\n', '', 'app/settings'),
  m(
    'A: a secret goes with another client id',
    `${app}settings.ts`,
    'clientSecret === undefined && old?.clientId === clientId',
    'clientSecret === undefined',
    'app/settings',
  ),
  m(
    'A: an export names no host that was agreed to',
    `${app}transfer.ts`,
    '    config: unconfirmed(rest.config),\n',
    '',
    'app/transfer',
  ),
  m(
    'A: one account however its domain is written',
    `${app}accounts.ts`,
    'emailKey(card.email) === key',
    'card.email.toLowerCase() === email.toLowerCase()',
    'app/accountsAdd',
  ),
  m(
    'A: a worker that hangs is killed',
    `${app}workerLife.ts`,
    'worker.ended, late).catch(() => worker.kill());',
    'worker.ended, late).catch(() => undefined);',
    'app/lifecycle',
    'removed',
  ),
];
