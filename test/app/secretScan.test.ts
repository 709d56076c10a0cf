import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { TernError } from '../../src-shared/errors.ts';
import type { Credential, ImapConfig } from '../../src-shared/model.ts';
import { start as startImap } from '../servers/imap/testClient.ts';
import type { ImapServer } from '../servers/imapServer.ts';
import { start as startJmap } from '../servers/jmap/testClient.ts';
import { type SmtpServer, startSmtpServer } from '../servers/smtpServer.ts';
import { addSynced, cleanUp, dataFolder, type Host, hostFor } from '../support/host.ts';
import { childrenOf, until, visibleOf } from '../support/processes.ts';
import { type Trace, tracesBelow, tracesIn } from '../support/traces.ts';
import { liveByOAuth } from './oauth/wholeLife.ts';

/** What is told to the host in a run, each secret at another place; none of them stands in any other text. */
const seeded = {
  incoming: 'Inc0ming-Pferd-7c1d!"\\ü',
  outgoing: 'Out/g0ing+Kuh=91ab&',
  token: 'jmap-token.4e8f~AQ~zz',
  wrong: 'Wr0ng-Schaf-33fe <%>',
  client: 'GOCSPX-client-58bd-secret',
  passphrase: 'Passphrase für 20 Ziegen',
  guess: 'Guessed-Passphrase-6a2c',
  unsaid: 'Never-Stored-Esel-d09e',
};
/** And what comes up in the run: codes and tokens. */
const secrets: string[] = Object.values(seeded);

type Run = { t: TestContext; host: Host; folder: string; imap: ImapServer; smtp: SmtpServer; seen: Trace[] };

const alice = 'alice@example.test';
const ofAlice = (incoming = seeded.incoming): Credential => ({
  type: 'password',
  username: alice,
  password: incoming,
  smtp: { username: alice, password: seeded.outgoing },
});

/** A host that logs all it can, with its temporary files in a folder of the run. */
const begin = async (t: TestContext): Promise<Run> => {
  const folder = dataFolder(t);
  const temp = join(folder, 'temp');
  mkdirSync(temp);
  const imap = await startImap(t, { password: seeded.incoming });
  const smtp = await startSmtpServer({ accounts: { [alice]: seeded.outgoing } });
  cleanUp(t, () => smtp.stop());
  const env = { TERN_LOG: 'trace', TMPDIR: temp, HOME: temp };
  const host = hostFor(t, { dataDir: join(folder, 'data'), env, quiet: true });
  return { t, host, folder, imap, smtp, seen: [] };
};

const configOf = ({ imap, smtp }: Run): ImapConfig => ({ ...(imap.config as ImapConfig), smtp: smtp.config });

/** Every process of the host's, as anyone on the machine may see it. */
const lookAtProcesses = ({ host, seen }: Run): void => {
  for (const pid of [host.pid, ...childrenOf(host.pid)])
    seen.push(...tracesIn(Buffer.from(visibleOf(pid)), secrets, `process ${pid}`));
};

/** All that the run has left anywhere by now. */
const tracesOf = ({ host, folder, seen }: Run): Trace[] => [
  ...seen,
  ...tracesBelow(folder, secrets),
  ...tracesIn(Buffer.from(JSON.stringify([host.lines, host.events])), secrets, 'stdout'),
  ...tracesIn(Buffer.from(host.stderr()), secrets, 'stderr'),
];

/** Sign-ins that fail, also at servers that repeat what they are sent. */
const failToSignIn = async (run: Run, account: string): Promise<void> => {
  const { host, imap, smtp } = run;
  const config = configOf(run);
  const asLogin = ({ verb }: { verb: string }): boolean => /^(LOGIN|AUTHENTICATE)$/.test(verb);
  const wrong = Buffer.from(`\0${alice}\0${seeded.wrong}`).toString('base64');
  for (const text of [`Unknown command AUTHENTICATE ${wrong}`, `${seeded.wrong} is no password`]) {
    imap.trouble.fail(asLogin, { kind: 'no', code: 'AUTHENTICATIONFAILED', text }, 2);
    smtp.faults.fail('AUTH', { kind: 'say', lines: [`535 5.7.8 "${wrong}" is refused`] }, 2);
    const credential = { ...ofAlice(seeded.wrong), smtp: { username: alice, password: seeded.wrong } } as Credential;
    await assert.rejects(host.call('accounts.test', null, { email: alice, config, credential }), { kind: 'auth' });
    imap.trouble.reset();
    imap.trouble.fail(asLogin, { kind: 'no', code: 'AUTHENTICATIONFAILED', text });
    await host.call('accounts.update', null, { account, credential });
    await until('it was refused', async () => (await phaseOf(host, account)) === 'blocked');
  }
  await host.call('accounts.update', null, { account, credential: ofAlice() });
  assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
};

