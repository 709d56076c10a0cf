import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { BODY, evictBodies, storeBody, storeRendered } from '../../src-main/store/bodies.ts';
import type { WriteDb } from '../../src-main/store/db.ts';
import { createTidier, indexHeld, indexNewEmail, isIndexBehind } from '../../src-main/store/searchIndex.ts';
import type { Address } from '../../src-shared/model.ts';
import { remoteAttachment, remoteEmail, remoteMailbox } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';
import { anyStep, take } from './replicaArbitrary.ts';
import { noSource, shownAs } from './searchSupport.ts';

/** Every word of the index, of which email and where. */
const wordsOf = (s: TestStore): object[] => s.rows('email_terms ORDER BY term, doc, col, "offset"');

/** What the index knows of bodies, by sort key: it outlives a body that is evicted. */
type Bodies = Map<number, string>;

/** The same of an index that is made anew out of the rows. */
const wordsOfRows = (s: TestStore, bodies: Bodies): object[] => {
  const fresh = openStore();
  fresh.write((tx) => {
    for (const row of s.rows('emails')) {
      const sortKey = Number(row['sort_key']);
      const list = (name: string): Address[] => JSON.parse(String(row[name])) as Address[];
      const names = s.rows(`attachments WHERE email_id = ${row['id']} ORDER BY part`).map(({ name }) => name);
      indexNewEmail(tx, sortKey, {
        subject: row['subject'] === null ? null : String(row['subject']),
        from: list('from_list'),
        to: list('to_list'),
        cc: list('cc_list'),
        preview: String(row['preview']),
        attachments: names.map((name) => ({ name: name === null || name === undefined ? null : String(name) })),
        text: bodies.get(sortKey) ?? '',
      });
    }
  });
  const words = wordsOf(fresh);
  fresh.store.close();
  return words;
};

/** Something that happens to a body of the email with this remote id. */
type BodyStep = { do: 'render'; remoteId: string; text: string } | { do: 'evict' };
const anyBodyStep: fc.Arbitrary<BodyStep> = fc.oneof(
  fc.record({
    do: fc.constant('render' as const),
    remoteId: fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5'),
    text: fc.oneof(fc.constantFrom('Grüße aus Köln', '東京都で会議', 'plain words'), fc.string({ unit: 'binary' })),
  }),
  fc.constant({ do: 'evict' as const }),
);

const takeBody = (tx: WriteDb, step: BodyStep, bodies: Bodies): void => {
  if (step.do === 'evict')
    return void evictBodies(tx, { before: Number.MAX_SAFE_INTEGER, enough: Number.POSITIVE_INFINITY, limit: 1 });
  const row = tx.get<{ id: number; sort_key: number }>(
    'SELECT id, sort_key FROM emails WHERE remote_id = ?',
    step.remoteId,
  );
  if (!row) return;
  storeBody(tx, row.id, noSource);
  storeRendered(tx, row.id, shownAs(step.text, step.text.slice(0, 20)), 1);
  bodies.set(row.sort_key, step.text);
};

describe('the index of words', () => {
  it('F8 is in step with the rows at every commit, whatever a server says and whichever bodies come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.oneof(anyStep, anyBodyStep), { maxLength: 4 }), { maxLength: 12 }), (writes) => {
        const s = openStore();
        const bodies: Bodies = new Map();
        for (const steps of writes) {
          s.write((tx) => {
            for (const step of steps) {
              const before = new Set(tx.all<{ k: number }>('SELECT sort_key AS k FROM emails').map(({ k }) => k));
              if (step.do === 'render' || step.do === 'evict') takeBody(tx, step, bodies);
              else take(tx, step);
              // A sort key that was given up may be given to another email.
              const now = new Set(tx.all<{ k: number }>('SELECT sort_key AS k FROM emails').map(({ k }) => k));
              for (const key of before) if (!now.has(key)) bodies.delete(key);
            }
          });
          deepEqual(wordsOf(s), wordsOfRows(s, bodies));
        }
        s.store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('F8 is as it was after a write that failed', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'inbox' }), remoteEmail({ remoteId: 'e1' }));
    const before = wordsOf(s);
    try {
      s.write((tx) => {
        take(tx, { do: 'remove', remoteId: 'e1' });
        throw new Error('the disk is full');
      });
    } catch {
      // Nothing of it happened.
    }
    deepEqual(wordsOf(s), before);
  });

  it('F8 keeps what it knows of a body when that is evicted', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'inbox' }), remoteEmail({ remoteId: 'e1' }));
    s.write((tx) => takeBody(tx, { do: 'render', remoteId: 'e1', text: 'marmalade' }, new Map()));
    s.write((tx) => evictBodies(tx, { before: Number.MAX_SAFE_INTEGER, enough: Number.POSITIVE_INFINITY, limit: 1 }));
    equal(s.rows(`emails WHERE body_state = ${BODY.evicted}`).length, 1);
    equal(s.rows("email_terms WHERE term = 'marmalade'").length, 1);
  });

  it('F8 has the emails of a database from before there was one, once it caught up', async () => {
    const s = openStore();
    s.hold(
      remoteMailbox({ remoteId: 'inbox' }),
      ...Array.from({ length: 60 }, (_, n) =>
        remoteEmail({ remoteId: `e${n}`, attachments: [remoteAttachment({ name: `plan${n}.pdf` })] }),
      ),
    );
    const words = wordsOf(s);
    s.write((tx) => {
      tx.run("INSERT INTO email_words (email_words) VALUES ('delete-all')");
      tx.run('INSERT INTO emails_unindexed SELECT id FROM emails');
    });
    equal(s.read(isIndexBehind), true);
    await indexHeld(s.store, new AbortController().signal);
    equal(s.read(isIndexBehind), false);
    deepEqual(wordsOf(s), words);
  });

  it('F8 is the same after it was tidied, and is not written to again without need', async () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'inbox' }));
    for (let n = 0; n < 255; n++) s.hold(remoteEmail({ remoteId: `e${n}`, subject: `number ${n}` }));
    const segments = (): number => new Set(s.rows('email_words_idx').map(({ segid }) => segid)).size;
    const changes = (): number => Number(s.read((db) => db.get<{ n: number }>('SELECT total_changes() AS n'))?.n);
    const [words, before] = [wordsOf(s), segments()];
    const tidy = createTidier(s.store);
    const { signal } = new AbortController();
    await tidy(signal);
    ok(segments() < before, `${segments()} segments instead of ${before}`);
    deepEqual(wordsOf(s), words);
    const written = changes();
    await tidy(signal);
    equal(changes(), written);
  });
});
