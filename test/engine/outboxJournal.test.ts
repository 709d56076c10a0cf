import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Outcome } from '../../src-main/driver/driver.ts';
import { undoChanges } from '../../src-main/engine/outboxUndo.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Change } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { type FakeWorld, fakeWorld, tell } from '../support/fakeDriver.ts';

const lost: Outcome = { result: 'unknown', error: new TernError('network', 'the line is down'), counts: false };
const done: Outcome = { result: 'done' };

/** A replica in step with its server, at rest. */
const resting = async (t: TestContext, ...remoteIds: string[]): Promise<FakeWorld> => {
  const w = await fakeWorld(t, ...remoteIds);
  await w.sync();
  await w.engine.stop();
  return w;
};
const flag = (w: FakeWorld, remoteId: string, keyword = '$flagged'): Change => ({
  type: 'keywords',
  emails: [String(w.s.emailId(remoteId))],
  patch: { [keyword]: true },
});
const toArchive = (w: FakeWorld, remoteId: string): Change => ({
  type: 'move',
  emails: [String(w.s.emailId(remoteId))],
  role: 'archive',
});
/** What was noted of which email at each push, and the names of what it was to become. */
const given = (w: FakeWorld): unknown[] =>
  w.pushed.map(({ remoteId, journal, keywords, mailboxes }) => [
    remoteId,
    journal,
    [...Object.keys(keywords), ...Object.keys(mailboxes)].toSorted().join(' '),
  ]);
const queue = (w: FakeWorld): string[] =>
  w.s.read((db) => listChanges(db, 'acc')).map(({ type, state, attempts }) => `${type} ${state} ${attempts}`);
const journals = (w: FakeWorld): unknown[] => w.s.rows('pending_emails').map(({ journal }) => journal);
/** Moves time on, and lets the cycle that comes due then end. */
const later = async (w: FakeWorld, ms: number): Promise<void> => {
  await w.clock.advance(ms);
  await settle(50);
};
/** Notes one thing of every email of a push, then answers it. */
const noting = (w: FakeWorld, note: string, outcome: Outcome) => {
  w.push = async (emails, options) => {
    await options.note(new Map(emails.map(({ remoteId }) => [remoteId, note])));
    return emails.map(() => outcome);
  };
};

