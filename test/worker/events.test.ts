import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChangeSet } from '../../src-main/store/changeSet.ts';
import { createChangeFeed } from '../../src-main/worker/events.ts';
import type { EventData } from '../../src-shared/events.ts';
import { events } from '../../src-shared/events.ts';
import { start } from '../servers/jmap/testClient.ts';
import { fakeClock } from '../support/clock.ts';
import { addAccount, addSynced, type Host, hostFor } from '../support/host.ts';
import { killHard, until } from '../support/processes.ts';

type Changed = EventData<'changed'>;
const changedOf = (host: Host, account: string): Changed[] =>
  host.events.flatMap((event) => (event.event === 'changed' && event.account === account ? event.data : []));
const seqsOf = (host: Host, account: string): number[] => changedOf(host, account).map(({ seq }) => seq);

describe('events of a running host', () => {
  it('have the form of the contract and name their account', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const host = hostFor(t);
    const account = await addSynced(host, server);
    await until('changed', () => changedOf(host, account).length > 0);
    for (const event of host.events) {
      assert.deepEqual(Object.keys(event), ['event', 'account', 'data']);
      assert.deepEqual(events[event.event].data.parse(event.data), event.data);
      assert.deepEqual([event.account, (event.data as { account?: string }).account], [account, account]);
    }
    assert.deepEqual(new Set(host.events.map(({ event }) => event)), new Set(['phase', 'progress', 'changed']));
  });

  it('changed names rows that can be read already, and counts up by one in each run of a worker', async (t) => {
    const server = await start(t);
    const host = hostFor(t);
    const account = await addSynced(host, server);
    const inbox = (await host.call('mailboxes.list', account, {})).mailboxes.find(({ role }) => role === 'inbox');
    assert.ok(inbox);
    let latest = '';
    for (let round = 0; round < 10; round++) {
      const [remote = ''] = await server.deliver([{ subject: `mail ${round}` }]);
      const seen = seqsOf(host, account).length;
      void host.ask({ call: 'sync.now', account });
      const created = await until(
        'the event',
        () =>
          changedOf(host, account)
            .slice(seen)
            .flatMap(({ emails }) => emails?.created ?? [])[0],
      );
      const { emails, notFound } = await host.call('emails.get', account, { ids: [created] });
      assert.deepEqual([emails[0]?.subject, notFound], [`mail ${round}`, []]);
      assert.ok(
        changedOf(host, account)
          .slice(seen)
          .some(({ mailboxes }) => mailboxes?.includes(inbox.id)),
      );
      assert.ok(
        changedOf(host, account)
          .slice(seen)
          .some(({ threads }) => threads?.includes(emails[0]?.threadId ?? '')),
      );
      latest = remote;
    }
    const seen = seqsOf(host, account).length;
    await server.destroy([latest]);
    await host.call('sync.now', account, {});
    const [gone] = await until('the event', () => {
      const ids = changedOf(host, account)
        .slice(seen)
        .flatMap(({ emails }) => emails?.destroyed ?? []);
      return ids.length > 0 && ids;
    });
    assert.deepEqual((await host.call('emails.get', account, { ids: [gone ?? ''] })).notFound, [gone]);
    const seqs = seqsOf(host, account);
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => index + 1),
    );

    // Another run of the worker counts anew.
    const [worker = 0] = host.workers();
    await killHard(worker);
    await server.deliver([{ subject: 'after the crash' }]);
    // A call that reaches the worker just as it dies is cut off.
    await until('a cycle', async () => (await host.call('sync.now', account, {})).result === 'ok');
    await until('the event', () => seqsOf(host, account).length > seqs.length + 1);
    const later = seqsOf(host, account).slice(seqs.length);
    assert.deepEqual(Object.keys(changedOf(host, account)[seqs.length] ?? {}), ['account', 'seq'], 'read again');
    assert.deepEqual(
      later,
      later.map((_, index) => index + 1),
    );
  });

  it('a cycle that changes nothing announces nothing', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const host = hostFor(t);
    const account = await addSynced(host, server);
    await host.call('sync.now', account, {});
    // What the first sync changed is announced up to a frame later.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const seqs = seqsOf(host, account);
    for (let n = 0; n < 3; n++) await host.call('sync.now', account, {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(seqsOf(host, account), seqs);
  });

  it('a large first sync stays within a frame each, and reads are answered meanwhile', async (t) => {
    const server = await start(t);
    await server.deliver(Array.from({ length: 3_000 }, (_, n) => ({ subject: `mail ${n}` })));
    const host = hostFor(t);
    await host.call('app.info', null, {});
    const started = performance.now();
    const account = await addAccount(host, server);
    const over = new AbortController();
    const synced = host.call('sync.now', account, {}).finally(() => over.abort());
    let reads = 0;
    let slowest = 0;
    while (!over.signal.aborted) {
      const at = performance.now();
      await host.call('emails.list', account, {});
      slowest = Math.max(slowest, performance.now() - at);
      reads++;
    }
    assert.deepEqual(await synced, { result: 'ok' });
    const seconds = (performance.now() - started) / 1000;
    const changed = changedOf(host, account);
    t.diagnostic(
      `${changed.length} events in ${seconds.toFixed(1)} s, ${reads} reads, the slowest ${slowest.toFixed(0)} ms`,
    );
    assert.ok(changed.length <= 63 * seconds + 1, `${changed.length} in ${seconds} s`);
    assert.ok(reads > 10);
    for (const { emails, mailboxes, threads } of changed) {
      const ids = [mailboxes, threads, emails?.created, emails?.updated, emails?.destroyed].flatMap(
        (list) => list ?? [],
      );
      assert.ok(ids.length <= 1000);
    }
    const progress = host.events.flatMap((event) => (event.event === 'progress' ? event.data : []));
    const counts = progress.map((event) => event.done);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
      'progress only grows',
    );
    assert.ok(progress.every((event) => event.done <= event.total));
    assert.equal(counts.at(-1), 3_000);
  });
});