const phaseOf = async (host: Host, account: string): Promise<string | undefined> =>
  (await host.call('sync.status', account, {})).accounts[0]?.phase;

/** Calls that are refused, each with a secret in it that is stored nowhere. */
const askNonsense = async (run: Run, account: string): Promise<void> => {
  const { host } = run;
  const config = configOf(run);
  const password = seeded.unsaid;
  const credential = { type: 'password', username: alice, password };
  const inputs: [call: string, input: unknown][] = [
    ['accounts.add', { email: alice, config, credential }],
    ['accounts.add', { email: 'x', config, credential }],
    ['accounts.add', { email: 'x@example.test', config, credential: { ...credential, type: password } }],
    ['accounts.update', { account, credential: { ...credential, surprise: password } }],
    ['accounts.test', { config: { ...config, protocol: password }, credential }],
    ['accounts.test', { config, credential: { type: 'oauth', handle: password } }],
    ['vault.setPassphrase', { passphrase: password, old: 5 }],
    ['settings.set', { oauthClients: { google: { clientId: 5, clientSecret: password } } }],
  ];
  for (const [call, input] of inputs) assert.ok((await host.ask({ call, account: null, input })).error, call);
  await host.raw(`{"id":1,"call":"accounts.add","input":{"password":${JSON.stringify(password)}`, null);
  await host.raw(JSON.stringify({ id: 'odd', password }), 'odd');
};

/** Looks at a trial's process while it is under way, and gives it up by the host's end. */
const lookAtTrial = async (run: Run): Promise<void> => {
  const { host, imap } = run;
  const known = host.workers();
  imap.forgetCommands();
  imap.trouble.hang();
  const trial = host.call('accounts.test', null, { config: configOf(run), credential: ofAlice() });
  const hung = await until(
    'it hangs',
    () => imap.commands.length > 0 && host.workers().find((pid) => !known.includes(pid)),
  );
  lookAtProcesses(run);
  process.kill(hung, 'SIGABRT');
  await assert.rejects(trial, { kind: 'cancelled' });
  imap.trouble.reset();
};

/** Servers that take tokens, but not this one, and repeat it. */
const failWithToken = async ({ t, host }: Run): Promise<void> => {
  const [imap, smtp] = await Promise.all([
    startImap(t, { tokens: async () => null }),
    startSmtpServer({ tokens: async () => null, mechanisms: ['XOAUTH2'] }),
  ]);
  cleanUp(t, () => smtp.stop());
  const config = { ...(imap.config as ImapConfig), smtp: smtp.config };
  const credential = { type: 'bearer' as const, token: seeded.token };
  const text = `"${Buffer.from(`user=${alice}\u0001auth=Bearer ${seeded.token}\u0001\u0001`).toString('base64')}" is refused`;
  const asLogin = ({ verb }: { verb: string }): boolean => verb === 'AUTHENTICATE';
  imap.trouble.fail(asLogin, { kind: 'no', code: 'AUTHENTICATIONFAILED', text });
  smtp.faults.fail('AUTH', { kind: 'say', lines: [`535 5.7.8 ${text}`] });
  const trial = host.call('accounts.test', null, { email: alice, config, credential });
  await assert.rejects(trial, ({ kind, detail }: TernError) => {
    const legs = detail?.['legs'] as { ok: boolean }[];
    assert.deepEqual([kind, legs.map(({ ok }) => ok)], ['auth', [false, false]]);
    return true;
  });
};

const sendOne = async ({ host, smtp }: Run, account: string): Promise<void> => {
  const { draft } = await host.call('drafts.save', account, {
    to: [{ email: 'bob@example.test' }],
    subject: 'going',
    text: 'Hello',
    attachments: [{ name: 'a.txt', type: 'text/plain', bytes: Buffer.from('mine').toString('base64') }],
  });
  await host.call('drafts.send', account, { draft });
  await until('it is sent', () => smtp.ledger.accepted.length > 0);
};

