import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createPlainServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { fetchImage, type RemoteImage } from '../../src-main/driver/remote.ts';
import type { WebPolicy } from '../../src-main/driver/web.ts';
import { isPublicAddress } from '../../src-main/lib/publicAddress.ts';
import { TernError } from '../../src-shared/errors.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { freePort } from '../servers/freePort.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { listening } from '../support/listening.ts';
import { temporaryFolder } from '../support/storeProcess.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\n and the rest', 'latin1');

type Site = {
  address(path: string, host?: string): string;
  seen: { url: string | undefined; headers: Record<string, unknown> }[];
  read(address: string, policy?: Partial<WebPolicy>): Promise<RemoteImage>;
  clock: FakeClock;
  port: number;
};

/** A web server that stands for the internet: every name leads to it. */
const siteWith = async (t: TestContext, answer: RequestListener): Promise<Site> => {
  const seen: Site['seen'] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    answer(request, response);
  });
  const port = await listening(t, server);
  const clock = fakeClock();
  const ports = { 'http:': port, 'https:': await freePort() };
  const here: WebPolicy = { resolve: async () => ['127.0.0.1'], isAllowed: () => true, ports };
  return {
    seen,
    clock,
    port,
    address: (path, host = 'pictures.example') => `http://${host}:${port}${path}`,
    read: (address, policy = {}) =>
      fetchImage({ clock, policy: { ...here, ...policy } }, address, new AbortController().signal),
  };
};

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

describe('B5: a picture from elsewhere', () => {
  it('is read without cookies, referrer or credentials', async (t) => {
    const site = await siteWith(t, (_request, response) =>
      response.writeHead(200, { 'Set-Cookie': 'a=b', 'Content-Type': 'text/html' }).end(png),
    );
    assert.deepEqual(await site.read(site.address('/a.png')), { type: 'image/png', bytes: png });
    await site.read(site.address('/b.png'));
    for (const { headers } of site.seen)
      for (const name of ['cookie', 'referer', 'authorization', 'accept-language'])
        assert.equal(headers[name], undefined);
  });

  it('is what its bytes say, not what its server says: no SVG, no page', async (t) => {
    const site = await siteWith(t, (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'image/png' }).end('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    );
    await assert.rejects(site.read(site.address('/a.png')), fails('forbidden'));
  });

  it('may be up to three redirects away', async (t) => {
    const site = await siteWith(t, ({ url = '' }, response) => {
      const hops = Number(url.slice(1));
      if (hops === 0) response.writeHead(200).end(png);
      else response.writeHead(302, { Location: `/${hops - 1}` }).end();
    });
    assert.equal((await site.read(site.address('/3'))).type, 'image/png');
    await assert.rejects(site.read(site.address('/4')), fails('server'));
  });

  it('is not looked for within: not by a name, not by a redirect, not where one of several addresses is', async (t) => {
    const site = await siteWith(t, (_request, response) =>
      response.writeHead(302, { Location: site.address('/b.png', 'inside.example') }).end(),
    );
    const resolve = async (host: string): Promise<string[]> =>
      host === 'inside.example' ? ['93.184.216.34', '10.0.0.1'] : ['127.0.0.1'];
    const isAllowed = (address: string): boolean => address === '127.0.0.1' || isPublicAddress(address);
    await assert.rejects(site.read(site.address('/a.png'), { resolve, isAllowed }), fails('forbidden'));
    await assert.rejects(
      site.read(site.address('/b.png', 'inside.example'), { resolve, isAllowed }),
      fails('forbidden'),
    );
    assert.equal(site.seen.length, 1);
  });

  for (const address of [
    'file:///etc/passwd',
    'data:image/png;base64,AA==',
    'ftp://host/a.png',
    'http://user:word@host/',
    'x',
  ])
    it(`is not read from ${address}`, async (t) => {
      const site = await siteWith(t, (_request, response) => response.end(png));
      await assert.rejects(site.read(address), fails('forbidden'));
    });

  it('is at most 10 MB', async (t) => {
    const site = await siteWith(t, (_request, response) => {
      response.write(png);
      response.end(Buffer.alloc(10 * 1024 * 1024));
    });
    await assert.rejects(site.read(site.address('/')), fails('tooLarge'));
  });

  it('has 20 seconds', async (t) => {
    const site = await siteWith(t, (_request, response) => void response.write(png));
    const read = site.read(site.address('/'));
    read.catch(() => undefined);
    while (site.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await site.clock.advance(20_000);
    await assert.rejects(read, fails('network'));
  });
});

describe('B5: a picture whose address says http', () => {
  const address = 'http://pictures.example/a.png';
  const httpSite = (t: TestContext) => siteWith(t, (_request, response) => void response.end(png));
  const portsOf = (site: Site, https: number) => ({ ports: { 'http:': site.port, 'https:': https } });

  it('is read over http where nothing listens for https', async (t) => {
    const site = await httpSite(t);
    assert.equal((await site.read(address)).type, 'image/png');
  });

  it('is not read over http where https answers with a certificate that nobody knows', async (t) => {
    const site = await httpSite(t);
    const folder = temporaryFolder(t);
    makeCertificate(folder, 'valid');
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)));
    const https = await listening(t, createTlsServer({ cert, key }));
    await assert.rejects(site.read(address, portsOf(site, https)), fails('tls'));
    assert.deepEqual(site.seen, []);
  });

  it('is not read over http where the other end of https makes no sense, or hangs up', async (t) => {
    const site = await httpSite(t);
    for (const said of ['what?', '']) {
      const https = await listening(
        t,
        createPlainServer((socket) => socket.on('error', () => undefined).end(said)),
      );
      await assert.rejects(site.read(address, portsOf(site, https)), fails('tls'));
    }
    assert.deepEqual(site.seen, []);
  });
});

describe('an address of the internet', () => {
  const inside = [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b::a01:203',
    '64:ff9b::10.1.2.3',
    '64:ff9b:1::808:808',
    '2002:7f00:1::',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    'localhost',
    '',
    '1.2.3',
    '0x7f.1',
  ];
  for (const address of inside)
    it(`is not '${address}'`, () => {
      assert.equal(isPublicAddress(address), false);
    });
  for (const address of [
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
    '64:ff9b::808:808',
  ])
    it(`is ${address}`, () => {
      assert.equal(isPublicAddress(address), true);
    });

  it('is never the number of this machine in another notation', async () => {
    const parts = { clock: fakeClock() };
    const signal = new AbortController().signal;
    for (const host of ['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::1]', '[::ffff:7f00:1]', 'localhost'])
      await assert.rejects(fetchImage(parts, `http://${host}/`, signal), fails('forbidden'));
  });
});
