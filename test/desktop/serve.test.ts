import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { serveApp } from '../../src-main/desktop/serve.ts';
import { createTickets } from '../../src-main/web/tickets.ts';
import { dataFolder } from '../support/host.ts';

const served = (t: TestContext) => {
  const folder = dataFolder(t);
  const page = join(folder, 'renderer');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), 'page');
  writeFileSync(join(page, 'assets/app.js'), 'code');
  writeFileSync(join(page, 'assets/app.js.map'), 'map');
  writeFileSync(join(folder, 'outside.js'), 'secret');
  symlinkSync(join(folder, 'outside.js'), join(page, 'link.js'));
  const serve = serveApp(page, createTickets());
  // As a page may send it: `Request` would tidy the path.
  return (url: string, method = 'GET') => serve({ url, method });
};

describe('the address tern-app:', () => {
  it('gives the built files, with the policy that they are run under', async (t) => {
    const get = served(t);
    const page = await get('tern-app://app/index.html');
    assert.equal(await page.text(), 'page');
    const policy = page.headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'none'",
      "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.includes(rule), rule);
    assert.doesNotMatch(policy, /unsafe/);
    const code = await get('tern-app://app/assets/app.js?v=1');
    assert.deepEqual([await code.text(), code.headers.get('content-type')], ['code', 'text/javascript; charset=utf-8']);
    assert.equal(code.headers.get('x-content-type-options'), 'nosniff');
  });

  it('gives nothing else, however it is asked for', async (t) => {
    const get = served(t);
    const paths = [
      '',
      '/',
      '/assets',
      '/assets/app.js.map',
      '/link.js',
      '/outside.js',
      '/../outside.js',
      '/%2e%2e/outside.js',
    ];
    const odd = [
      '/..%2foutside.js',
      '/assets/..%5c..%5coutside.js',
      '/index.html%00',
      '//index.html',
      '/once/x',
      '/INDEX.HTML',
    ];
    for (const path of [...paths, ...odd]) assert.equal((await get(`tern-app://app${path}`)).status, 404, path);
    assert.equal((await get('tern-app://other/index.html')).status, 403);
    assert.equal((await get('tern-app://app/index.html', 'POST')).status, 403);
  });
});
