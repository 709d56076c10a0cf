import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { world } from '../support/world.ts';

describe('J1: the replica of one account', () => {
  it('stays when the session names an account that the server then does not know', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    const before = w.view();
    w.server.trouble.sessionOverride({
      accounts: { shared: { name: 'shared', isPersonal: false, accountCapabilities: null } },
      primaryAccounts: {},
    });
    await w.restart();
    assert.equal((await w.sync()).error?.kind, 'server');
    assert.deepEqual(w.view(), before);
    w.server.trouble.sessionOverride({});
    await w.restart();
    await w.expectTrue();
  });
});
