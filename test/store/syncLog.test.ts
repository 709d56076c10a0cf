import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { lastSyncedAt, listCycles, logCycle } from '../../src-main/store/syncLog.ts';
import { cycleSchema } from '../../src-shared/contractRows.ts';
import { someCycle } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';

const DAY = 24 * 3600 * 1000;
const top = { time: Number.MAX_SAFE_INTEGER, rank: 0 };
const add = (s: TestStore, ...ends: number[]): void =>
  s.store.write((tx) => {
    for (const finishedAt of ends) logCycle(tx, someCycle({ startedAt: finishedAt, finishedAt }));
  });
const endsOf = (s: TestStore): number[] =>
  s.read((db) => listCycles(db, 'acc', top, 10_000)).map(({ cycle }) => Date.parse(cycle.finishedAt));

describe('the sync log', () => {
  it('tells a cycle as it was', () => {
    const s = openStore();
    const counts = { mailboxes: 1, created: 2, updated: 3, destroyed: 4, pushed: 5 };
    const ok = someCycle({ trigger: 'push', counts, roundTrips: 6, bytes: 7 });
    const bad = someCycle({ finishedAt: ok.finishedAt + 5, error: { kind: 'network', message: 'no route' } });
    s.store.write((tx) => {
      logCycle(tx, ok);
      logCycle(tx, bad);
    });
    const cycles = s.read((db) => listCycles(db, 'acc', top, 5)).map(({ cycle }) => cycle);
    deepEqual(cycles, [
      {
        account: 'acc',
        trigger: 'poll',
        startedAt: '2026-01-01T00:00:00.000Z',
        finishedAt: '2026-01-01T00:00:00.255Z',
        result: 'error',
        error: { kind: 'network', message: 'no route' },
        counts: bad.counts,
        roundTrips: 1,
        bytes: 100,
      },
      {
        account: 'acc',
        trigger: 'push',
        startedAt: '2026-01-01T00:00:00.000Z',
        finishedAt: '2026-01-01T00:00:00.250Z',
        result: 'ok',
        counts,
        roundTrips: 6,
        bytes: 7,
      },
    ]);
    for (const cycle of cycles) equal(cycleSchema.safeParse(cycle).success, true);
  });

  it('walks newest first, each cycle once, also those that ended at the same time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1000, max: 1004 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (ends, limit) => {
          const s = openStore();
          add(s, ...ends);
          const walked: number[] = [];
          for (let before = top; ; ) {
            const rows = s.read((db) => listCycles(db, 'acc', before, limit));
            walked.push(...rows.map(({ rank }) => rank));
            const last = rows.at(-1);
            if (!last || walked.length > 100) break;
            before = { time: Date.parse(last.cycle.finishedAt), rank: last.rank };
          }
          const wanted = ends
            .map((end, i) => ({ end, rank: i + 1 }))
            .toSorted((a, b) => b.end - a.end || b.rank - a.rank);
          deepEqual(
            walked,
            wanted.map(({ rank }) => rank),
          );
          s.store.close();
        },
      ),
    );
  });

  it('keeps 30 days, to the millisecond', () => {
    const s = openStore();
    const now = 100 * DAY;
    add(s, now - 40 * DAY, now - 30 * DAY - 1, now - 30 * DAY, now - DAY);
    equal(endsOf(s).length, 4 - 1);
    add(s, now);
    deepEqual(endsOf(s), [now, now - DAY, now - 30 * DAY]);
  });

  it('keeps the latest 5,000 cycles', () => {
    const s = openStore();
    add(s, ...Array.from({ length: 5003 }, (_, i) => 1_000_000 + i));
    const ends = endsOf(s);
    deepEqual([ends.length, ends.at(0), ends.at(-1)], [5000, 1_005_002, 1_000_003]);
  });

  it('knows when mail was last synced: by the latest cycle that was ok', () => {
    const s = openStore();
    equal(s.read(lastSyncedAt), null);
    s.store.write((tx) => logCycle(tx, someCycle({ finishedAt: 9000, error: { kind: 'server', message: 'x' } })));
    equal(s.read(lastSyncedAt), null);
    add(s, 7000, 8000, 7500);
    equal(s.read(lastSyncedAt), 8000);
  });

  it('shows rows of another version as well as it can', () => {
    const s = openStore();
    add(s, 1000);
    s.store.write((tx) =>
      tx.run("UPDATE sync_log SET trigger_name = 'moon', error_kind = 'odd', error_message = NULL"),
    );
    const [row] = s.read((db) => listCycles(db, 'acc', top, 1));
    deepEqual([row?.cycle.trigger, row?.cycle.error], ['poll', { kind: 'bug', message: '' }]);
  });

  it('announces nothing', () => {
    equal(
      openStore().write((tx) => logCycle(tx, someCycle())),
      null,
    );
  });
});
