import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { vaultCalls } from '../../src-main/app/vaultCalls.ts';
import { settle } from '../support/clock.ts';

/** The calls over secrets that only tell when what is older goes, and accounts that answer as told. */
const bench = (accounts: () => Promise<boolean>, settings: () => Promise<void> = async () => undefined) => {
  const retired: string[] = [];
  const calls = vaultCalls({
    secrets: {
      seal: async () => '',
      unseal: async () => '',
      isCurrent: () => true,
      status: async () => ({ kind: 'passphrase', locked: false }),
      unlock: async () => undefined,
      setPassphrase: async () => undefined,
      retire: () => void retired.push('retired'),
    },
    settings: { reseal: settings },
    accounts: { vaultOpened: accounts },
    log: pino({ level: 'silent' }),
  });
  const { signal } = new AbortController();
  return { retired, unlock: () => calls['vault.unlock']({ passphrase: 'x' }, signal) };
};

describe('what seals were held by before', () => {
  const fails = async (): Promise<never> => {
    throw new Error('the settings cannot be written');
  };
  const cases: [what: string, of: ReturnType<typeof bench>, goes: boolean][] = [
    ['goes once everything is sealed anew', bench(async () => true), true],
    ['stays while an account could not seal its password anew', bench(async () => false), false],
    ['stays while the settings could not be written', bench(async () => true, fails), false],
  ];
  for (const [what, { retired, unlock }, goes] of cases)
    it(what, async () => {
      assert.deepEqual(await unlock(), { kind: 'passphrase', locked: false });
      await settle();
      assert.equal(retired.length, goes ? 1 : 0);
    });
});
