import { TernError } from '../../src-shared/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { askWeb, internetAlone, type WebPolicy, within } from './web.ts';

type Parts = { clock: Clock; policy?: WebPolicy };

const LONGEST_MS = 20_000;
const FORM = 'application/x-www-form-urlencoded';

/**
 * Leaves a list by one click (RFC 8058 section 3.2): a POST to the https address of the message, without cookies, referrer or
 * credentials, to the internet alone, in at most 20 s. Any 2xx is a success; what else is answered is not read, and no redirect
 * is followed. Throws `forbidden`, `network`, `tls`, and `server` with the `status` in its detail.
 */
export const postOneClick = async (
  { clock, policy = internetAlone }: Parts,
  address: string,
  signal: AbortSignal,
): Promise<void> => {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || url.username || url.password)
    throw new TernError('forbidden', 'not an address that one click can be sent to');
  await within({ clock, ms: LONGEST_MS, late: 'the host takes too long' }, signal, async (until) => {
    const request = { method: 'POST', type: FORM, body: 'List-Unsubscribe=One-Click' } as const;
    const response = await askWeb(policy, url, request, until);
    response.destroy();
    const { statusCode: status = 0 } = response;
    if (status < 200 || status > 299)
      throw new TernError('server', `${url.host} did not take it (${status})`, { detail: { status } });
  });
};
