import * as oauth from 'oauth4webapi';
import type { ParsedInput } from '../../../src-shared/contract.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { raceSignal, throwIfAborted, withTimeout } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Client, type ClientFor, clientAt, clientAuth, requireClient } from './client.ts';
import { meaningOf } from './errors.ts';
import type { Grant } from './grant.ts';
import { listenForBrowser } from './loopback.ts';
import { type Provider, providerOf } from './providers.ts';
import { findServer, type SignInServer } from './server.ts';
import { tokensIn } from './tokens.ts';
import type { Web } from './web.ts';

/** What a sign-in needs. `browse` shows a page in the system browser. */
export type SignInParts = {
  clock: Clock;
  web: Web;
  providers: readonly Provider[];
  clientFor: ClientFor;
  browse: (url: string) => Promise<void>;
};

/** The person has so long to come back from the browser, in ms. */
const PERSON_MS = 5 * 60_000;

/**
 * Signs in by the authorization code grant with PKCE (RFC 6749, RFC 7636) in the system browser, as RFC 8252 has it. Throws
 * `unsupported` where there is no way to, `cancelled` where the person does not, `auth` where the server does not let them in,
 * `network`, `server`.
 */
export const signIn = async (
  parts: SignInParts,
  { email, candidate }: ParsedInput<'accounts.signIn'>,
  signal: AbortSignal,
): Promise<Grant> => {
  throwIfAborted(signal);
  const { config, issuer = null } = candidate;
  const provider = providerOf(parts.providers, { issuer, config });
  if (provider) await requireClient(parts.clientFor, provider);
  const server = await findServer(parts, { issuer, config }, signal);
  const flow = { state: oauth.generateRandomState(), verifier: oauth.generateRandomCodeVerifier() };
  const loopback = await listenForBrowser(flow.state);
  try {
    const { redirectUri } = loopback;
    const client = await clientAt(parts, server, redirectUri, signal);
    const url = await pageFor(server, client, { ...flow, redirectUri, hint: email ?? candidate.username });
    await parts.browse(url.href).catch(() => {
      throw new TernError('unsupported', 'the browser of this computer cannot be opened');
    });
    const nobody = new TernError('cancelled', 'nobody came back from the browser within 5 minutes');
    const query = await withTimeout(parts.clock, PERSON_MS, raceSignal(loopback.answer, signal), nobody);
    const callback = callbackIn(server, client, query, flow.state);
    const obtainedAt = parts.clock.now();
    const answer = await oauth.authorizationCodeGrantRequest(
      server.as,
      { client_id: client.clientId },
      clientAuth(client),
      callback,
      redirectUri,
      flow.verifier,
      parts.web(new URL(server.as.issuer), signal),
    );
    const tokens = await tokensIn(server.as, client, answer, obtainedAt);
    return {
      type: 'oauth',
      username: candidate.username,
      issuer: server.as.issuer,
      tokenEndpoint: server.as.token_endpoint ?? '',
      ...client,
      ...tokens,
      refreshToken: tokens.refreshToken ?? null,
      scope: tokens.scope ?? server.scope,
      person: tokens.person ?? null,
    };
  } catch (error) {
    throwIfAborted(signal);
    throw meaningOf(new URL(server.as.issuer).host, error);
  } finally {
    loopback.close();
  }
};

/** What the browser brought, once it is certain that it is this server that answers (RFC 9207), and this sign-in. */
const callbackIn = ({ as }: SignInServer, client: Client, query: URLSearchParams, state: string): URLSearchParams => {
  try {
    return oauth.validateAuthResponse(as, { client_id: client.clientId }, query, state);
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw error;
    throw new TernError('forbidden', `the browser brought an answer that is not from ${new URL(as.issuer).host}`);
  }
};

type Flow = { state: string; verifier: string; redirectUri: string; hint: string };

/** The page on which the person is asked. */
const pageFor = async (server: SignInServer, client: Client, flow: Flow): Promise<URL> => {
  const url = new URL(server.authorizationEndpoint);
  const query = {
    ...server.params,
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: flow.redirectUri,
    state: flow.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    login_hint: flow.hint,
    ...(server.scope === null ? {} : { scope: server.scope }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};
