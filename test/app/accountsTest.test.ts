import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ImapConfig } from '../../src-shared/model.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { type SmtpServer, startSmtpServer } from '../servers/smtpServer.ts';
import { type Host, hostFor } from '../support/host.ts';
import { isRunning, until } from '../support/processes.ts';

describe('accounts.test', () => {
  let imap: ImapServer;
  let smtp: SmtpServer;
  before(async () => {
    [imap, smtp] = await Promise.all([startImapServer(), startSmtpServer()]);
  });
  beforeEach(() => {
    imap.trouble.reset();
    imap.forgetCommands();
  });
  after(() => Promise.all([imap.stop(), smtp.stop()]));
  const input = (password = 'secret') => ({
    email: 'alice@example.test',
    config: { ...(imap.config as ImapConfig), smtp: smtp.config },
    credential: { type: 'password' as const, username: 'alice@example.test', password },
  });
  /** A trial that hangs at its server, and its process. */
  const hanging = async (host: Host): Promise<{ worker: number; answer: Promise<unknown> }> => {
    imap.forgetCommands();
    imap.trouble.hang();
    const answer = host.call('accounts.test', null, input()).catch((error: unknown) => error);
    await until('the server was asked', () => imap.commands.length > 0);
    const [worker] = host.workers();
    assert.ok(worker !== undefined);
    return { worker, answer };
  };

  it('answers from a process that has no database and is gone then; nothing is stored', async (t) => {
    const host = hostFor(t);
    const answer = await host.call('accounts.test', null, input());
    assert.deepEqual(
      answer.legs.map(({ leg, ok }) => [leg, ok]),
      [
        ['imap', true],
        ['smtp', true],
      ],
    );
    await assert.rejects(
      host.call('accounts.test', null, input('wrong')),
      (error: { detail?: { legs?: unknown[] } }) => {
        assert.deepEqual([error.detail?.legs?.length, 'kind' in error && error.kind], [2, 'auth']);
        return true;
      },
    );
    assert.deepEqual([host.workers(), (await host.call('accounts.list', null, {})).accounts], [[], []]);
    assert.deepEqual(readdirSync(host.dataDir, { recursive: true }), ['accounts', 'host.lock']);
    const credential = { type: 'oauth' as const, handle: 'x' };
    await assert.rejects(host.call('accounts.test', null, { ...input(), credential }), {
      kind: 'notFound',
      field: 'credential.handle',
    });

    const { worker, answer: cut } = await hanging(host);
    assert.equal(await host.end(), 0);
    assert.equal(((await cut) as { kind?: string }).kind, 'cancelled');
    assert.ok(!isRunning(worker));
  });

  it('ends with a host that is killed', async (t) => {
    const host = hostFor(t);
    const { worker, answer } = await hanging(host);
    await host.kill();
    await answer;
    await until('its process is gone', () => !isRunning(worker));
  });
});
