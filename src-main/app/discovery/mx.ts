import { TernError } from '../../../src-shared/errors.ts';
import { raceSignal } from '../../lib/async.ts';
import { hosterProbe, ispdbProbe } from './autoconfig.ts';
import { hostName, registrableDomain } from './hosts.ts';
import type { Ports, Probe, Wanted } from './ports.ts';
import { providerByMx } from './providers.ts';
import { providerFinding } from './table.ts';

/** More hosts than anybody has that take mail for one domain. */
const MOST_EXCHANGES = 10;

/** Who takes the mail of a domain may be who keeps it: in our table, or with a file of its own. */
export const mxProbe = (ports: Ports, wanted: Wanted, ispdb: boolean): Probe => ({
  source: 'mx',
  target: wanted.domain,
  look: async (signal) => {
    const records = await raceSignal(ports.resolver.mx(wanted.domain), signal);
    const exchanges = records.slice(0, MOST_EXCHANGES).flatMap((name) => hostName(name) ?? []);
    const [first] = exchanges;
    if (first === undefined)
      throw new TernError(
        'notFound',
        records.length > 0 ? 'says that it takes no mail' : 'names nobody who takes its mail',
      );
    const provider = exchanges.map(providerByMx).find((each) => each !== null);
    if (provider) return providerFinding('mx', provider, wanted);
    const hosters = hostersOf(first).filter((domain) => domain !== wanted.domain);
    if (hosters.length === 0) throw new TernError('notFound', 'takes its mail itself');
    return {
      reason: `its mail is taken by ${hosters.join(', ')}`,
      more: hosters.flatMap((domain) => [
        hosterProbe(ports, wanted, domain),
        ...(ispdb ? [ispdbProbe(ports, wanted, domain)] : []),
      ]),
    };
  },
});

/** The domain above an exchange, where that says more, and the one that was registered. */
const hostersOf = (exchange: string): string[] => {
  const base = registrableDomain(exchange);
  const above = exchange.slice(exchange.indexOf('.') + 1);
  return above.length > base.length ? [above, base] : [base];
};
