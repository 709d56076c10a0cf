import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { acceptMailbox, listMailboxes } from '../../src-main/store/mailboxes.ts';
import { addChange, changesIn, countPending, pruneDone, readChange, setStage } from '../../src-main/store/pending.ts';
import { activeEffects } from '../../src-main/store/pendingEmails.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Change } from '../../src-shared/change.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { fakeClock } from '../support/clock.ts';
import { openStore, type TestStore } from '../support/store.ts';

const clock = fakeClock();

const filled = (): TestStore => {
  const s = openStore();
  s.hold(remoteMailbox({ remoteId: 'inbox', role: 'inbox' }), remoteEmail({ remoteId: 'e1' }));
  return s;
};
const submit = (s: TestStore, ...changes: Change[]): number[] => submitChanges(s.store, clock, changes).ids.map(Number);
const flag = (s: TestStore): Change => ({
  type: 'keywords',
  emails: [String(s.emailId('e1'))],
  patch: { $flagged: true },
});
const addDone = (s: TestStore, now: number): void => {
  s.write((tx) => setStage(tx, addChange(tx, { type: 'keywords', payload: {}, dependsOn: [], now }), 'done'));
};

describe('P5: a mailbox that the server accepted', () => {
  it('takes in what an email named before the answer came', () => {
    const s = filled();
    const { mailboxes = {} } = submitChanges(s.store, clock, [{ type: 'mailbox', op: 'create', name: 'New' }]);
    const local = Number(mailboxes[0]);
    s.hold(
      remoteEmail({ remoteId: 'e2', mailboxIds: ['new', 'inbox'] }),
      remoteEmail({ remoteId: 'e3', mailboxIds: ['new'] }),
    );
    s.write((tx) => acceptMailbox(tx, local, 'new'));
    deepEqual(
      s
        .read((db) => listMailboxes(db, 'acc'))
        .map(({ id, name, totalEmails, unreadEmails }) => [id, name, totalEmails, unreadEmails]),
      [
        [String(local), 'New', 0, 0],
        [String(s.mailboxId('inbox')), 'inbox', 0, 0],
      ],
    );
    deepEqual(
      s
        .rows(`mailboxes WHERE id = ${local}`)
        .map(({ remote_id, held_total, held_unread }) => [remote_id, held_total, held_unread]),
      [['new', 2, 2]],
    );
    const held = (mailbox: number): number => s.rows(`email_mailboxes WHERE mailbox_id = ${mailbox}`).length;
    deepEqual([held(s.mailboxId('inbox')), held(local), s.rows('email_mailboxes').length], [2, 2, 4]);
    deepEqual(s.read((db) => changesIn(db, 'acknowledged', 0, 9)).length, 1);
  });
});

describe('what is stored of a change is parsed when it is loaded', () => {
  it('an effect that no longer makes sense does nothing', () => {
    const s = filled();
    submit(s, flag(s));
    for (const effect of ['{"keywords":3}', 'no JSON', 'null']) {
      s.write((tx) => tx.run('UPDATE pending_emails SET effect = ?', effect));
      deepEqual(
        s.read((db) => activeEffects(db, s.emailId('e1'))),
        [{}],
      );
    }
  });

  it('a payload, an error, or what it depends on that cannot be read is told of, not thrown', () => {
    const s = filled();
    const [id = 0] = submit(s, flag(s));
    s.write((tx) => tx.run("UPDATE pending_changes SET payload = '{', last_error = '{', depends_on = '{'"));
    const change = s.read((db) => readChange(db, id));
    deepEqual([change?.dependsOn, change?.error?.kind], [[], 'bug']);
    equal(s.read((db) => listChanges(db, 'acc')).length, 1);
  });
});

describe('settled changes', () => {
  it('are kept for undo: the newest thousand', () => {
    const s = filled();
    for (let n = 0; n < 1_003; n++) addDone(s, 1_000_000);
    s.write((tx) => pruneDone(tx, 1_000_000));
    deepEqual(
      s
        .read((db) => changesIn(db, 'done', 0, 9_999))
        .map(({ id }) => id)
        .slice(0, 2),
      [4, 5],
    );
  });

  it('are forgotten a few at a time, the oldest first', () => {
    const s = filled();
    for (let n = 0; n < 1_203; n++) addDone(s, 1_000_000);
    const forget = (): [more: boolean, kept: number] => {
      let more = false;
      s.write((tx) => {
        more = pruneDone(tx, 1_000_000);
      });
      return [more, s.rows('pending_changes').length];
    };
    deepEqual(
      [forget(), forget()],
      [
        [true, 1_003],
        [false, 1_000],
      ],
    );
  });

  it('are kept for a week, and only settled ones go', () => {
    const s = filled();
    const week = 7 * 24 * 3_600_000;
    addDone(s, 0);
    addDone(s, 1);
    const [queued = 0] = submit(s, flag(s));
    s.write((tx) => tx.run('UPDATE pending_changes SET created_at = 0 WHERE id = ?', queued));
    s.write((tx) => pruneDone(tx, week + 1));
    deepEqual(
      s.rows('pending_changes').map(({ id }) => id),
      [2, queued],
    );
  });

  it('count for nothing, and every other where it stands', () => {
    const s = filled();
    addDone(s, 0);
    const ids = submit(s, flag(s), flag(s), flag(s), flag(s));
    s.write((tx) => {
      for (const [index, stage] of (['queued', 'inflight', 'inflight', 'failed'] as const).entries())
        setStage(tx, ids[index] ?? 0, stage);
      tx.run('UPDATE pending_changes SET outcome_unknown = 1 WHERE id = ?', ids[2] ?? 0);
    });
    deepEqual(s.read(countPending), { queued: 1, inflight: 1, uncertain: 1, failed: 1 });
  });
});