describe("P5: a driver's note on the steps of a push", () => {
  it('is on disk when it goes on, and comes back after a kill', async (t) => {
    const w = await resting(t, 'a', 'b');
    w.submit(toArchive(w, 'a'), toArchive(w, 'b'));
    const durable: unknown[] = [];
    w.push = async (emails, { note }) => {
      await note(
        new Map([
          ['a', 'copied'],
          ['nobody', 'nothing'],
        ]),
      );
      durable.push(w.commits.at(-1)?.durable, journals(w));
      w.crashAt(1);
      return emails.map(() => done);
    };
    await w.sync();
    assert.deepEqual(durable, [true, ['copied', null]]);
    await w.restart();
    w.push = (emails) => emails.map(() => done);
    await w.sync();
    assert.deepEqual(given(w), [
      ['a', null, 'archive inbox'],
      ['b', null, 'archive inbox'],
      ['a', 'copied', 'archive inbox'],
      ['b', null, 'archive inbox'],
    ]);
    assert.deepEqual([queue(w), journals(w)], [[], [null, null]]);
  });

  it('is on disk for every email of a large batch', async (t) => {
    const names = Array.from({ length: 60 }, (_, n) => `e${n}`);
    const w = await resting(t, ...names);
    w.submit({ ...flag(w, 'e0'), emails: names.map((name) => String(w.s.emailId(name))) } as Change);
    const held: unknown[] = [];
    w.push = async (emails, { note }) => {
      await note(new Map(names.map((name) => [name, `of ${name}`])));
      held.push(w.commits.at(-1)?.durable, new Set(journals(w)).size);
      return emails.map(() => done);
    };
    await w.sync();
    assert.deepEqual(held, [true, 60]);
  });

  it('takes the place of the one before', async (t) => {
    const w = await resting(t, 'a');
    w.submit(toArchive(w, 'a'));
    w.push = async (emails, { note }) => {
      for (const step of ['copying', 'copied']) await note(new Map([['a', step]]));
      return emails.map(() => lost);
    };
    await w.sync();
    assert.deepEqual(journals(w), ['copied']);
  });

  for (const [how, outcome] of [
    ['without an answer', lost],
    ['tried in vain', { result: 'failed', error: new TernError('server', 'not now') }],
    ['stale', { result: 'stale' }],
  ] as [string, Outcome][])
    it(`stays with what is ${how}, and goes with the final outcome`, async (t) => {
      const w = await resting(t, 'a');
      w.submit(flag(w, 'a'));
      let pushes = 0;
      w.push = async (emails, { note }) => {
        pushes += 1;
        if (pushes > 1) return emails.map(() => done);
        await note(new Map([['a', 'begun']]));
        return [outcome];
      };
      await w.sync();
      await later(w, 30_000);
      assert.deepEqual(given(w), [
        ['a', null, '$flagged'],
        ['a', 'begun', '$flagged'],
      ]);
      assert.deepEqual([queue(w), journals(w)], [[], [null]]);
    });

  it('stays where the connection failed', async (t) => {
    const w = await resting(t, 'a');
    w.submit(flag(w, 'a'));
    w.push = async (_emails, { note }) => {
      await note(new Map([['a', 'begun']]));
      throw new TernError('network', 'down');
    };
    await w.sync();
    assert.deepEqual([queue(w), journals(w)], [['keywords queued 0'], ['begun']]);
  });

  it('goes with a refusal, and when it is given up', async (t) => {
    const w = await resting(t, 'a', 'b');
    w.submit(flag(w, 'a'), toArchive(w, 'b'));
    w.push = async (emails, { note }) => {
      await note(
        new Map([
          ['a', 'begun'],
          ['b', 'begun'],
        ]),
      );
      return emails.map(({ remoteId }) => ({
        result: remoteId === 'a' ? 'refused' : 'failed',
        error: new TernError('server', 'no'),
      }));
    };
    await w.sync();
    assert.deepEqual(journals(w), [null, 'begun']);
    for (const pause of [5_000, 30_000, 120_000, 600_000]) await later(w, pause);
    assert.deepEqual(
      [queue(w), journals(w)],
      [
        ['keywords failed 0', 'move failed 5'],
        [null, null],
      ],
    );
  });

  it('is of all that went out together, and what is submitted later waits until that is done', async (t) => {
    const w = await resting(t, 'a');
    w.submit(flag(w, 'a'), toArchive(w, 'a'));
    noting(w, 'begun', lost);
    await w.sync();
    w.submit(flag(w, 'a', 'later'));
    w.push = (emails) => emails.map(() => done);
    await w.sync();
    assert.deepEqual(given(w), [
      ['a', null, '$flagged archive inbox'],
      ['a', 'begun', '$flagged archive inbox'],
      ['a', null, 'later'],
    ]);
    assert.deepEqual(queue(w), []);
  });

  it('of changes that were refused together stays with each: a step that was taken is not taken again', async (t) => {
    const w = await resting(t, 'a');
    w.submit(flag(w, 'a'), flag(w, 'a', 'odd'));
    w.push = async (emails, { note }) => {
      if (emails.some(({ keywords }) => Object.keys(keywords).length > 1)) {
        await note(new Map([['a', 'begun']]));
        return emails.map(() => ({ result: 'refused', error: new TernError('invalid', 'odd') }));
      }
      return emails.map(() => done);
    };
    await w.sync();
    assert.deepEqual(given(w), [
      ['a', null, '$flagged odd'],
      ['a', 'begun', '$flagged'],
      ['a', 'begun', 'odd'],
    ]);
  });

  it('is of what was begun: undone, that is finished first, and then taken back', async (t) => {
    const w = await resting(t, 'a');
    const [change = ''] = w.submit(toArchive(w, 'a'));
    noting(w, 'copied', { result: 'failed', error: new TernError('server', 'not now') });
    await w.sync();
    undoChanges(w.s.store, w.clock, [change]);
    assert.deepEqual(
      w.s.rows('email_mailboxes').map((row) => row['mailbox_id']),
      [w.s.mailboxId('inbox')],
    );
    w.push = (emails) => emails.map(() => done);
    await later(w, 30_000);
    assert.deepEqual(
      w.pushed.slice(1).map(({ journal, mailboxes }) => [journal, mailboxes]),
      [
        ['copied', { inbox: false, archive: true }],
        [null, { inbox: true, archive: false }],
      ],
    );
    assert.deepEqual(queue(w), []);
  });

  it('is not needed where the server has it all by now', async (t) => {
    const w = await resting(t, 'a');
    w.submit(toArchive(w, 'a'));
    noting(w, 'moving', lost);
    w.pulls = [[tell({ moved: [{ from: 'a', to: { remoteId: 'b', mailboxIds: ['archive'], keywords: [] } }] })]];
    await w.sync();
    assert.deepEqual([queue(w), journals(w), w.pushed.length], [[], [null], 1]);
    assert.ok(w.s.emailId('b'));
  });
});
