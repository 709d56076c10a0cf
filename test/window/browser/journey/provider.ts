import { fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { thriftyFlags, workerEnv } from '../../../../src-main/lib/workerSettings.ts';
import type { Platform, WorkerEnd, WorkerProcess } from '../../../../src-main/platform.ts';
import { createNodePlatform } from '../../../../src-main/platformNode.ts';
import { portOfChild } from '../../../../src-main/rpc/port.ts';
import { makeCertificate } from '../../../servers/certificates.ts';
import { startDnsServer } from '../../../servers/dns/dnsServer.ts';
import { type Proxy, startProxy } from '../../../servers/proxy.ts';

/** What a provider offers, by the service's name in SRV records, without the '_' (RFC 6186, RFC 8314, RFC 8620), and the port of this machine behind it. */
export type Services = Partial<Record<'jmap' | 'imaps' | 'submissions', number>>;

/** A provider on the internet of a test: its domain's records lead to a host that speaks TLS, over a line that can be cut. */
export type Provider = {
  /** The platform of a backend that lives in that internet: its discovery asks that name server, and so do its workers. */
  platform(dataDir: string): Platform;
  /** Process ids of the workers that it started and that still run. */
  workers(): number[];
  /** The port of this machine that a service has without TLS, over the same line: for who cannot live in that internet. */
  plain: Services;
  /** Nobody gets through any more, and who was through is thrown out. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  stop(): Promise<void>;
};

/** An address of the internet that belongs to nobody who listens. */
const ADDRESS = '11.0.0.1';
const workerEntry = fileURLToPath(new URL('../../../../src-main/worker.ts', import.meta.url));
const names = fileURLToPath(new URL('./names.ts', import.meta.url));
const neither = { asks: () => false, changes: () => false };

/** Ends TLS before a port. */
const startTls = async (port: number, identity: { cert: string; key: string }) => {
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer(identity, (socket) => {
    const behind = connect(port, '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => (sockets.delete(one), other.destroy()));
    }
  });
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: (): void => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** Workers as plain Node has them, in the internet of the test. */
const spawnIn = (env: Record<string, string>, pids: Set<number>): WorkerProcess => {
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
  const execArgv = [...thriftyFlags, '--import', names];
  const child = fork(workerEntry, [], {
    env: { ...workerEnv(process.env), ...env },
    stdio,
    serialization: 'advanced',
    execArgv,
  });
  const pid = child.pid ?? 0;
  pids.add(pid);
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      pids.delete(pid);
      resolve({ clean: code === 0, reason: signal ?? `exit code ${code}` });
    });
  });
  return { port: portOfChild(child), ended, kill: () => void child.kill('SIGKILL') };
};

/** Puts a domain and its one host, `mail.DOMAIN`, before services of this machine. This process trusts its certificate. */
export const startProvider = async (domain: string, services: Services): Promise<Provider> => {
  const host = `mail.${domain}`;
  const folder = mkdtempSync(join(tmpdir(), 'tern-provider-'));
  const ca = makeCertificate(folder, 'valid', [host]);
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name), 'utf8')) as [
    string,
    string,
  ];
  const dns = await startDnsServer();
  dns.add({ type: 'A', name: host, address: ADDRESS });
  const pids = new Set<number>();
  const lines: Proxy[] = [];
  const ends: { stop(): unknown }[] = [dns];
  const plain: Services = {};
  for (const [service, target] of Object.entries(services)) {
    const bare = await startProxy(target, neither);
    const tls = await startTls(target, { cert, key });
    const line = await startProxy(tls.port, neither);
    lines.push(bare, line);
    ends.push(bare, line, tls);
    plain[service as keyof Services] = bare.port;
    dns.add({ type: 'SRV', name: `_${service}._tcp.${domain}`, priority: 0, weight: 1, port: line.port, host });
  }
  const env = { TERN_TEST_NAMES: `127.0.0.1:${dns.port}`, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
  return {
    platform: (dataDir) => ({
      ...createNodePlatform(dataDir),
      testNetwork: {
        nameServer: env.TERN_TEST_NAMES,
        route: (_address, port) => ({ address: '127.0.0.1', port }),
      },
      spawnWorker: () => spawnIn(env, pids),
    }),
    workers: () => [...pids],
    plain,
    cut: async () => void (await Promise.all(lines.map((line) => line.refuse(true)))),
    mend: async () => void (await Promise.all(lines.map((line) => line.refuse(false)))),
    stop: async () => {
      for (const each of ends) await each.stop();
      rmSync(folder, { recursive: true });
    },
  };
};
