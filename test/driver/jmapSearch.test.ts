import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { ServerTerm } from '../../src-main/driver/driver.ts';
import { filterOf } from '../../src-main/driver/jmap/search.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import { parseSearch } from '../../src-shared/search.ts';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;

const termsOf = (typed: string): ServerTerm[] => parseSearch(typed) as ServerTerm[];

/** Subjects of what the server finds, as it finds them, and whether that is all. */
const found = async (w: World, terms: ServerTerm[], limit = 200): Promise<[subjects: string[], isAll: boolean]> => {
  const driver = await w.engine.reader(signal);
  const { emails } = await w.server.truth();
  const subjects: string[] = [];
  const steps = driver.search({ terms, limit }, { cursors: w.store.read(readCursors) }, signal);
  for (;;) {
    const step = await steps.next();
    if (step.done) return [subjects, step.value];
    subjects.push(...step.value.map((id) => emails[id]?.subject ?? '?'));
  }
};

const holding = async (t: Parameters<typeof world>[0]): Promise<World> => {
  const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
  const w = await world(t, {
    mails: [
      { subject: 'old plan', text: 'about bread', receivedAt: at(1), keywords: ['$seen'] },
      { subject: 'flagged', text: 'the plan', receivedAt: at(2), keywords: ['$seen', '$flagged'] },
      { subject: 'from Zoë', from: { name: 'Zoë', email: 'zoe@example.org' }, text: 'plan', receivedAt: at(3) },
    ],
  });
  await w.expectTrue();
  w.forget();
  return w;
};

describe('F15: a search over JMAP', () => {
  it('is one Email/query, newest first, with every term', async (t) => {
    const w = await holding(t);
    assert.deepEqual(await found(w, termsOf('plan')), [['from Zoë', 'flagged', 'old plan'], true]);
    assert.deepEqual(await found(w, termsOf('plan is:flagged')), [['flagged'], true]);
    assert.deepEqual(await found(w, termsOf('plan is:unread')), [['from Zoë'], true]);
    assert.deepEqual(await found(w, termsOf('plan -bread -is:unread')), [['flagged'], true]);
    assert.deepEqual(await found(w, termsOf('from:zoë subject:from to:nobody')), [[], true]);
    assert.deepEqual(await found(w, termsOf('plan after:2026-01-02 before:2026-01-03')), [['flagged'], true]);
    assert.deepEqual(await found(w, termsOf('-has:attachment bread')), [['old plan'], true]);
  });

  it('knows mailboxes by their ids', async (t) => {
    const w = await holding(t);
    const inbox = w.server.mailboxId('inbox');
    const within = (type: 'in' | 'beyond', not: boolean): ServerTerm => ({ type, mailboxes: [inbox], not });
    assert.equal((await found(w, [within('in', false)]))[0].length, 3);
    assert.equal((await found(w, [within('in', true)]))[0].length, 0);
    assert.equal((await found(w, [within('beyond', false)]))[0].length, 0);
  });

  it('says where there may be more', async (t) => {
    const w = await holding(t);
    assert.deepEqual(await found(w, termsOf('plan'), 2), [['from Zoë', 'flagged'], false]);
  });

  it('says nothing that the server reads as more than words', () => {
    const text = fc.string({ unit: fc.constantFrom('"', "'", '\\', '*', 'a', ' ', '\0', '\r\n', 'ß') });
    fc.assert(
      fc.property(text, fc.boolean(), (typed, isPhrase) => {
        const filter = filterOf({ type: 'text', field: 'any', text: `plan${typed}`, isPhrase, not: false });
        assert.match(JSON.stringify(filter), /^\{"text":"(?:plan[aß ]*|\\"plan[aß ]*\\")"\}$/);
      }),
    );
  });

  it('is nothing for what is held of another account', async (t) => {
    const w = await holding(t);
    const driver = await w.engine.reader(signal);
    const steps = driver.search({ terms: termsOf('plan'), limit: 10 }, { cursors: { account: 'another' } }, signal);
    assert.deepEqual(await steps.next(), { done: true, value: false });
  });
});
