import * as oauth from 'oauth4webapi';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import { parseSessionUrl } from '../../../src-shared/hosts.ts';
import type { Config } from '../../../src-shared/model.ts';
import { issuerUrl, mailScopes, type Provider, providerOf } from './providers.ts';
import { mayLeadTo, type Web } from './web.ts';

/** Who signs people in, and what is to be asked there. `name`: by which its client id is known. `scope`: null for none. */
export type SignInServer = {
  name: string;
  as: oauth.AuthorizationServer;
  authorizationEndpoint: URL;
  scope: string | null;
  params: Record<string, string>;
};

type Wanted = { issuer: string | null; config: Config };

/**
 * Finds who signs people in for an account: a provider whose ways are known, else by the metadata of the issuer (RFC 8414, or
 * OpenID Connect Discovery), which a JMAP server may name itself (RFC 9728). Throws `unsupported` where nobody is found.
 */
export const findServer = async (
  { web, providers }: { web: Web; providers: readonly Provider[] },
  wanted: Wanted,
  signal: AbortSignal,
): Promise<SignInServer> => {
  const provider = providerOf(providers, wanted);
  const found = provider?.server
    ? { as: provider.server }
    : await discover(web, provider?.issuer ?? wanted.issuer, wanted.config, signal);
  const { as } = found;
  // The first is opened in the browser, the other gets tokens: nothing but the web, whatever a server says.
  const authorizationEndpoint = endpointOf(as, as.authorization_endpoint);
  endpointOf(as, as.token_endpoint);
  const scope = provider ? provider.scopes.join(' ') : scopeOf(found);
  // A refresh token is given with the person's consent alone (OpenID Connect Core section 11).
  const params = provider?.params ?? (scope?.includes('offline_access') ? { prompt: 'consent' } : {});
  return { name: provider?.name ?? as.issuer, as, authorizationEndpoint, scope, params };
};

const endpointOf = ({ issuer }: oauth.AuthorizationServer, address = ''): URL => {
  const url = URL.parse(address);
  if (!url || !mayLeadTo(new URL(issuer), url)) throw noServer(issuer);
  return url;
};

const noServer = (where: string): TernError =>
  new TernError('unsupported', `${where} says nothing of how to sign in with a browser: use a password`);

type Found = { as: oauth.AuthorizationServer; resource?: oauth.ResourceServer | null };

const discover = async (web: Web, issuer: string | null, config: Config, signal: AbortSignal): Promise<Found> => {
  if (issuer !== null) {
    const url = issuerUrl(issuer);
    if (!url) throw new TernError('invalid', 'the issuer is no web address', { field: 'candidate.issuer' });
    return { as: await metadataOf(web, url, signal) };
  }
  if (config.protocol === 'imap') throw noServer(config.imap.host);
  const session = parseSessionUrl(config.sessionUrl);
  if (!session) throw noServer(config.sessionUrl);
  const origin = new URL('/', session);
  const resource = await resourceAt(web, origin, signal);
  const [named] = resource?.authorization_servers ?? [];
  const url = (named !== undefined && issuerUrl(named)) || origin;
  if (!mayLeadTo(origin, url)) throw noServer(origin.host);
  return { as: await metadataOf(web, url, signal), resource };
};

/** What a server says of itself as something that is protected (RFC 9728); null where it says nothing. */
const resourceAt = async (web: Web, origin: URL, signal: AbortSignal): Promise<oauth.ResourceServer | null> => {
  try {
    const answer = await oauth.resourceDiscoveryRequest(origin, web(origin, signal));
    return await oauth.processResourceDiscoveryResponse(origin, answer);
  } catch (error) {
    if (lacks(error)) return null;
    throw error;
  }
};

/** Whether there is just nothing there; a server that cannot be reached says nothing either way. */
const lacks = (error: unknown): boolean => {
  const { kind } = asTernError(error);
  return kind === 'bug' || kind === 'server';
};

const metadataOf = async (web: Web, issuer: URL, signal: AbortSignal): Promise<oauth.AuthorizationServer> => {
  for (const algorithm of ['oauth2', 'oidc'] as const) {
    try {
      const answer = await oauth.discoveryRequest(issuer, { ...web(issuer, signal), algorithm });
      return await oauth.processDiscoveryResponse(issuer, answer);
    } catch (error) {
      if (!lacks(error)) throw error;
    }
  }
  throw noServer(issuer.host);
};

/** What to ask for: what the mail server wants, else what is known of what the issuer has; null: it decides. */
const scopeOf = ({ as, resource }: Found): string | null => {
  const offered = as.scopes_supported;
  const own = resource?.scopes_supported ?? [];
  const known = mailScopes.filter((each) => offered?.includes(each) && !own.includes(each));
  return [...own, ...known].join(' ') || null;
};
