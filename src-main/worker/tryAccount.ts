import type { CallOutput } from '../../src-shared/contract.ts';
import { asTernError, TernError } from '../../src-shared/errors.ts';
import { parseSessionUrl } from '../../src-shared/hosts.ts';
import type { Config } from '../../src-shared/model.ts';
import type { SignIn } from '../driver/access.ts';
import { advised, mayBeTheName } from '../driver/signInAdvice.ts';
import { raceSignal, throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Rpc } from '../rpc/rpc.ts';
import type { TestInput } from '../rpc/workerProtocol.ts';
import { trialTokens } from './signIn.ts';

type Parts = { clock: Clock; rpc: Pick<Rpc, 'call'> };
type Leg = CallOutput<'accounts.test'>['legs'][number];
type Learned = { capabilities: string[]; hosts: string[] };

/** One leg: where it leads, and a try with one way to sign in. */
type Route = { leg: Leg['leg']; host: string; run(signIn: SignIn, signal: AbortSignal): Promise<Learned> };
type Tried = { leg: Leg; learned: Learned; error?: TernError };

/** A leg has so long, in ms, both forms of the user name together: longer than a greeting, which tells more when it fails. */
const LEG_MS = 25_000;

/**
 * Tries every leg at once. Where one fails, throws its error with `field` its name and `detail.legs` all of them; of several
 * the one by which mail comes counts.
 */
export const tryAccount = async (
  { clock, rpc }: Parts,
  { email, config, credential }: TestInput,
  signal: AbortSignal,
): Promise<CallOutput<'accounts.test'>> => {
  const signIn = signInBy(credential, email, rpc);
  const [incoming, outgoing] = routesOf(config, clock);
  const receiving = tryLeg(
    incoming,
    signInsFor(incoming.leg, signIn, email),
    { clock, goOn: async () => true },
    signal,
  );
  const hasOwn = signIn.type === 'password' && signIn.smtp !== undefined;
  const goOn = async (): Promise<boolean> => hasOwn || (await receiving).error?.kind !== 'auth';
  const tried = await Promise.all([
    receiving,
    ...(outgoing ? [tryLeg(outgoing, signInsFor(outgoing.leg, signIn, email), { clock, goOn }, signal)] : []),
  ]);
  throwIfAborted(signal);
  const legs = tried.map(({ leg }) => leg);
  const failed = tried.find(({ error }) => error);
  if (failed?.error) {
    const { kind, message, retryAfter, detail } = failed.error;
    throw new TernError(kind, message, { retryAfter, field: failed.leg.leg, detail: { ...detail, legs } });
  }
  const [first] = tried;
  return {
    legs,
    capabilities: first?.learned.capabilities ?? [],
    hosts: tried.flatMap(({ learned }) => learned.hosts),
    ...(first?.leg.username === undefined ? {} : { username: first.leg.username }),
  };
};

const signInBy = (credential: TestInput['credential'], email: string | undefined, rpc: Parts['rpc']): SignIn => {
  switch (credential.type) {
    case 'password':
      return credential;
    case 'bearer':
      return email === undefined ? credential : { username: email, ...credential };
    case 'oauth':
      return { type: 'tokens', username: credential.username, token: trialTokens(rpc) };
  }
};

/** The drivers are loaded when they are needed, as in any worker. */
const routesOf = (config: Config, clock: Clock): [incoming: Route, outgoing?: Route] => {
  const { smtp } = config;
  const none: Learned = { capabilities: [], hosts: [] };
  const outgoing: [] | [Route] = smtp
    ? [
        {
          leg: 'smtp',
          host: smtp.host,
          run: async (credential, signal) => {
            const { trySmtp } = await import('../driver/smtp/trial.ts');
            await trySmtp({ server: smtp, credential, clock }, signal);
            return none;
          },
        },
      ]
    : [];
  if (config.protocol === 'imap') {
    const run: Route['run'] = async (credential, signal) => {
      const { tryImap } = await import('../driver/imap/trial.ts');
      return { ...none, capabilities: await tryImap(config.imap, credential, signal) };
    };
    return [{ leg: 'imap', host: config.imap.host, run }, ...outgoing];
  }
  const run: Route['run'] = async (credential, signal) => {
    const { tryJmap } = await import('../driver/jmap/trial.ts');
    return tryJmap({ config, credential, clock }, signal);
  };
  return [{ leg: 'jmap', host: parseSessionUrl(config.sessionUrl)?.hostname ?? config.sessionUrl, run }, ...outgoing];
};

/**
 * How a leg may be tried, one after the other: the user name as given, then in its other form; with a token as given, for the
 * token is one person's.
 */
const signInsFor = (leg: Leg['leg'], signIn: SignIn, email: string | undefined): SignIn[] => {
  if (signIn.type !== 'password') return [signIn];
  const { username, password } = leg === 'smtp' ? (signIn.smtp ?? signIn) : signIn;
  return [username, ...otherForm(username, email)].map((name) => ({ type: 'password', username: name, password }));
};

/** `user@domain` is `user` to some servers, and the other way round. */
const otherForm = (username: string, email: string | undefined): string[] => {
  const at = username.lastIndexOf('@');
  if (at > 0) return [username.slice(0, at)];
  const domain = email?.slice(email.lastIndexOf('@') + 1);
  return domain && at < 0 ? [`${username}@${domain}`] : [];
};

const nameIn = (signIn: SignIn): string[] => (signIn.type === 'password' ? [signIn.username] : []);

/** `goOn`: whether another form of the user name may be tried, where that can be told. */
type Tact = { clock: Clock; goOn: () => Promise<boolean> };

/**
 * No more than one log-in with each user name, and the other one only where it may be right: an account is soon locked, and
 * both legs mostly ask the same list of users.
 */
const tryLeg = async (route: Route, signIns: SignIn[], { clock, goOn }: Tact, signal: AbortSignal): Promise<Tried> => {
  const { leg, host } = route;
  const late = new AbortController();
  const silent = new TernError('network', `${host} did not answer within ${LEG_MS / 1000} seconds`);
  const cancel = clock.after(LEG_MS, () => late.abort(silent));
  const until = AbortSignal.any([signal, late.signal]);
  const names: string[] = [];
  try {
    for (const [index, signIn] of signIns.entries()) {
      names.push(...nameIn(signIn));
      try {
        const learned = await raceSignal(route.run(signIn, until), until);
        const [username] = index > 0 ? nameIn(signIn) : [];
        return { leg: { leg, host, ok: true, ...(username === undefined ? {} : { username }) }, learned };
      } catch (error) {
        const failure = asTernError(error);
        const isLast = index === signIns.length - 1;
        if (isLast || !mayBeTheName(failure) || !(await goOn()) || until.aborted) throw failure;
      }
    }
    throw new TernError('bug', 'there was nothing to try');
  } catch (error) {
    const failure = advised(asTernError(error), host, signIns[0]?.type === 'password' ? names : 'token');
    const { kind, message } = failure;
    return {
      leg: { leg, host, ok: false, error: { kind, message } },
      learned: { capabilities: [], hosts: [] },
      error: failure,
    };
  } finally {
    cancel();
  }
};
