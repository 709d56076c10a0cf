import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { blankSignIn } from '../../electron/renderer/lib/signIn.ts';
import {
  agreeToHosts,
  changeServers,
  changeSignIn,
  hostsToAgree,
  importAccounts,
  importedNames,
  moveAccount,
  removeAccount,
} from '../../electron/renderer/state/accountSettings.ts';
import { accounts, labelOf } from '../../electron/renderer/state/accounts.ts';
import { question } from '../../electron/renderer/state/asking.ts';
import { useLine } from '../../electron/renderer/state/line.ts';
import { t as words } from '../../electron/renderer/strings/en.ts';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { Config } from '../../src-shared/model.ts';
import { settle } from '../support/clock.ts';

const jmap: Config = { protocol: 'jmap', sessionUrl: 'https://x.example/jmap' };

/** What a backend holds of accounts, as plain values, and what it was told. */
let rows: AccountRow[] = [];
let told: Record<string, unknown>[] = [];
let refusal: TernError | null = null;
const call = async (name: string, _account: string | null, input: Record<string, unknown>): Promise<unknown> => {
  if (name === 'accounts.list') return { accounts: rows };
  if (name === 'mailboxes.list') return { mailboxes: [] };
  if (name === 'accounts.export')
    return { export: { version: 1, accounts: rows.map(({ email }) => ({ email, config: jmap })) }, skipped: [] };
  if (name === 'accounts.import')
    return {
      accounts: [{ account: rows[0], username: 'b' }],
      skipped: [{ email: 'c@x', error: { kind: 'conflict' } }],
    };
  told.push(input);
  if (refusal) throw refusal;
  rows = rows.map((row) => (row.id === input['account'] ? { ...row, ...input } : row));
  return {};
};
useLine({ call: call as never, host: call as never, shell: null, on: () => undefined, ended: new Promise(() => {}) });

const row = (id: string, more: Partial<AccountRow> = {}): AccountRow => ({
  id,
  email: `${id}@x.example`,
  name: '',
  protocol: 'jmap',
  phase: 'live',
  lastSyncedAt: null,
  pending: 0,
  unread: 0,
  order: 0,
  colour: null,
  ...more,
});
const order = (): unknown => accounts.value?.map(({ id }) => id).join('');

beforeEach(() => {
  rows = [row('a'), row('b'), row('c')];
  accounts.value = rows;
  told = [];
  refusal = null;
});

describe('accounts in the settings', () => {
  it('are called as the person calls them', () => {
    assert.deepEqual([labelOf(row('a')), labelOf(row('a', { label: 'Home', name: 'Ann' }))], ['a@x.example', 'Home']);
  });

  it('go up and down, not beyond the ends, and only what moved is told', async () => {
    assert.equal(await moveAccount('c', -1), 2);
    assert.equal(order(), 'acb');
    told = [];
    assert.equal(await moveAccount('a', 1), 2);
    assert.deepEqual([order(), told.map(({ account }) => account)], ['cab', ['c', 'a']]);
    told = [];
    assert.equal(await moveAccount('c', -1), 1);
    assert.deepEqual([order(), told], ['cab', []]);
  });

  it('keep the user names of each server where only the password is another', async () => {
    const typed = { ...blankSignIn('ann'), secret: 'new' };
    await changeSignIn('a', typed, 'ann');
    await changeSignIn('a', typed, undefined);
    await changeSignIn('a', { ...typed, kind: 'token' }, 'ann');
    const password = { type: 'password', username: 'ann', password: 'new' };
    assert.deepEqual(told, [
      { account: 'a', password: 'new' },
      { account: 'a', credential: password },
      { account: 'a', credential: { type: 'bearer', token: 'new' } },
    ]);
  });

  it('go only once the person agreed, who is told what would be lost', async () => {
    rows = [row('a', { pending: 2 }), row('b')];
    const asked = async (id: string, agreed: boolean): Promise<string[]> => {
      const removed = removeAccount(id);
      await settle();
      const { lines, answer } = question.value ?? assert.fail('nothing was asked');
      answer(agreed);
      await removed;
      return lines;
    };
    assert.deepEqual(await asked('a', false), [words.settings.staysThere, words.settings.losesPending(2)]);
    assert.deepEqual(told, []);
    assert.deepEqual(await asked('b', true), [words.settings.staysThere]);
    assert.deepEqual(told, [{ account: 'b' }]);
  });

  it('want the password where other servers are somebody else’s, and say any other failure', async () => {
    refusal = new TernError('invalid', 'enter it anew', { field: 'credential' });
    assert.equal(await changeServers('a', jmap, null), 'wanted');
    await assert.rejects(changeServers('a', jmap, blankSignIn('ann')), { kind: 'invalid' });
    refusal = new TernError('invalid', 'no', { field: 'config.sessionUrl' });
    await assert.rejects(changeServers('a', jmap, null), { field: 'config.sessionUrl' });
    refusal = null;
    assert.equal(await changeServers('a', jmap, null), 'done');
  });

  it('ask for hosts of others, and keep those that were agreed to before', async () => {
    const asks = (host: string): AccountRow =>
      row('a', { error: { kind: 'forbidden', message: '', detail: { confirm: [host] } } });
    assert.deepEqual(hostsToAgree(asks('one.example')), ['one.example']);
    assert.deepEqual(hostsToAgree(row('a', { error: { kind: 'auth', message: '' } })), []);
    await agreeToHosts(asks('one.example'), ['one.example']);
    await agreeToHosts(asks('two.example'), ['two.example']);
    assert.deepEqual(told.at(-1), { account: 'a', config: { ...jmap, confirmed: ['one.example', 'two.example'] } });
  });

  it('come from a file, with the user name they had; what is no such file is refused', async () => {
    assert.deepEqual(await importAccounts('{}'), { count: 1, skipped: ['c@x was left out. It is here already.'] });
    assert.deepEqual(importedNames.value, { a: 'b' });
    await assert.rejects(importAccounts('no json'), { kind: 'invalid' });
  });
});
