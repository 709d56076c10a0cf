import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createBackend } from '../../../src-main/backend.ts';
import { createNodePlatform } from '../../../src-main/platformNode.ts';
import type { Credential } from '../../../src-shared/model.ts';
import { authServerFor } from '../../servers/authServer.ts';
import { cleanUp, dataFolder } from '../../support/host.ts';
import { candidateAt } from './rig.ts';

const backendFor = async (t: TestContext, openExternal: (url: string) => Promise<void>) => {
  const server = await authServerFor(t);
  const events: string[] = [];
  const platform = { ...createNodePlatform(dataFolder(t)), openExternal };
  const backend = createBackend(platform, (name) => events.push(name));
  cleanUp(t, () => backend.close());
  const { signal: always } = new AbortController();
  const set = (oauthClients: object) =>
    backend.call({ call: 'settings.set', account: null, input: { oauthClients } }, always);
  await set({ [server.issuer]: { clientId: server.clientId } });
  const signIn = (signal = new AbortController().signal) =>
    backend.call({ call: 'accounts.signIn', input: { candidate: candidateAt(server.issuer) } }, signal);
  return { server, events, set, signIn };
};

describe('OA1: a host with a desktop', () => {
  it('opens the page by itself, as the client that the person entered, and tells nobody of it', async (t) => {
    let visited: Promise<unknown> = Promise.resolve();
    const b = await backendFor(t, async (url) => {
      visited = b.server.visit(url, 'alice@example.test');
    });
    const { credential } = (await b.signIn()) as { credential: Credential };
    await visited;
    assert.deepEqual(Object.keys(credential), ['type', 'handle']);
    assert.deepEqual(b.events, []);
    await b.set({ [b.server.issuer]: null });
    await assert.rejects(b.signIn(), { kind: 'unsupported', detail: { provider: b.server.issuer } });
  });

  it('that cannot open it says so at once, and one who calls may give up', async (t) => {
    const b = await backendFor(t, async () => Promise.reject(new Error('no browser')));
    await assert.rejects(b.signIn(), { kind: 'unsupported', message: /browser of this computer/ });
    const control = new AbortController();
    const c = await backendFor(t, async () => control.abort());
    await assert.rejects(c.signIn(control.signal), { kind: 'cancelled' });
  });
});
