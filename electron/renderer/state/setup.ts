import { signal } from '@preact/signals';
import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import type { Config, Credential } from '../../../src-shared/model.ts';
import type { Candidate, ProbeState as Probe } from '../../../src-shared/setup.ts';
import { agreed, asTaken, type Typed, usualServers } from '../lib/servers.ts';
import type { SignIn } from '../lib/signIn.ts';
import { accounts, readAll } from './accounts.ts';
import { pageToOpen } from './appSettings.ts';
import { call, onEvent } from './line.ts';

export type { Candidate, Probe };

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
/** The address that is being set up. */
export const address = signal('');
/** What recipients will see beside it. */
export const personName = signal('');
export const setupError = signal<TernError | null>(null);
/** As whom the person signs in, as far as it was typed: neither a test that failed nor a way back takes anything of it away. */
export const given = signal<SignIn | null>(null);
export const typed = signal<Typed>(usualServers(''));
/** Which of the ways that were found is chosen. */
export const chosen = signal(0);

/** Steps that one can go back to, the last one at the end. */
let trail: Setup[] = [];
/** The domain that servers were filled in for. */
let filledFor = '';

const cancel = (): void => void call('accounts.cancel', null, {}).catch(() => undefined);

/** Begins with an empty address; what was under way for another one is given up. */
export const beginSetup = (): void => {
  if (setup.value !== null) cancel();
  setupError.value = null;
  given.value = null;
  address.value = '';
  personName.value = '';
  typed.value = usualServers('');
  filledFor = '';
  trail = [];
  setup.value = { step: 'address' };
};

/** Leaves it all. */
export const endSetup = (): void => {
  cancel();
  setup.value = null;
};

/** Goes on to a step, from which there is a way back to this one. */
const goOn = (to: Setup): void => {
  if (setup.value) trail = [...trail, setup.value];
  setupError.value = null;
  setup.value = to;
};

/** The step before. */
const stepBack = (error: TernError | null = null): void => {
  setupError.value = error;
  setup.value = trail.at(-1) ?? { step: 'address' };
  trail = trail.slice(0, -1);
};

/** Goes to the step before; what is under way ends, and what was typed stays. */
export const goBack = (): void => {
  cancel();
  stepBack();
};

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);

/** Goes to the servers by hand; what is known of the address is filled in, but not over what the person typed. */
export const typeServers = (): void => {
  const domain = domainOf(address.value);
  const [before, now] = [usualServers(filledFor), usualServers(domain)];
  const known = typed.value;
  const kept = (key: 'sessionUrl' | 'imapHost' | 'smtpHost'): string =>
    known[key] === before[key] ? now[key] : known[key];
  typed.value = { ...known, sessionUrl: kept('sessionUrl'), imapHost: kept('imapHost'), smtpHost: kept('smtpHost') };
  filledFor = domain;
  goOn({ step: 'manual' });
};

/** The user name that goes with the way that was chosen last. */
let offered = '';

/** Goes on with one of the ways that were found. A user name that the person left as it was is that of the new way. */
export const choose = (candidate: Candidate): void => {
  if (given.value?.username === offered) given.value = { ...given.value, username: candidate.username };
  offered = candidate.username;
  goOn({ step: 'password', candidate });
};

let searches = 0;

/** Looks for the servers of the address; what each source says shows meanwhile, and stays where nothing is found. */
export const discover = async (): Promise<void> => {
  const search = ++searches;
  const looking = { step: 'looking' as const, probes: [], candidates: [], done: false };
  if (setup.value?.step === 'looking') setup.value = looking;
  else goOn(looking);
  setupError.value = null;
  chosen.value = 0;
  const probesNow = (): Probe[] | null =>
    search === searches && setup.value?.step === 'looking' ? setup.value.probes : null;
  try {
    const { candidates, probes } = await call('accounts.discover', null, { email: address.value });
    if (probesNow()) setup.value = { step: 'looking', probes, candidates, done: true };
  } catch (error) {
    const probes = probesNow();
    if (!probes) return;
    setupError.value = asTernError(error);
    setup.value = { step: 'looking', probes, candidates: [], done: true };
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

const add = async (config: Config, credential: Credential): Promise<void> => {
  const name = personName.value.trim();
  const named = { email: address.value, ...(name === '' ? {} : { name }) };
  const { account } = await call('accounts.add', null, { ...named, config, credential });
  given.value = null;
  trail = [];
  setup.value = { step: 'syncing', account: account.id };
  await readAll();
};

/** Tries the servers; keeps the account where they work, and asks where there are hosts to agree to. */
export const tryServers = async (config: Config, credential: Credential, confirmed: string[] = []): Promise<void> => {
  goOn({ step: 'testing' });
  const testing = setup.value;
  try {
    const whole = agreed(config, confirmed);
    const tested = await call('accounts.test', null, { email: address.value, config: whole, credential });
    if (setup.value !== testing) return;
    const fitting = asTaken(credential, tested.legs);
    const open = tested.hosts.filter((host) => !confirmed.includes(host));
    if (open.length > 0) setup.value = { step: 'agree', hosts: open, config: whole, credential: fitting };
    else await add(whole, fitting);
  } catch (error) {
    // Who gave it up is elsewhere by now.
    if (setup.value !== testing) return;
    stepBack(asTernError(error));
  }
};

let lastWaiting: Setup | null = null;

/** Signs in at a provider in the system browser, then goes on as with a password. Who goes elsewhere meanwhile is left there. */
export const signIn = async (candidate: Candidate): Promise<void> => {
  const waiting = { step: 'signingIn' as const, candidate };
  lastWaiting = waiting;
  goOn(waiting);
  try {
    const { credential } = await call('accounts.signIn', null, { email: address.value, candidate });
    if (setup.value !== waiting) return;
    stepBack();
    await tryServers(candidate.config, credential);
  } catch (error) {
    if (setup.value !== waiting) return;
    stepBack(asTernError(error));
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
