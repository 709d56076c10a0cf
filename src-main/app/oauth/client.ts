import * as oauth from 'oauth4webapi';
import { TernError } from '../../../src-shared/errors.ts';
import type { Grant } from './grant.ts';
import type { Provider } from './providers.ts';
import type { SignInServer } from './server.ts';
import type { Web } from './web.ts';

/** The client id that a person has entered for a provider, by its name or its issuer; null where there is none. */
export type ClientFor = (provider: string) => Promise<{ clientId: string; clientSecret?: string } | null>;

/** Who we are to an authorisation server. */
export type Client = Pick<Grant, 'clientId' | 'clientSecret' | 'auth'>;

/**
 * Who we are to a server: what the person entered, else what the server makes of us when we introduce ourselves (RFC 7591). Throws
 * `unsupported` where neither leads to a client id.
 */
export const clientAt = async (
  { web, clientFor }: { web: Web; clientFor: ClientFor },
  { name, as }: SignInServer,
  redirectUri: string,
  signal: AbortSignal,
): Promise<Client> => {
  const entered = await clientFor(name);
  if (entered) return clientOf(as, entered.clientId, entered.clientSecret);
  if (as.registration_endpoint === undefined) throw noClient(name);
  const answer = await oauth.dynamicClientRegistrationRequest(as, self(redirectUri), web(new URL(as.issuer), signal));
  const made = await oauth.processDynamicClientRegistrationResponse(answer);
  const secret = typeof made.client_secret === 'string' && made.client_secret !== '' ? made.client_secret : undefined;
  return clientOf(as, made.client_id, secret, made.token_endpoint_auth_method);
};

/** Says what is missing before anybody is asked: these providers let nobody introduce themselves. Throws `unsupported`. */
export const requireClient = async (clientFor: ClientFor, { name }: Provider): Promise<void> => {
  if (!(await clientFor(name))) throw noClient(name);
};

const noClient = (name: string): TernError =>
  new TernError('unsupported', `a client id for ${name} must be entered in the settings first`, {
    detail: { provider: name },
  });

/** A program on the person's own machine, which can keep no secret (RFC 8252 section 8.4). */
const self = (redirectUri: string): Partial<oauth.OmitSymbolProperties<oauth.Client>> => ({
  client_name: 'Tern',
  application_type: 'native',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
});

const clientOf = (
  as: oauth.AuthorizationServer,
  clientId: string,
  clientSecret: string | undefined,
  method: unknown = null,
): Client => {
  if (clientSecret === undefined) return { clientId, clientSecret: null, auth: 'none' };
  const known = as.token_endpoint_auth_methods_supported ?? [];
  const isBasic = method === 'client_secret_basic' || (known.length > 0 && !known.includes('client_secret_post'));
  return { clientId, clientSecret, auth: isBasic && method !== 'client_secret_post' ? 'basic' : 'post' };
};

/** How the client shows at the token endpoint who it is. */
export const clientAuth = ({ clientSecret, auth }: Client): oauth.ClientAuth => {
  if (clientSecret === null || auth === 'none') return oauth.None();
  return auth === 'basic' ? oauth.ClientSecretBasic(clientSecret) : oauth.ClientSecretPost(clientSecret);
};
