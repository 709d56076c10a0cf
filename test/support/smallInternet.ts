import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TestNetwork } from '../../src-main/platform.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { type DnsServer, startDnsServer } from '../servers/dns/dnsServer.ts';
import { createPages, type Identity, type Ready, type Service, startInternetServers } from './internetServers.ts';

/** The internet as discovery sees it: a name server, hosts, and what was asked of whom. */
export type SmallInternet = {
  readonly dns: DnsServer;
  readonly network: TestNetwork;
  /** Folder with `ca.pem`, who vouches for all trusted hosts. */
  readonly folder: string;
  /** Adds a host with addresses of the internet; default: one that no other host has. */
  host(name: string, services: readonly Service[], addresses?: readonly string[]): Promise<void>;
  /** Where connections were to go, as `address:port`. */
  readonly dialled: readonly string[];
  readonly requests: ReturnType<typeof createPages>['requests'];
  /** Every line that mail servers heard. */
  heard(): string[];
  /** The port of this machine behind a server that stands ready, or behind pages. */
  portOf(what: Ready | 'pages'): number;
  stop(): Promise<void>;
};

/** Nobody listens there. */
const CLOSED = 9;

/** A certificate for these hosts, its folder, and the authority that vouches for it. */
const identityFor = (hosts: readonly string[]): { folder: string; ca: string; identity: Identity } => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-internet-'));
  const ca = makeCertificate(folder, 'valid', hosts);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { folder, ca, identity: { cert: read('cert.pem'), key: read('key.pem') } };
};

/** Starts a small internet. This process trusts it with the hosts named. */
export const startSmallInternet = async (hosts: readonly string[]): Promise<SmallInternet> => {
  const [trusted, nobody] = [identityFor(hosts), identityFor(hosts)];
  setDefaultCACertificates([...getCACertificates('default'), trusted.ca]);
  const pages = createPages();
  const dns = await startDnsServer();
  const servers = await startInternetServers(pages, trusted.identity, nobody.identity);
  const routes = new Map<string, number>();
  const dialled: string[] = [];
  let count = 0;
  return {
    dns,
    folder: trusted.folder,
    dialled,
    requests: pages.requests,
    network: {
      nameServer: `127.0.0.1:${dns.port}`,
      route: (address, port) => {
        dialled.push(`${address}:${port}`);
        return { address: '127.0.0.1', port: routes.get(`${address}:${port}`) ?? CLOSED };
      },
    },
    host: async (name, services, addresses = [`11.0.${++count >> 8}.${count & 0xff}`]) => {
      for (const address of addresses) dns.add({ type: address.includes(':') ? 'AAAA' : 'A', name, address });
      for (const service of services) {
        const behind = await servers.portBehind(service);
        for (const address of addresses) routes.set(`${address}:${service.port}`, behind);
        if ('pages' in service) pages.pages.set(service.port === 443 ? name : `${name}:${service.port}`, service.pages);
      }
    },
    heard: servers.heard,
    portOf: (what) => servers.ports[what],
    stop: async () => {
      await Promise.all([dns.stop(), servers.stop()]);
      for (const { folder } of [trusted, nobody]) rmSync(folder, { recursive: true });
    },
  };
};
