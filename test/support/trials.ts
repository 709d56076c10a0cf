import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { type Clock, systemClock } from '../../src-main/lib/clock.ts';
import type { Rpc } from '../../src-main/rpc/rpc.ts';
import type { TestInput } from '../../src-main/rpc/workerProtocol.ts';
import { tryAccount } from '../../src-main/worker/tryAccount.ts';
import type { CallOutput } from '../../src-shared/contract.ts';
import { type ErrorKind, TernError } from '../../src-shared/errors.ts';
import type { Config, Credential, ImapConfig } from '../../src-shared/model.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { type SmtpServer, startSmtpServer } from '../servers/smtpServer.ts';

type Answer = CallOutput<'accounts.test'>;
type Leg = Answer['legs'][number];

/** Alice as her servers know her. */
export const email = 'alice@example.test';
export const right = { type: 'password', username: email, password: 'secret' } as const satisfies Credential;

/** Servers that a whole file of tests shares, well again before each, and what they saw. */
export type TrialServers = {
  imap: ImapServer;
  smtp: SmtpServer;
  jmap: JmapServer;
  /** An IMAP account on them, or partly elsewhere. */
  overImap(change?: Partial<ImapConfig>): Config;
  /** Log-ins so far in this test. */
  imapLogins(): number;
  smtpLogins(): number;
  sessions(): number;
};

/** Starts them for the file or suite that calls this. */
export const trialServers = (): TrialServers => {
  const servers = {} as Pick<TrialServers, 'imap' | 'smtp' | 'jmap'>;
  let smtpSaid = 0;
  before(async () => {
    const [imap, smtp, jmap] = await Promise.all([startImapServer(), startSmtpServer(), startJmapServer()]);
    Object.assign(servers, { imap, smtp, jmap });
  });
  beforeEach(() => {
    const { imap, smtp, jmap } = servers;
    imap.trouble.reset();
    imap.forgetCommands();
    smtp.faults.reset();
    smtpSaid = smtp.commands.length;
    jmap.trouble.reset();
    jmap.forgetRequests();
  });
  after(async () => {
    const { imap, smtp, jmap } = servers;
    await Promise.all([imap.stop(), smtp.stop(), jmap.stop()]);
  });
  return Object.assign(servers, {
    overImap: (change: Partial<ImapConfig> = {}): Config => ({
      protocol: 'imap',
      imap: (servers.imap.config as ImapConfig).imap,
      smtp: servers.smtp.config,
      ...change,
    }),
    imapLogins: () => servers.imap.commands.filter(({ verb }) => /^(LOGIN|AUTHENTICATE)$/.test(verb)).length,
    smtpLogins: () => servers.smtp.commands.slice(smtpSaid).filter((line) => line.startsWith('AUTH')).length,
    sessions: () => servers.jmap.requests.filter(({ path }) => path === '/jmap/session').length,
  });
};

const never = new AbortController().signal;

/** A host that has no tokens to give. */
const noTokens = {
  call: async (name: string): Promise<never> => assert.fail(`the host was asked for ${name}`),
};

/** Tries what is given, by default with a host that has no tokens to give. */
export const attemptOn = (
  input: TestInput,
  { clock = systemClock, rpc = noTokens, signal = never }: Partial<Host> = {},
): Promise<Answer> => tryAccount({ clock, rpc }, input, signal);
type Host = { clock: Clock; rpc: Pick<Rpc, 'call'>; signal: AbortSignal };

/** Tries an account on the real clock. */
export const attempt = (
  config: Config,
  credential: TestInput['credential'] = right,
  more: Partial<TestInput> = {},
): Promise<Answer> => attemptOn({ email, config, credential, ...more });

type Failed = { error: TernError; legs: Leg[] };

/** The error of a trial that fails, and its legs. */
export const failure = async (trial: Promise<Answer>): Promise<Failed> => {
  const error = await trial.then(
    () => assert.fail('it did not fail'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TernError, String(error));
  return { error, legs: (error.detail?.['legs'] ?? []) as Leg[] };
};

/** Fails with that kind, at that leg, in such words. */
export const assertFails = async (
  trial: Promise<Answer>,
  kind: ErrorKind,
  field: string,
  message: RegExp,
): Promise<Failed> => {
  const failed = await failure(trial);
  assert.deepEqual([failed.error.kind, failed.error.field], [kind, field], failed.error.message);
  assert.match(failed.error.message, message);
  const leg = failed.legs.find(({ ok }) => !ok);
  assert.deepEqual([leg?.leg, leg?.error?.kind, leg?.error?.message], [field, kind, failed.error.message]);
  return failed;
};
