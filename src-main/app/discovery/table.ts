import { TernError } from '../../../src-shared/errors.ts';
import { jmapCandidate, mailCandidate } from './candidates.ts';
import type { Look, Probe, Wanted } from './ports.ts';
import { type Provider, providerOf } from './providers.ts';

const bridge = 'Proton Mail is read through its program Bridge on this machine: enter by hand what that shows';
const tuta = 'Tuta has no way for other programs to read its mail';
/** Providers of mail that no other program can read by itself, and what their people have to know. */
const closed = new Map([
  ...['proton.me', 'protonmail.ch', 'protonmail.com', 'pm.me'].map((domain) => [domain, bridge] as const),
  ...['keemail.me', 'tuta.com', 'tuta.io', 'tutamail.com', 'tutanota.com', 'tutanota.de'].map(
    (domain) => [domain, tuta] as const,
  ),
]);

/** What the table says of the address's own domain. */
export const tableProbe = (wanted: Wanted): Probe => ({
  source: 'table',
  target: wanted.domain,
  look: async () => {
    const provider = providerOf(wanted.domain);
    if (provider) return providerFinding('table', provider, wanted);
    throw new TernError('notFound', closed.get(wanted.domain) ?? 'not among the providers that Tern knows');
  },
});

/** The ways to a provider's mail. */
export const providerFinding = (source: 'table' | 'mx', provider: Provider, wanted: Wanted): Look => {
  const { jmap, imap, smtp, auth = ['password'] } = provider;
  const username = provider.username === 'local' ? wanted.local : wanted.email;
  const learned = { source, wanted, auth };
  return {
    findings: [
      ...(jmap ? [{ candidate: jmapCandidate({ ...learned, auth: jmap.auth ?? auth }, new URL(jmap.url)) }] : []),
      { candidate: mailCandidate(learned, { imap, smtp }, { username }) },
    ],
  };
};
