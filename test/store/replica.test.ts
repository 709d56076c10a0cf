import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { removeEmail } from '../../src-main/store/emails.ts';
import { openStore, type TestStore } from '../support/store.ts';
import { anyStep, type Known, listing, take, takeInModel } from './replicaArbitrary.ts';

type Counters = { total: number; unread: number };

const shownCounters = (s: TestStore): Map<number, Counters> =>
  new Map(
    s
      .rows('mailboxes')
      .map((row) => [Number(row['id']), { total: Number(row['held_total']), unread: Number(row['held_unread']) }]),
  );

const recounted = (s: TestStore): Map<number, Counters> => {
  const counts = s.read((db) =>
    db.all<Counters & { id: number }>(
      `SELECT m.id, count(e.id) AS total, coalesce(sum(e.is_unread), 0) AS unread
       FROM mailboxes m LEFT JOIN email_mailboxes em ON em.mailbox_id = m.id LEFT JOIN emails e ON e.id = em.email_id
       GROUP BY m.id ORDER BY m.id`,
    ),
  );
  return new Map(counts.map(({ id, total, unread }) => [id, { total, unread }]));
};

/** Every email with what it is known by, read back row by row. */
const heldEmails = (s: TestStore): Map<string, Known> => {
  const mailboxes = new Map(s.rows('mailboxes').map((row) => [row['id'], String(row['remote_id'])]));
  const threads = new Map(s.rows('threads').map((row) => [row['id'], String(row['remote_id'])]));
  const places = s.rows('email_mailboxes');
  return new Map(
    s.rows('emails').map((row) => [
      String(row['remote_id']),
      {
        mailboxes: new Set(
          places.filter((p) => p['email_id'] === row['id']).map((p) => mailboxes.get(p['mailbox_id'] ?? 0) ?? '?'),
        ),
        keywords: new Set(JSON.parse(String(row['keywords'])) as string[]),
        thread: threads.get(row['thread_id'] ?? 0) ?? '?',
        second: Math.floor(Number(row['sort_key']) / 2 ** 21),
      },
    ]),
  );
};

const moved = (before: Map<number, Counters>, after: Map<number, Counters>): number[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((id) => {
    const [was, is] = [before.get(id) ?? { total: 0, unread: 0 }, after.get(id) ?? { total: 0, unread: 0 }];
    return was.total !== is.total || was.unread !== is.unread;
  });

/** What a person sees of each email, by local id. */
const visibleEmails = (s: TestStore): Map<number, string> => {
  const held = heldEmails(s);
  return new Map(
    s
      .rows('emails WHERE is_hidden = 0')
      .map((row) => [Number(row['id']), asText(held.get(String(row['remote_id']))) ?? '']),
  );
};

const isUnread = (keywords: ReadonlySet<string>): 0 | 1 => (keywords.has('$seen') || keywords.has('$draft') ? 0 : 1);

const asText = (known: Known | undefined): string | undefined =>
  known && JSON.stringify([[...known.mailboxes].toSorted(), [...known.keywords].toSorted()]);

describe('the replica, after anything a server may say', () => {
  it('holds just what was said, and repeats it right wherever it repeats it', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const s = openStore();
        const model = new Map<string, Known>();
        for (const step of steps) {
          s.write((tx) => take(tx, step));
          takeInModel(model, step);
        }
        deepEqual(
          heldEmails(s),
          new Map([...model].map(([id, known]) => [id, { ...known, mailboxes: listing(known) }])),
        );
        deepEqual(shownCounters(s), recounted(s));
        deepEqual(
          s.rows(
            `email_mailboxes em JOIN emails e ON e.id = em.email_id
             WHERE (em.sort_key, em.thread_id, em.is_unread) <> (e.sort_key, e.thread_id, e.is_unread)`,
          ),
          [],
        );
        deepEqual(s.rows('threads WHERE id NOT IN (SELECT thread_id FROM emails)'), []);
        deepEqual(
          new Map(s.rows('emails').map((row) => [row['remote_id'], [row['is_unread'], row['is_hidden']]])),
          new Map([...model].map(([id, { keywords }]) => [id, [isUnread(keywords), keywords.has('$deleted') ? 1 : 0]])),
        );
        deepEqual(s.rows('attachments WHERE email_id NOT IN (SELECT id FROM emails)'), []);
        s.store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('announces every mailbox whose counters changed and every email that did', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyStep, { maxLength: 4 }), { maxLength: 10 }), (writes) => {
        const s = openStore();
        for (const steps of writes) {
          const [counters, before] = [shownCounters(s), visibleEmails(s)];
          const changed = s.write((tx) => {
            for (const step of steps) take(tx, step);
          });
          for (const id of moved(counters, shownCounters(s))) ok(changed?.mailboxes.has(id), `mailbox ${id}`);
          const now = visibleEmails(s);
          for (const [id, text] of before) {
            if (!now.has(id)) deepEqual(changed?.emails.get(id), 'destroyed', text);
            else if (text !== now.get(id)) deepEqual(changed?.emails.get(id), 'updated', text);
          }
          // One that was hidden until now is told as an update.
          for (const [id, text] of now)
            if (!before.has(id)) ok(['created', 'updated'].includes(changed?.emails.get(id) ?? ''), text);
        }
        s.store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('announces every thread whose emails did', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
        const s = openStore();
        for (const step of steps) {
          const threadOf = new Map(s.rows('emails').map((row) => [row['id'], row['thread_id']]));
          const changed = s.write((tx) => take(tx, step));
          for (const row of s.rows('emails')) threadOf.set(row['id'] ?? 0, row['thread_id'] ?? 0);
          for (const id of changed?.emails.keys() ?? [])
            ok(changed?.threads.has(Number(threadOf.get(id))), `the thread of email ${id}`);
        }
        s.store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('announces nothing of an email that stayed as it was', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 15 }), anyStep, (steps, last) => {
        const s = openStore();
        for (const step of [...steps, last]) s.write((tx) => take(tx, step));
        const again = s.write((tx) => (last.do === 'remove' ? removeEmail(tx, last.remoteId) : take(tx, last)));
        deepEqual([...(again?.emails ?? [])], []);
        s.store.close();
      }),
      { numRuns: 60 },
    );
  });
});
