import { Resolver as SystemResolver } from 'node:dns/promises';
import { TernError } from '../../../src-shared/errors.ts';
import type { Resolver } from './ports.ts';

/** A lost question is asked again after so long, in ms. Whoever asks has limits of their own. */
const AGAIN_MS = 1_500;
const TRIES = 3;

/** There is no such name, or nothing of that kind under it; or it is none that can be asked for. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/** The name servers of this machine, or the one named, `address:port`. Each name is asked for once. */
export const createResolver = (nameServer: string | null): Resolver => {
  const resolver = new SystemResolver({ timeout: AGAIN_MS, tries: TRIES });
  if (nameServer !== null) resolver.setServers([nameServer]);
  const known = new Map<string, Promise<string[]>>();
  const lookUp = async (host: string): Promise<string[]> => {
    const [four, six] = await Promise.allSettled([listOf(resolver.resolve4(host)), listOf(resolver.resolve6(host))]);
    const found = [four, six].flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (found.length === 0 && four.status === 'rejected') throw four.reason;
    return found;
  };
  return {
    srv: (name) => listOf(resolver.resolveSrv(name)),
    mx: async (domain) => {
      const records = await listOf(resolver.resolveMx(domain));
      return records.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
    },
    addresses: (host) => {
      const asked = known.get(host) ?? lookUp(host);
      known.set(host, asked);
      return asked;
    },
    cancel: () => resolver.cancel(),
  };
};

const listOf = async <T>(question: Promise<T[]>): Promise<T[]> => {
  try {
    return await question;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (NOTHING.has(code)) return [];
    throw new TernError('network', `the domain name system does not answer (${code})`, { cause: error });
  }
};
