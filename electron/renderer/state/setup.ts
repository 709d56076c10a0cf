import { signal } from '@preact/signals';
import type { z } from 'zod';
import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import type { Config, Credential } from '../../../src-shared/model.ts';
import type { candidateSchema, probeSchema } from '../../../src-shared/setup.ts';
import { asTaken } from '../lib/servers.ts';
import { accounts, readAll } from './accounts.ts';
import { pageToOpen } from './appSettings.ts';
import { call, onEvent } from './line.ts';

export type Candidate = z.infer<typeof candidateSchema>;
export type Probe = z.infer<typeof probeSchema>;

/** Servers as the person types them. */
export type Typed = {
  protocol: 'jmap' | 'imap';
  sessionUrl: string;
  imapHost: string;
  imapPort: string;
  imapSecurity: 'tls' | 'starttls' | 'none';
  smtpHost: string;
  smtpPort: string;
  smtpSecurity: 'tls' | 'starttls' | 'none';
};

/**
 * Where the person is in setting an account up: an address, what is found for it, the password for what was chosen or the way
 * through the browser, servers typed by hand, the test of it all, hosts to agree to, and the first sync.
 */
export type Setup =
  | { step: 'address' }
  | { step: 'looking'; probes: Probe[]; candidates: Candidate[]; done: boolean }
  | { step: 'password'; candidate: Candidate }
  | { step: 'signingIn'; candidate: Candidate }
  | { step: 'manual' }
  | { step: 'testing' }
  | { step: 'agree'; hosts: string[]; config: Config; credential: Credential }
  | { step: 'syncing'; account: string };

export const setup = signal<Setup | null>(null);
/** The address that is being set up, and what was typed for it so far. */
export const address = signal('');
export const setupError = signal<TernError | null>(null);
/** As whom the person tried to sign in last: a test that failed takes nothing of it away. */
export const given = signal<{ username: string; password: string } | null>(null);
export const typed = signal<Typed>({
  protocol: 'imap',
  sessionUrl: '',
  imapHost: '',
  imapPort: '993',
  imapSecurity: 'tls',
  smtpHost: '',
  smtpPort: '465',
  smtpSecurity: 'tls',
});

/** Begins with an empty address; what was under way for another one is given up. */
export const beginSetup = (): void => {
  if (setup.value !== null) call('accounts.cancel', null, {}).catch(() => undefined);
  setupError.value = null;
  given.value = null;
  address.value = '';
  setup.value = { step: 'address' };
};

/** Goes to the servers by hand; what is known of the address is filled in. */
export const typeServers = (): void => {
  const domain = address.value.slice(address.value.lastIndexOf('@') + 1);
  const now = typed.value;
  typed.value = {
    ...now,
    sessionUrl: now.sessionUrl || `https://${domain}/.well-known/jmap`,
    imapHost: now.imapHost || `imap.${domain}`,
    smtpHost: now.smtpHost || `smtp.${domain}`,
  };
  setup.value = { step: 'manual' };
};

/** Looks for the servers of the address; what each source says shows meanwhile. */
export const discover = async (): Promise<void> => {
  setupError.value = null;
  setup.value = { step: 'looking', probes: [], candidates: [], done: false };
  try {
    const { candidates, probes } = await call('accounts.discover', null, { email: address.value });
    if (setup.value?.step !== 'looking') return;
    const [best] = candidates;
    if (!best) return typeServers();
    setup.value = { step: 'looking', probes, candidates, done: true };
  } catch (error) {
    if (setup.value?.step !== 'looking') return;
    setupError.value = asTernError(error);
    typeServers();
  }
};

/** What sources say while they are looked at. */
export const followSetup = (): void => {
  onEvent('discovery', ({ email, probe, candidates }) => {
    const now = setup.value;
    if (now?.step !== 'looking' || now.done || email !== address.value) return;
    const probes = now.probes.filter(({ source, target }) => source !== probe.source || target !== probe.target);
    setup.value = { ...now, probes: [...probes, probe], candidates };
  });
};

const endpoint = (host: string, port: string, security: 'tls' | 'starttls' | 'none') => ({
  host: host.trim(),
  port: Number(port),
  security,
});

/** The configuration that was typed. */
export const typedConfig = (): Config => {
  const { value } = typed;
  if (value.protocol === 'jmap') return { protocol: 'jmap', sessionUrl: value.sessionUrl.trim() };
  return {
    protocol: 'imap',
    imap: endpoint(value.imapHost, value.imapPort, value.imapSecurity),
    smtp: endpoint(value.smtpHost, value.smtpPort, value.smtpSecurity),
  };
};

/** The configuration with hosts that the person agreed to. */
const agreed = (config: Config, hosts: string[]): Config =>
  config.protocol === 'jmap' && hosts.length > 0
    ? { ...config, confirmed: [...new Set([...(config.confirmed ?? []), ...hosts])] }
    : config;

const add = async (config: Config, credential: Credential): Promise<void> => {
  const { account } = await call('accounts.add', null, { email: address.value, config, credential });
  given.value = null;
  setup.value = { step: 'syncing', account: account.id };
  await readAll();
};

/** Tries the servers; keeps the account where they work, and asks where there are hosts to agree to. */
export const tryServers = async (config: Config, credential: Credential, confirmed: string[] = []): Promise<void> => {
  const before = setup.value;
  setupError.value = null;
  if (credential.type === 'password') given.value = credential;
  setup.value = { step: 'testing' };
  try {
    const whole = agreed(config, confirmed);
    const tested = await call('accounts.test', null, { email: address.value, config: whole, credential });
    if (setup.value?.step !== 'testing') return;
    const fitting = asTaken(credential, tested.legs);
    const open = tested.hosts.filter((host) => !confirmed.includes(host));
    if (open.length > 0) setup.value = { step: 'agree', hosts: open, config: whole, credential: fitting };
    else await add(whole, fitting);
  } catch (error) {
    setupError.value = asTernError(error);
    setup.value = before;
  }
};

let lastWaiting: Setup | null = null;

/** Signs in at a provider in the system browser, then goes on as with a password. Who goes elsewhere meanwhile is left there. */
export const signIn = async (candidate: Candidate): Promise<void> => {
  const waiting = { step: 'signingIn' as const, candidate };
  lastWaiting = waiting;
  setupError.value = null;
  setup.value = waiting;
  try {
    const { credential } = await call('accounts.signIn', null, { email: address.value, candidate });
    if (setup.value !== waiting) return;
    setup.value = { step: 'password', candidate };
    await tryServers(candidate.config, credential);
  } catch (error) {
    if (setup.value !== waiting) return;
    setupError.value = asTernError(error);
    setup.value = { step: 'password', candidate };
  } finally {
    if (lastWaiting === waiting) pageToOpen.value = null;
  }
};

/** The provider that lets registered programs in alone, where that is what keeps the person from signing in. */
export const clientWanted = (): string | null => {
  const { kind, detail } = setupError.value ?? {};
  const provider = detail?.['provider'];
  return kind === 'unsupported' && typeof provider === 'string' ? provider : null;
};

/** The first run: without an account the window begins with setting one up. */
export const beginWhereNobodyIs = (): void => {
  if (accounts.value?.length === 0) beginSetup();
};
