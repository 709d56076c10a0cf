import { TernError } from '../src-shared/errors.ts';
import type { TestNetwork } from './platform.ts';

/** Nobody listens there. */
const CLOSED = 9;

/**
 * The network that a test puts in place of the internet: names are asked of the port TERN_TEST_DNS of this machine, and a
 * connection to any address goes to the port of this machine that TERN_TEST_PORTS names for the one it was for, as in
 * `443:8443,993:8993`; to no other. Undefined without TERN_TEST_DNS. Throws `invalid`.
 */
export const testNetworkOf = (env: NodeJS.ProcessEnv): TestNetwork | undefined => {
  const dns = env['TERN_TEST_DNS'];
  if (dns === undefined) return undefined;
  const pairs = (env['TERN_TEST_PORTS'] ?? '').split(',').filter((pair) => pair !== '');
  if (!/^\d+$/.test(dns) || !pairs.every((pair) => /^\d+:\d+$/.test(pair)))
    throw new TernError('invalid', 'TERN_TEST_DNS is a port, TERN_TEST_PORTS are pairs of ports: 443:8443,993:8993');
  const ports = new Map(pairs.map((pair) => pair.split(':').map(Number) as [number, number]));
  return {
    nameServer: `127.0.0.1:${dns}`,
    route: (_address, port) => ({ address: '127.0.0.1', port: ports.get(port) ?? CLOSED }),
  };
};
