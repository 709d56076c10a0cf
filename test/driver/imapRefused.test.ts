import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorKind } from '../../src-shared/errors.ts';
import { type ImapWorld, namesUid, remoteIdOf, restingWorld, syncedWorld } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

const remote = (w: ImapWorld, ...uids: number[]): string[] =>
  uids.map((uid) => remoteIdOf(w, w.server.emailAt('INBOX', uid) ?? ''));

const passing: [code: string | undefined, kind: ErrorKind][] = [
  ['UNAVAILABLE', 'server'],
  ['INUSE', 'server'],
  ['LIMIT', 'rateLimited'],
  ['SERVERBUG', 'server'],
  ['CONTACTADMIN', 'server'],
  ['ALERT', 'server'],
  ['X-NOBODY-KNOWS', 'server'],
  [undefined, 'server'],
];
const lasting: [code: string, kind: ErrorKind][] = [
  ['NONEXISTENT', 'notFound'],
  ['TRYCREATE', 'notFound'],
  ['NOPERM', 'forbidden'],
  ['CANNOT', 'unsupported'],
  ['ALREADYEXISTS', 'conflict'],
  ['OVERQUOTA', 'quota'],
];
const blocking: [code: string, kind: ErrorKind][] = [
  ['AUTHENTICATIONFAILED', 'auth'],
  ['AUTHORIZATIONFAILED', 'auth'],
  ['EXPIRED', 'auth'],
  ['PRIVACYREQUIRED', 'tls'],
];

describe('I8: NO to a change', () => {
  for (const [code, kind] of passing)
    it(`with ${code ?? 'no code'} passes: tried again, as an attempt`, async (t) => {
      const w = await restingWorld(t);
      w.submit({ type: 'keywords', emails: remote(w, 1), patch: { $seen: true } });
      w.server.trouble.fail('UID STORE', { kind: 'no', ...(code ? { code } : {}), text: 'not now' });
      await w.sync();
      assert.deepEqual(queue(w), [`keywords queued 1 ${kind}`]);
      await w.clock.advance(6_000);
      await w.until(() => w.changes().length === 0, 'the second attempt');
      await w.expectTrue();
    });

  for (const [code, kind] of lasting)
    it(`with ${code} is the end for that email alone`, async (t) => {
      const w = await restingWorld(t);
      w.submit({ type: 'keywords', emails: remote(w, 1, 2, 3), patch: { $seen: true } });
      w.server.trouble.fail(
        ({ verb, line }) => verb === 'UID STORE' && /STORE (1:)?[23]/.test(line),
        { kind: 'no', code },
        99,
      );
      await w.expectTrue();
      assert.equal(queue(w)[0]?.startsWith('keywords failed 0'), true, queue(w).join());
      assert.equal(w.changes()[0]?.error?.kind, kind);
      assert.deepEqual(Object.values(w.view().emails).filter(({ keywords }) => keywords.includes('$seen')).length, 1);
    });

  it('BAD is the end for that email alone', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'keywords', emails: remote(w, 1), patch: { $seen: true } });
    w.server.trouble.fail('UID STORE', { kind: 'bad', text: 'What?' }, 9);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 server']);
  });

  for (const [code, kind] of blocking)
    it(`with ${code} blocks the account, and the change waits`, async (t) => {
      const w = await restingWorld(t);
      w.submit({ type: 'keywords', emails: remote(w, 1), patch: { $seen: true } });
      w.server.trouble.fail('UID STORE', { kind: 'no', code });
      const { error } = await w.sync();
      assert.equal(error?.kind, kind);
      assert.equal(w.engine.status().phase, 'blocked');
      assert.deepEqual(
        queue(w).map((line) => line.split(' ')[1]),
        ['queued'],
      );
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
    });

  it('five times in a row is the end', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'keywords', emails: remote(w, 1), patch: { $seen: true } });
    w.server.trouble.fail('UID STORE', { kind: 'no', code: 'INUSE' }, 99);
    await w.sync();
    for (const wait of [6_000, 31_000, 121_000, 601_000]) {
      const before = w.changes()[0]?.attempts ?? 0;
      await w.clock.advance(wait);
      await w.until(() => (w.changes()[0]?.attempts ?? 9) > before, `attempt ${before + 1}`);
    }
    assert.deepEqual(queue(w), ['keywords failed 5 server']);
  });

  it('of one among many is found by halving, and the others go through', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'destroy', emails: remote(w, 1, 2, 3, 4, 5, 6, 7, 8) });
    w.server.trouble.fail(
      ({ verb, line }) => verb === 'UID STORE' && namesUid(line.split(' ')[3] ?? '', 5),
      { kind: 'no', code: 'NOPERM' },
      99,
    );
    await w.expectTrue();
    assert.equal(w.view().mailboxes['INBOX']?.totalEmails, 3);
    assert.equal(w.changes()[0]?.error?.kind, 'forbidden');
  });
});

describe('I8: NO to a change of a mailbox', () => {
  for (const [code, kind, state] of [
    ['NOPERM', 'forbidden', 'failed 0'],
    ['CANNOT', 'unsupported', 'failed 0'],
    ['OVERQUOTA', 'quota', 'failed 0'],
    ['INUSE', 'server', 'queued 1'],
    ['SERVERBUG', 'server', 'queued 1'],
  ] as const)
    it(`with ${code} is ${kind}, ${state}`, async (t) => {
      const w = await restingWorld(t);
      w.submit({ type: 'mailbox', op: 'create', name: 'Made' });
      w.server.trouble.fail('CREATE', { kind: 'no', code });
      await w.sync();
      assert.deepEqual(queue(w), [`mailbox ${state} ${kind}`]);
    });
});

describe('I10: what a server says in words', () => {
  const dirt = 'Bad \u001b[31mthing\u0007 \u202egnp.exe\u202c https://evil.test/\u2028';

  for (const [name, go] of [
    ['NO', (w) => w.server.trouble.fail('LIST', { kind: 'no', text: dirt + 'x'.repeat(5000) })],
    ['BAD', (w) => w.server.trouble.fail('LIST', { kind: 'bad', text: dirt })],
    ['BYE', (w) => w.server.trouble.fail('LIST', { kind: 'bye', text: dirt }, 3)],
  ] as [string, (w: ImapWorld) => void][])
    it(`as ${name} is short, one line, without control characters`, async (t) => {
      const w = await syncedWorld(t);
      go(w);
      const { error } = await w.sync();
      assert.ok(error);
      assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.ok(error.message.length < 400, `${error.message.length}`);
      assert.equal(w.cycles().at(-1)?.error?.message, error.message);
      w.server.trouble.reset();
      await w.expectTrue();
    });

  it('as ALERT, or after an OK, decides nothing', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.alert(`${dirt} AUTHENTICATIONFAILED`);
    w.server.trouble.words('[OVERQUOTA] \u001b]0;title\u0007 NO BYE');
    await w.expectTrue();
    await w.expectTrue();
  });
});
