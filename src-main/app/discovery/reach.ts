import { TernError } from '../../../src-shared/errors.ts';
import { raceSignal } from '../../lib/async.ts';
import { isPublicAddress } from '../../lib/publicAddress.ts';
import { hostName } from './hosts.ts';
import type { Resolver } from './ports.ts';

/**
 * The addresses of a host, all of them of the internet: one within is enough to refuse it, as whoever owns the name decides
 * which one is tried. Throws `forbidden`, `notFound`, `network`.
 */
export const publicAddresses = async (resolver: Resolver, host: string, signal: AbortSignal): Promise<string[]> => {
  if (hostName(host) !== host) throw new TernError('forbidden', `${host} is no name of a server on the internet`);
  const addresses = await raceSignal(resolver.addresses(host), signal);
  if (addresses.length === 0) throw new TernError('notFound', `there is no ${host}`);
  if (!addresses.every(isPublicAddress))
    throw new TernError('forbidden', `${host} is not on the internet but on a private network`);
  return addresses;
};
