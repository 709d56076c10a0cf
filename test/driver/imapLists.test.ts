import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startImapStub } from '../support/imapStub.ts';
import { syncedWorld } from '../support/worldImap.ts';

describe('I1: a list that is not whole', () => {
  const inbox = ['* LIST () "/" INBOX', '* STATUS INBOX (MESSAGES 10 UIDNEXT 11 UIDVALIDITY 1001 UNSEEN 10)'];
  /** A server that lists INBOX alone, and answers so for any other mailbox that is asked for by its name. */
  const after = async (t: TestContext, status: (name: string) => string[]): Promise<string[]> => {
    const w = await syncedWorld(t);
    const stub = await startImapStub(w, {
      answer: ({ verb, line }) => {
        if (verb === 'LIST') return inbox;
        return verb === 'STATUS' ? status(/^STATUS "?([^" ]+)/.exec(line)?.[1] ?? '') : null;
      },
    });
    w.account.config = stub.configOf(w.account.config);
    await w.restart();
    await w.sync();
    return Object.keys(w.view().mailboxes).toSorted();
  };

  it('takes away no mailbox that answers to its name as it was', async (t) => {
    const names = ['INBOX', 'Archive', 'Drafts', 'Sent', 'Junk', 'Trash'];
    const status = (name: string): string[] => [
      `* STATUS ${name} (MESSAGES 0 UIDNEXT 1 UIDVALIDITY ${1001 + names.indexOf(name)} UNSEEN 0)`,
    ];
    assert.deepEqual(await after(t, status), ['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash']);
  });

  it('takes away those that are another one by now', async (t) => {
    const status = (name: string): string[] => [`* STATUS ${name} (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9 UNSEEN 0)`];
    assert.deepEqual(await after(t, status), ['INBOX']);
  });
});
