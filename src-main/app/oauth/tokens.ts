import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { type Client, clientAuth } from './client.ts';
import { meaningOf } from './errors.ts';
import type { Grant } from './grant.ts';
import type { Web } from './web.ts';

/** What a token endpoint gave; undefined where it said nothing of it. */
type Tokens = Pick<Grant, 'accessToken' | 'obtainedAt' | 'expiresAt'> & {
  refreshToken: string | undefined;
  scope: string | undefined;
  person: string | undefined;
};

const claimsSchema = z.object({ iss: z.string(), sub: z.string() });

/**
 * Who an ID token is of. It came straight from the issuer over TLS, which stands in for its signature (OpenID Connect Core
 * section 3.1.3.7), and nothing is decided by it but whether a person is the same as before.
 */
const personIn = (idToken: string): string | undefined => {
  const payload = Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString();
  const { data } = claimsSchema.safeParse(safeJson(payload));
  return data && `${data.iss} ${data.sub}`;
};

/** No token lives longer, in s: a century. */
const LONGEST_S = 100 * 365 * 24 * 3600;

/** What is good for a header and for SASL: visible ASCII. */
const isToken = (text: string): boolean => text.length <= 100_000 && /^[\x21-\x7e]+$/.test(text);

/** The tokens of an answer (RFC 6749 section 5.1). `obtainedAt`: when it was asked for, in ms. Throws what the library does. */
export const tokensIn = async (
  as: oauth.AuthorizationServer,
  { clientId }: Client,
  answer: Response,
  obtainedAt: number,
): Promise<Tokens> => {
  const { idToken, response } = await withoutIdToken(answer);
  const said = await oauth.processGenericTokenEndpointResponse(as, { client_id: clientId }, response);
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds, scope } = said;
  if (said.token_type !== 'bearer' || !isToken(accessToken))
    throw new TernError('server', `${new URL(as.issuer).host} gave no token that can be used`);
  return {
    accessToken,
    refreshToken,
    scope,
    obtainedAt,
    expiresAt: seconds === undefined ? null : obtainedAt + Math.min(seconds, LONGEST_S) * 1000,
    person: idToken === null ? undefined : personIn(idToken),
  };
};

/** Apart from the rest: some name an issuer in it that is not their own, and none of that concerns a token for mail. */
const withoutIdToken = async (answer: Response): Promise<{ idToken: string | null; response: Response }> => {
  const text = await answer.text();
  const json = safeJson(text);
  const { id_token: idToken, ...rest } = (typeof json === 'object' && json !== null ? json : {}) as Record<
    string,
    unknown
  >;
  const { status, headers } = answer;
  const body = typeof idToken === 'string' ? JSON.stringify(rest) : text;
  return { idToken: typeof idToken === 'string' ? idToken : null, response: new Response(body, { status, headers }) };
};

/**
 * Renews a grant (RFC 6749 section 6). A refresh token that is not replaced stays (section 5.1). Throws `auth` where the server
 * does not renew it, and `network`, `server` or `rateLimited` where that says nothing of the grant.
 */
export const refresh = async (
  { clock, web }: { clock: Clock; web: Web },
  grant: Grant,
  signal: AbortSignal,
): Promise<Grant> => {
  const { issuer, tokenEndpoint, refreshToken } = grant;
  const { host } = new URL(issuer);
  if (refreshToken === null) throw new TernError('auth', `${host} let Tern in for a while that is over: sign in again`);
  const as = { issuer, token_endpoint: tokenEndpoint };
  const obtainedAt = clock.now();
  try {
    const client = { client_id: grant.clientId };
    const options = web(new URL(issuer), signal);
    const answer = await oauth.refreshTokenGrantRequest(as, client, clientAuth(grant), refreshToken, options);
    const tokens = await tokensIn(as, grant, answer, obtainedAt);
    return {
      ...grant,
      ...tokens,
      refreshToken: tokens.refreshToken ?? refreshToken,
      scope: tokens.scope ?? grant.scope,
      person: tokens.person ?? grant.person,
    };
  } catch (error) {
    throw meaningOf(host, error);
  }
};
