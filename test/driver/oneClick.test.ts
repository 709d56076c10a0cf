import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { postOneClick } from '../../src-main/driver/oneClick.ts';
import { internetAlone, type WebPolicy } from '../../src-main/driver/web.ts';
import { isPublicAddress } from '../../src-main/lib/publicAddress.ts';
import { TernError } from '../../src-shared/errors.ts';
import { freePort } from '../servers/freePort.ts';
import { fakeClock } from '../support/clock.ts';
import { listServer } from '../support/listServer.ts';

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

/** A list's server, and one click that is posted there. */
const siteWith = async (t: TestContext, answer: RequestListener, isTrusted = true) => {
  const { asked, policy } = await listServer(t, answer, isTrusted);
  const clock = fakeClock();
  const post = (address = 'https://lists.example/off?u=1', other: Partial<WebPolicy> = {}): Promise<void> =>
    postOneClick({ clock, policy: { ...policy, ...other } }, address, new AbortController().signal);
  return { asked, clock, post };
};

const takes: RequestListener = (_request, response) => void response.writeHead(200, { 'Set-Cookie': 'a=b' }).end('bye');

describe('one click', () => {
  it('posts what RFC 8058 has, and tells nothing else', async (t) => {
    const site = await siteWith(t, takes);
    await site.post();
    await site.post();
    assert.equal(site.asked.length, 2);
    for (const { headers, ...asked } of site.asked) {
      assert.deepEqual(asked, { method: 'POST', url: '/off?u=1', body: 'List-Unsubscribe=One-Click' });
      assert.deepEqual(Object.keys(headers).toSorted(), [
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
      ]);
      assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
      assert.equal(headers['user-agent'], 'Mozilla/5.0');
    }
  });

  for (const status of [200, 202, 204])
    it(`is taken with ${status}`, async (t) => {
      const site = await siteWith(t, (_request, response) => void response.writeHead(status).end());
      await site.post();
    });

  for (const status of [301, 302, 303, 307, 308, 400, 404, 429, 500])
    it(`is not taken with ${status}, and goes nowhere else`, async (t) => {
      const site = await siteWith(t, (_request, response) =>
        response.writeHead(status, { Location: 'https://lists.example/elsewhere' }).end(),
      );
      await assert.rejects(site.post(), { kind: 'server', detail: { status } });
      assert.equal(site.asked.length, 1);
    });

  it('has 20 seconds', async (t) => {
    const site = await siteWith(t, () => undefined);
    const posted = site.post();
    posted.catch(() => undefined);
    while (site.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await site.clock.advance(20_000);
    await assert.rejects(posted, fails('network'));
  });

  it('does not wait for the end of an answer', async (t) => {
    const site = await siteWith(t, (_request, response) => void response.writeHead(200).write('and so on'));
    await site.post();
  });

  it('goes to nothing but https', async (t) => {
    const site = await siteWith(t, takes);
    for (const address of ['http://lists.example/', 'https://me:word@lists.example/', 'mailto:off@lists.example', 'x'])
      await assert.rejects(site.post(address), fails('forbidden'));
    assert.deepEqual(site.asked, []);
  });

  it('goes to no name that has an address within, too', async (t) => {
    const site = await siteWith(t, takes);
    const isAllowed = (address: string): boolean => address === '127.0.0.1' || isPublicAddress(address);
    const resolve = async (): Promise<string[]> => ['127.0.0.1', '10.0.0.1'];
    await assert.rejects(site.post('https://lists.example/', { isAllowed, resolve }), fails('forbidden'));
    assert.deepEqual(site.asked, []);
  });

  it('goes to the internet alone, on the ports of the web', async (t) => {
    const site = await siteWith(t, takes);
    const isAllowed: WebPolicy['isAllowed'] = (address, port) => internetAlone.isAllowed(address, port);
    for (const address of ['https://127.0.0.1/', 'https://[::1]/', 'https://93.184.216.34:22/'])
      await assert.rejects(site.post(address, { isAllowed }), fails('forbidden'));
    assert.deepEqual(site.asked, []);
  });

  it('tells nothing to a host that cannot prove who it is', async (t) => {
    const site = await siteWith(t, takes, false);
    await assert.rejects(site.post(), fails('tls'));
    assert.deepEqual(site.asked, []);
  });

  it('is not reached where nobody answers', async (t) => {
    const site = await siteWith(t, takes);
    await assert.rejects(
      site.post('https://lists.example/', { ports: { 'http:': 9, 'https:': await freePort() } }),
      fails('network'),
    );
    const resolve = (): Promise<string[]> => Promise.reject(new Error('ENOTFOUND'));
    await assert.rejects(site.post('https://lists.example/', { resolve }), fails('network'));
  });
});