describe('the change feed', () => {
  const feedOf = () => {
    const clock = fakeClock();
    const told: { at: number; data: Changed }[] = [];
    const feed = createChangeFeed('a', clock, (_, data) => told.push({ at: clock.monotonic(), data }));
    const [first] = told.splice(0);
    const change = (fill: (set: ReturnType<typeof createChangeSet>) => void): void => {
      const set = createChangeSet();
      fill(set);
      feed(set);
    };
    return { clock, told, change, first };
  };

  it('begins a run by telling to read again: what the last one did not tell is lost', () => {
    assert.deepEqual(feedOf().first?.data, { account: 'a', seq: 1 });
  });

  it('gathers what comes within a frame, at most 63 times a second', async () => {
    const { clock, told, change } = feedOf();
    for (let id = 1; id <= 1000; id++) {
      change((set) => set.email(id, 'created'));
      await clock.advance(1);
    }
    await clock.advance(100);
    assert.ok(told.length <= 63 && told.length >= 50, `${told.length}`);
    assert.deepEqual(
      told.map(({ data }) => data.seq),
      told.map((_, index) => index + 2),
    );
    const ids = told.flatMap(({ data }) => data.emails?.created ?? []);
    assert.deepEqual(
      ids,
      Array.from({ length: 1000 }, (_, n) => String(n + 1)),
    );
  });

  it('names at most 1,000 ids: with more there are no lists', async () => {
    for (const [count, listed] of [
      [1000, true],
      [1001, false],
    ] as const) {
      const { clock, told, change } = feedOf();
      change((set) => {
        set.mailbox(1);
        for (let id = 1; id < count; id++) set.email(id, 'updated');
      });
      await clock.advance(16);
      assert.equal(told.length, 1);
      assert.deepEqual(
        Object.keys(told.at(0)?.data ?? {}),
        listed ? ['account', 'seq', 'mailboxes', 'emails'] : ['account', 'seq'],
      );
    }
  });

  it('says nothing of what was created and destroyed in the same frame, and composes the rest', async () => {
    const { clock, told, change } = feedOf();
    change((set) => set.email(1, 'created'));
    change((set) => set.email(1, 'destroyed'));
    await clock.advance(20);
    assert.equal(told.length, 0);
    change((set) => set.email(2, 'created'));
    change((set) => set.email(2, 'updated'));
    change((set) => set.email(3, 'updated'));
    change((set) => set.email(3, 'destroyed'));
    await clock.advance(20);
    assert.deepEqual(told.at(-1)?.data, {
      account: 'a',
      seq: 2,
      emails: { created: ['2'], updated: [], destroyed: ['3'] },
    });
  });
});
