import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is wrong with a certificate, if anything: it ran out yesterday, or it names another host. */
export type CertificateKind = 'valid' | 'expired' | 'otherHost';

const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * Makes `cert.pem` and `key.pem` in a folder, for 127.0.0.1, localhost and what `hosts` names, and answers the PEM of the authority that signed
 * it, which is made for this one occasion.
 */
export const makeCertificate = (folder: string, kind: CertificateKind, hosts: readonly string[] = []): string => {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const own = ['IP:127.0.0.1', 'DNS:localhost', ...hosts.map((host) => `DNS:${host}`)].join(',');
  const names = kind === 'otherHost' ? 'DNS:other.example.test' : own;
  const days = kind === 'expired' ? '-1' : '30';
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/CN=Test authority');
  openssl(
    'req',
    ...key,
    '-keyout',
    'key.pem',
    '-out',
    'cert.csr',
    '-subj',
    '/CN=test',
    '-addext',
    `subjectAltName=${names}`,
  );
  const sign = ['-req', '-in', 'cert.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy'];
  openssl('x509', ...sign, '-out', 'cert.pem', '-days', days);
  chmodSync(join(folder, 'key.pem'), 0o644);
  return readFileSync(join(folder, 'ca.pem'), 'utf8');
};