describe('a whole run of the host', () => {
  it('leaves no secret in a file, an answer, the log or the list of processes', async (t) => {
    const run = await begin(t);
    const { host, imap } = run;
    const jmap = await startJmap(t, { token: seeded.token });
    await imap.deliver([{ subject: 'one' }]);
    const account = await addSynced(host, { ...imap, config: configOf(run), credential: ofAlice() }, alice);
    await addSynced(host, { ...jmap, credential: { type: 'bearer', token: seeded.token } }, 'bob@example.test');
    const trial = { email: alice, config: configOf(run), credential: ofAlice() };
    assert.equal((await host.call('accounts.test', null, trial)).legs.length, 2);
    const oauthClients = { google: { clientId: 'tern', clientSecret: seeded.client } };
    assert.ok((await host.ask({ call: 'settings.set', account: null, input: { oauthClients } })).ok);
    await failToSignIn(run, account);
    await askNonsense(run, account);
    await lookAtTrial(run);
    await failWithToken(run);
    secrets.push(...(await liveByOAuth(t, host)));
    await sendOne(run, account);
    for (const kind of ['http500', 'html', 'http401'] as const) {
      jmap.trouble.failNext(kind);
      await host.call('sync.now', (await host.call('accounts.list', null, {})).accounts[1]?.id ?? '', {});
    }
    const { export: exported } = await host.call('accounts.export', null, {});
    await host.call('accounts.import', null, { export: exported });

    await host.call('vault.setPassphrase', null, { passphrase: seeded.passphrase });
    await assert.rejects(host.call('vault.unlock', null, { passphrase: seeded.guess }), { kind: 'auth' });
    const [worker = 0] = host.workers();
    process.kill(worker, 'SIGABRT');
    await until('another worker is there', () => {
      const running = host.workers();
      return running.length === 3 && !running.includes(worker);
    });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    lookAtProcesses(run);
    assert.deepEqual(tracesOf(run), [], 'while it runs');
    await host.end();
    assert.deepEqual(tracesOf(run), [], 'after its end');
    assert.ok(secrets.length > 14, 'codes and tokens came up');
    assert.ok(host.stderr().length > 0, 'something was logged');
    const dumps = /^(core|report)\b|\.(heapsnapshot|cpuprofile|dmp)$/;
    assert.deepEqual(
      readdirSync(process.cwd()).filter((name) => dumps.test(name)),
      [],
    );
  });
});

describe('the scan', () => {
  it('finds a secret that was planted, in every way of writing it down', async (t) => {
    const folder = dataFolder(t);
    const secret = seeded.incoming;
    const bytes = Buffer.from(secret);
    const planted: Record<string, string | Buffer> = {
      plain: `a log line with ${secret} in it`,
      utf16: Buffer.from(`x${secret}x`, 'utf16le'),
      json: JSON.stringify({ password: secret }),
      twice: JSON.stringify(JSON.stringify({ password: secret })),
      url: `https://example.test/?password=${encodeURIComponent(secret)}`,
      form: new URLSearchParams({ user: alice, password: secret }).toString(),
      hex: bytes.toString('hex'),
      base64: bytes.toString('base64'),
      header: `Authorization: Basic ${Buffer.from(`alice:${secret}`).toString('base64')}`,
      ...Object.fromEntries(
        ['a', 'al', 'ali'].map((user) => [`plain-${user}`, Buffer.from(`\0${user}\0${secret}`).toString('base64')]),
      ),
      base64url: Buffer.from(`{"p":"${secret}"}`).toString('base64url'),
      bytes: JSON.stringify({ type: 'Buffer', data: [...bytes] }),
      utf16base64: Buffer.from(secret, 'utf16le').toString('base64'),
    };
    mkdirSync(join(folder, 'deep'));
    for (const [name, content] of Object.entries(planted)) writeFileSync(join(folder, 'deep', name), content);
    writeFileSync(join(folder, 'clean'), `${secret.slice(0, -4)}, cut off, and ${seeded.token.slice(1, -2)}`);
    writeFileSync(join(folder, `named ${seeded.token}`), '');
    const found = tracesBelow(folder, secrets);
    const where = new Set(found.map((trace) => trace.where));
    assert.deepEqual(
      where,
      new Set([...Object.keys(planted).map((name) => join('deep', name)), `the name named ${seeded.token}`]),
    );
  });

  it('finds one that a process was given by its environment or its arguments', async (t) => {
    const planted = [
      spawn('sleep', ['60'], { env: { PLANTED: seeded.token }, stdio: 'ignore' }),
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', seeded.client], { stdio: 'ignore' }),
    ];
    cleanUp(t, () => planted.forEach((child) => child.kill('SIGKILL')));
    const run = { host: { pid: process.pid }, seen: [] as Trace[] } as unknown as Run;
    await until('both are seen', () => {
      lookAtProcesses(run);
      return new Set(run.seen.map(({ where }) => where)).size === 2;
    });
    assert.deepEqual(new Set(run.seen.map(({ secret }) => secret)), new Set([seeded.token, seeded.client]));
  });
});
