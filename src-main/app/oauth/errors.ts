import * as oauth from 'oauth4webapi';
import { TernError } from '../../../src-shared/errors.ts';
import { inert } from '../../driver/serverText.ts';

/** Error codes of RFC 6749 that time alone mends. */
const passing = new Set(['server_error', 'temporarily_unavailable', 'slow_down']);

/**
 * What went wrong between us and an authorisation server. What the library throws may hold tokens, so that nothing of it but
 * the code of RFC 6749 section 5.2 goes on. `host`: whom it is about.
 */
export const meaningOf = (host: string, error: unknown): TernError => {
  if (error instanceof TernError) return error;
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError)
    return refused(host, error.error);
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return new TernError('auth', `${host} does not know Tern's client id: look at the settings`);
  return new TernError('server', `${host} does not answer as a server that signs people in should`);
};

const refused = (host: string, code: string): TernError => {
  const detail = { code: inert(code) };
  if (code === 'access_denied') return new TernError('cancelled', 'the sign-in was refused in the browser', { detail });
  if (passing.has(code)) return new TernError('server', `${host} cannot sign people in just now`, { detail });
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return new TernError('auth', `${host} does not know Tern's client id: look at the settings`, { detail });
  return new TernError('auth', `${host} does not let Tern in (${detail.code}): sign in again`, { detail });
};
