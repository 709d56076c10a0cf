import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browse } from '../../electron/links.ts';
import { authServerFor } from '../servers/authServer.ts';
import { dataFolder } from '../support/host.ts';
import { createStandIn } from './standIn.ts';
import { startProgram } from './world.ts';

describe('signing in by a provider, in the desktop program', () => {
  it('opens the page in the system browser, if it is https', async (t) => {
    const { electron, opened } = createStandIn(dataFolder(t));
    await browse(electron, 'https://accounts.example.org/authorize?state=x');
    assert.deepEqual(opened, ['https://accounts.example.org/authorize?state=x']);
    for (const url of ['http://127.0.0.1/', 'http://example.org/', 'file:///etc/passwd', 'ms-settings:'])
      await assert.rejects(browse(electron, url), { kind: 'forbidden' }, url);
    assert.equal(opened.length, 1);
  });

  it('tells whoever asked when it cannot be opened, and shows the window no page', async (t) => {
    const server = await authServerFor(t, { registers: true });
    const { stand, page } = await startProgram(t);
    const place = { host: '127.0.0.1', port: 1, security: 'none' };
    const candidate = {
      config: { protocol: 'imap', imap: place, smtp: place },
      username: 'alice@example.test',
      source: 'autoconfig',
      auth: ['oauth'],
      issuer: server.issuer,
    };
    const { error } = await page.call('accounts.signIn', null, { candidate });
    assert.equal(error?.kind, 'unsupported', 'its page is http: the server is on this machine');
    assert.deepEqual(stand.opened, []);
    assert.deepEqual(
      page.heard.filter(({ event }) => event === 'browse'),
      [],
    );
  });
});
