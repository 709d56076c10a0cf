// Loaded into a worker before anything of it: every name that the name server of a test knows is this very machine, and no
// other name exists. The worker itself knows nothing of it, and asks for names as it always does.
import dns, { type LookupAddress, type LookupOptions } from 'node:dns';

type Found = (error: NodeJS.ErrnoException | null, address?: string | LookupAddress[], family?: number) => void;

const resolver = new dns.promises.Resolver();
resolver.setServers([process.env['TERN_TEST_NAMES'] ?? '127.0.0.1:9']);

const lookup = (host: string, options: LookupOptions, found: Found): void => {
  const here = { address: '127.0.0.1', family: 4 };
  resolver.resolve4(host).then(
    () => (options.all ? found(null, [here]) : found(null, here.address, here.family)),
    () => found(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })),
  );
};
Object.assign(dns, { lookup });
