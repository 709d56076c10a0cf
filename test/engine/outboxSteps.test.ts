import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Delta, EmailPush, Known, Outcome, PushOptions } from '../../src-main/driver/driver.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteEmail } from '../support/builders.ts';
import { type FakeWorld, fakeWorld, tell } from '../support/fakeDriver.ts';

/**
 * A server that can only copy and delete, message by message, and answers nothing once its line is cut: moving takes steps,
 * and copying twice leaves two. Messages are named `mailbox|number`; a number never comes back.
 */
const createServer = () => {
  const messages = new Map<string, string>([['inbox|1', 'letter']]);
  let next = 2;
  let stepsLeft = Number.POSITIVE_INFINITY;
  const step = (): void => {
    if (stepsLeft <= 0) throw new TernError('network', 'the line is down');
    stepsLeft -= 1;
  };
  const found = (mailbox: string, from: number, message: string): string | undefined =>
    [...messages].find(([id, text]) => {
      const [place, number] = id.split('|');
      return place === mailbox && Number(number) >= from && text === message;
    })?.[0];
  return {
    messages,
    cutAfter: (steps: number): void => {
      stepsLeft = steps;
    },
    isCut: (): boolean => stepsLeft <= 0,
    next: (): number => next,
    found,
    copy: (id: string, mailbox: string): void => {
      const message = messages.get(id);
      assert.ok(message !== undefined);
      messages.set(`${mailbox}|${next++}`, message);
      step();
    },
    remove: (id: string): void => {
      messages.delete(id);
      step();
    },
  };
};
type Server = ReturnType<typeof createServer>;

/** Moves as a careful driver does: what it is about to copy, and since when, is on disk before it does. */
const move = async (server: Server, { remoteId, journal }: EmailPush, note: PushOptions['note']): Promise<Outcome> => {
  const since = Number(journal ?? server.next());
  if (journal === null) await note(new Map([[remoteId, String(since)]]));
  if (server.found('archive', since, 'letter') === undefined) server.copy(remoteId, 'archive');
  server.remove(remoteId);
  const place = server.found('archive', since, 'letter') ?? assert.fail('it was copied');
  return { result: 'done', state: { remoteId: place, mailboxIds: ['archive'], keywords: [] } };
};

/** What the server has; what is gone in one place and new in another is known to have moved. */
const look = (server: Server, known: Known): Delta[] => {
  const ids = [...server.messages.keys()];
  const held = known.emails(ids);
  const fresh = ids.filter((id) => !held.has(id));
  const gone = known.emailsAfter('', 100).filter((id) => !server.messages.has(id));
  const stateOf = (remoteId: string) => ({ remoteId, mailboxIds: [remoteId.split('|')[0] ?? ''], keywords: [] });
  const moved = gone.slice(0, fresh.length).map((from, index) => ({ from, to: stateOf(fresh[index] ?? '') }));
  const put = fresh.slice(moved.length).map((id) => remoteEmail(stateOf(id)));
  return [tell({ moved, put, destroyed: gone.slice(moved.length) })];
};

type Moving = { w: FakeWorld; server: Server; id: number };

/** A person moves the only letter. */
const moving = async (t: TestContext): Promise<Moving> => {
  const w = await fakeWorld(t, 'inbox|1');
  await w.sync();
  await w.engine.stop();
  const server = createServer();
  w.pull = (known) => look(server, known);
  w.push = async ([email], { note }) => {
    assert.ok(email);
    const lost: Outcome = { result: 'unknown', error: new TernError('network', 'the line is down'), counts: false };
    return [await move(server, email, note).catch(() => lost)];
  };
  const id = w.s.emailId('inbox|1');
  w.submit({ type: 'move', emails: [String(id)], role: 'archive' });
  return { w, server, id };
};

/** When all is quiet the letter is in the archive once, on the server and here; answers the local id it has there. */
const settledId = async ({ w, server }: Moving): Promise<unknown> => {
  server.cutAfter(Number.POSITIVE_INFINITY);
  await w.restart();
  for (let cycle = 0; cycle < 2; cycle++) await w.sync();
  const [place = '', ...more] = server.messages.keys();
  assert.deepEqual([place.split('|')[0], more], ['archive', []]);
  const [row, ...others] = w.s.rows('emails');
  assert.deepEqual([row?.['remote_id'], row?.['pending'], others], [place, 0, []]);
  const places = w.s.rows('email_mailboxes').map(({ mailbox_id, email_id }) => [mailbox_id, email_id]);
  assert.deepEqual(places, [[w.s.mailboxId('archive'), row?.['id']]]);
  return row?.['id'];
};

/** It is the row it always was, and nothing is left to be done or told. */
const assertMoved = async (all: Moving): Promise<void> => {
  assert.equal(await settledId(all), all.id);
  assert.deepEqual(failures(all), []);
};

const failures = ({ w }: Moving): unknown[] =>
  w.s.read((db) => listChanges(db, 'acc')).map(({ state, error }) => [state, error?.kind]);

describe('P5: a change that takes several steps is done once', () => {
  it('when the program dies at any commit', async (t) => {
    let deaths = 0;
    for (let n = 1, crashed = true; crashed; n++) {
      const all = await moving(t);
      all.w.crashAt(n);
      await all.w.sync();
      crashed = all.w.crashed();
      if (crashed) deaths += 1;
      await assertMoved(all);
    }
    assert.ok(deaths >= 4, `it died at ${deaths} commits`);
  });

  it('when the line is cut after any step', async (t) => {
    for (const steps of [0, 1]) {
      const all = await moving(t);
      all.server.cutAfter(steps);
      await all.w.sync();
      assert.equal(all.server.isCut(), true);
      await assertMoved(all);
    }
  });

  it('when the program dies as well; at worst the copy is another email, and the change is told to have failed', async (t) => {
    for (const steps of [0, 1])
      for (const n of [1, 2, 3, 4, 5, 6]) {
        const all = await moving(t);
        all.server.cutAfter(steps);
        await all.w.sync();
        all.server.cutAfter(Number.POSITIVE_INFINITY);
        await all.w.restart();
        all.w.crashAt(n);
        await all.w.sync();
        const same = (await settledId(all)) === all.id;
        assert.deepEqual(failures(all), same ? [] : [['failed', 'notFound']]);
      }
  });
});
