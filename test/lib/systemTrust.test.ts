import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { getCACertificates, rootCertificates } from 'node:tls';
import { trustSystem } from '../../src-main/lib/systemTrust.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { cleanUp, dataFolder } from '../support/host.ts';

it('a program may be told of an authority beside those of the system, and keeps those that are well known', async (t) => {
  const folder = dataFolder(t);
  makeCertificate(folder, 'valid');
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)));
  const server = createServer({ key, cert }, (_request, response) => response.end('well'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(t, () => server.close().closeAllConnections());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  trustSystem(undefined);
  await assert.rejects(
    fetch(url),
    ({ cause }: Error) => (cause as NodeJS.ErrnoException).code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  );
  trustSystem(join(folder, 'ca.pem'));
  assert.equal(await (await fetch(url)).text(), 'well');
  const printOf = (pem: string): string => new X509Certificate(pem).fingerprint256;
  const trusted = new Set(getCACertificates('default').map(printOf));
  const known = [...rootCertificates, ...getCACertificates('system')].map(printOf);
  assert.deepEqual(
    known.filter((each) => !trusted.has(each)),
    [],
  );
  assert.throws(() => trustSystem(join(folder, 'none.pem')), { code: 'ENOENT' });
});
