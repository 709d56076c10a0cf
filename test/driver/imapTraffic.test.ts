import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { LoggedCommand } from '../servers/imap/traffic.ts';
import { type ImapWorld, imapWorld, letters, remoteIdOf } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

/** A long day of two clients; every kind of change, here and elsewhere, and a few accidents. */
const longDay = async (w: ImapWorld): Promise<void> => {
  const { server } = w;
  const idIn = (path: string, uid: number): string => server.emailAt(path, uid) ?? '';
  const remote = (...uids: number[]): string[] => uids.map((uid) => remoteIdOf(w, idIn('INBOX', uid)));
  const [inbox, archive] = [server.mailboxId('inbox'), server.mailboxId('archive')];
  await w.expectTrue();
  w.submit({ type: 'keywords', emails: remote(1, 2, 3), patch: { $seen: true, work: true } });
  w.submit({ type: 'keywords', emails: remote(2), patch: { $seen: null } });
  await w.expectTrue();
  await server.setKeywords([idIn('INBOX', 30)], { $deleted: true });
  w.submit({ type: 'mailboxes', emails: remote(4, 5), patch: { Archive: true, INBOX: null } });
  w.submit({ type: 'mailboxes', emails: remote(6), patch: { Archive: true } });
  w.submit({ type: 'delete', emails: remote(7) });
  w.submit({ type: 'destroy', emails: remote(8, 9) });
  await w.expectTrue();
  w.submit({ type: 'mailbox', op: 'create', name: 'Made' });
  await w.expectTrue();
  w.submit({ type: 'mailboxes', emails: remote(10, 11), patch: { Made: true, INBOX: null } });
  w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Made', name: 'Made anew' });
  await w.expectTrue();
  await server.setMailboxes([idIn('INBOX', 12)], { [archive]: true, [inbox]: null });
  await server.deliver(letters(5, (n) => ({ subject: `late ${n}` })));
  await server.destroy([idIn('INBOX', 13)]);
  await w.expectTrue();
  w.submit({ type: 'destroy', emails: remote(14) });
  server.trouble.fail('UID STORE', { kind: 'no', code: 'INUSE' });
  await w.sync();
  await w.clock.advance(6_000);
  await w.until(() => w.changes().length === 0, 'the second attempt');
  w.submit({ type: 'mailboxes', emails: remote(15), patch: { Archive: true, INBOX: null } });
  server.trouble.drop();
  await w.sync();
  await w.until(() => w.changes().length === 0, 'the move');
  server.trouble.renumber(archive);
  await w.expectTrue();
  w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Made', onDestroyRemoveEmails: true });
  await w.expectTrue();
  await server.setKeywords([idIn('INBOX', 30)], { $deleted: null });
  await w.expectTrue();
};

/** Why each command that writes or opens may be sent; what has no reason. */
const faultsIn = (commands: readonly LoggedCommand[]): string[] => {
  const open = new Map<number, { line: string; used: boolean }>();
  const faults: string[] = [];
  for (const { verb, line, tag, connection } of commands) {
    const text = line.slice(tag.length + 1);
    if (['EXPUNGE', 'CLOSE', 'STORE', 'COPY', 'MOVE', 'FETCH', 'SEARCH'].includes(verb))
      faults.push(`${text}: not by UID`);
    if (verb === 'UID STORE' && !/ [+-](FLAGS|X-GM-LABELS)(\.SILENT)? /.test(text))
      faults.push(`${text}: replaces flags`);
    if (/ BODY\[/.test(text)) faults.push(`${text}: marks as read`);
    const before = open.get(connection);
    if (verb === 'SELECT' || verb === 'EXAMINE') {
      if (before && !before.used) faults.push(`${before.line}: for nothing, then ${text}`);
      if (before?.used && before.line === text) faults.push(`${text}: was open already`);
      open.set(connection, { line: text, used: / \(QRESYNC /.test(text) });
    } else if (verb === 'LIST' && (before?.used || before?.line === 'EXAMINE "INBOX"')) {
      // A server without UNSELECT: any other is left for INBOX, which is opened again only to be told what is new.
      open.delete(connection);
    } else if (verb === 'UNSELECT') {
      if (before && !before.used) faults.push(`${before.line}: for nothing`);
      open.delete(connection);
    } else if (before && (verb.startsWith('UID ') || verb === 'IDLE')) before.used = true;
    // Opened instead of the one that goes, where there is no UNSELECT.
    else if (before && (verb === 'DELETE' || verb === 'RENAME')) before.used = true;
  }
  return faults;
};

describe('I8: all that Tern sends over a long day', () => {
  for (const set of ['full', 'noQresync', 'noCondstore', 'noMove', 'bare', 'objectId'] as const)
    it(`on a server that can ${set}: no EXPUNGE, no CLOSE, no replaced flags, nothing opened for nothing`, async (t) => {
      const w = await imapWorld(t, { mails: 40, capabilities: capabilitySets[set] });
      await longDay(w);
      assert.deepEqual(faultsIn(w.server.commands), []);
      assert.deepEqual(queue(w), []);
      assert.ok(w.server.connections.most <= 3);
      assert.ok(w.server.emailAt('INBOX', 30), 'what another client marked is still there');
      const selects = w.server.countCommands('SELECT');
      assert.ok(selects <= 14, `${selects} times SELECT`);
    });
});
