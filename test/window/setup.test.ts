import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { blankSignIn, credentialOf, fitting, waysOf } from '../../electron/renderer/lib/signIn.ts';
import { useLine } from '../../electron/renderer/state/line.ts';
import {
  address,
  beginSetup,
  type Candidate,
  choose,
  discover,
  followSetup,
  given,
  goBack,
  personName,
  setup,
  setupError,
  tryServers,
  typed,
  typeServers,
} from '../../electron/renderer/state/setup.ts';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';

type Asked = { name: string; input: unknown; answer: (value: unknown) => void; refuse: (error: TernError) => void };

/** What was asked of the backend and not answered yet, the latest last; `accounts.cancel` ends it all, as the backend does. */
let open: Asked[] = [];
let tell: (event: never) => void = () => undefined;
const call = (name: string, _account: string | null, input: unknown): Promise<unknown> => {
  if (name === 'accounts.cancel') {
    for (const { refuse } of open.splice(0)) refuse(new TernError('cancelled', 'it was given up'));
    return Promise.resolve({});
  }
  if (name.endsWith('.list')) return Promise.resolve({ accounts: [], mailboxes: [] });
  return new Promise((answer, refuse) => void open.push({ name, input, answer, refuse }));
};
useLine({
  call: call as never,
  host: call as never,
  shell: null,
  on: (listener) => (tell = listener as never),
  ended: new Promise(() => {}),
});
followSetup();

const probe = (source: string, state: string, reason?: string) => ({ source, target: 'x.example', state, reason });
const imap = (host: string, username = 'ann@x.example'): Candidate => ({
  config: {
    protocol: 'imap',
    imap: { host, port: 993, security: 'tls' },
    smtp: { host, port: 465, security: 'tls' },
  },
  username,
  source: 'srv',
  auth: ['password'],
});
const steps = (): unknown => setup.value?.step;

beforeEach(() => {
  open = [];
  beginSetup();
  address.value = 'ann@x.example';
});

describe('setting an account up', () => {
  it('keeps what was typed on every way back', async () => {
    personName.value = 'Ann';
    void discover();
    open[0]?.answer({ candidates: [imap('a.example'), imap('b.example', 'ann')], probes: [probe('srv', 'found')] });
    await settle();
    choose(imap('a.example'));
    given.value = { ...blankSignIn('ann@x.example'), secret: 'half a pass' };
    goBack();
    assert.ok(setup.value?.step === 'looking' && setup.value.done && setup.value.candidates.length === 2);
    choose(imap('b.example', 'ann'));
    assert.deepEqual([given.value.username, given.value.secret], ['ann', 'half a pass']);
    goBack();
    goBack();
    assert.deepEqual([steps(), address.value, personName.value], ['address', 'ann@x.example', 'Ann']);
    beginSetup();
    assert.deepEqual([address.value, personName.value, given.value], ['', '', null]);
  });

  it('fills servers in for the address, but not over what was typed', () => {
    typeServers();
    typed.value = { ...typed.value, smtpHost: 'out.own.example' };
    goBack();
    address.value = 'ann@y.example';
    typeServers();
    assert.deepEqual([typed.value.imapHost, typed.value.smtpHost], ['imap.y.example', 'out.own.example']);
  });

  it('says that nothing was found, and keeps who was asked', async () => {
    void discover();
    const said = [probe('srv', 'nothing', 'no such record'), probe('mx', 'late')];
    open[0]?.answer({ candidates: [], probes: said });
    await settle();
    assert.deepEqual(setup.value, { step: 'looking', probes: said, candidates: [], done: true });
  });

  it('keeps who was asked where the search itself failed', async () => {
    void discover();
    const data = { email: 'ann@x.example', probe: probe('srv', 'failed'), candidates: [] };
    tell({ event: 'discovery', data } as never);
    open[0]?.refuse(new TernError('network', 'offline'));
    await settle();
    assert.ok(setup.value?.step === 'looking' && setup.value.done);
    assert.deepEqual([setup.value.probes, setupError.value?.kind], [[probe('srv', 'failed')], 'network']);
  });

  it('is not told of a search that was given up for another', async () => {
    void discover();
    goBack();
    void discover();
    await settle();
    assert.ok(setup.value?.step === 'looking' && !setup.value.done);
    assert.equal(setupError.value, null);
  });

  it('ends a test that is given up, and is where it was', async () => {
    typeServers();
    void tryServers(imap('a.example').config, credentialOf(blankSignIn('ann')));
    assert.equal(steps(), 'testing');
    goBack();
    await settle();
    assert.deepEqual([steps(), setupError.value, open], ['manual', null, []]);
  });

  it('says why a test failed where the person can mend it', async () => {
    typeServers();
    void tryServers(imap('a.example').config, credentialOf(blankSignIn('ann')));
    open[0]?.refuse(new TernError('auth', 'no'));
    await settle();
    assert.deepEqual([steps(), setupError.value?.kind], ['manual', 'auth']);
    goBack();
    assert.deepEqual([steps(), setupError.value], ['address', null]);
  });

  it('names the person to the account, and no one where no name was given', async () => {
    for (const [name, expected] of [
      [' Ann Lee ', { name: 'Ann Lee' }],
      ['', {}],
    ] as const) {
      beginSetup();
      address.value = 'ann@x.example';
      personName.value = name;
      void tryServers(imap('a.example').config, credentialOf(blankSignIn('ann')));
      open.shift()?.answer({ legs: [], hosts: [] });
      await settle();
      const { input } = open.shift() ?? {};
      const { config, credential, ...rest } = input as Record<string, unknown>;
      assert.deepEqual(rest, { email: 'ann@x.example', ...expected });
      assert.ok(config && credential);
    }
  });
});

describe('how one signs in', () => {
  const jmap = { protocol: 'jmap' } as const;
  const { smtp } = imap('a').config;

  it('is by what the servers take', () => {
    assert.deepEqual(waysOf(jmap), { password: true, token: true, out: false });
    assert.deepEqual(waysOf(jmap, ['oauth']), { password: false, token: true, out: false });
    assert.deepEqual(waysOf(jmap, ['password']), { password: true, token: false, out: false });
    assert.deepEqual(waysOf({ protocol: 'imap', smtp }, ['oauth']), { password: false, token: false, out: true });
  });

  it('is a token where passwords are not taken, without the blanks that are copied with it', () => {
    const typedToken = { ...blankSignIn('ann'), secret: ' fmu1-ab\ncd ' };
    const signIn = fitting(typedToken, waysOf(jmap, ['oauth']));
    assert.deepEqual(credentialOf(signIn), { type: 'bearer', token: 'fmu1-abcd' });
    assert.equal(fitting({ ...signIn, kind: 'token' }, waysOf({ protocol: 'imap', smtp })).kind, 'password');
  });

  it('is by another name and password for sending, where there is a server for that', () => {
    const out = { username: 'out', password: 'other' };
    const both = { ...blankSignIn('ann'), secret: 'one', out };
    const password = { type: 'password', username: 'ann', password: 'one' };
    assert.deepEqual(credentialOf(fitting(both, waysOf({ protocol: 'imap', smtp }))), { ...password, smtp: out });
    assert.deepEqual(credentialOf(fitting(both, waysOf(jmap))), password);
  });
});
