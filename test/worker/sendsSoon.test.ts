import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start } from '../servers/jmap/testClient.ts';
import { addSynced, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

describe('what a person changes, through the host', () => {
  it('goes to the server at once when it is submitted, undone or tried again, and nobody asks for a cycle', async (t) => {
    const server = await start(t);
    const [remote = ''] = await server.deliver([{ subject: 'one' }]);
    const host = hostFor(t);
    const account = await addSynced(host, server);
    const isFlagged = async (): Promise<boolean> =>
      (await server.truth()).emails[remote]?.keywords.includes('$flagged') === true;
    const [email] = (await host.call('emails.list', account, {})).emails;
    assert.ok(email);
    const flag = { type: 'keywords' as const, emails: [email.id], patch: { $flagged: true as const } };
    const { ids } = await host.call('changes.submit', account, { changes: [flag] });
    await until('the flag', isFlagged);
    await host.call('sync.now', account, {});
    await host.call('changes.undo', account, { ids });
    await until('it to be taken away', async () => !(await isFlagged()));

    server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    const again = await host.call('changes.submit', account, { changes: [flag] });
    await host.call('sync.now', account, {});
    assert.equal((await host.call('changes.list', account, {})).changes[0]?.state, 'failed');
    server.trouble.reset();
    await host.call('changes.retry', account, again);
    await until('the flag', isFlagged);
  });
});
