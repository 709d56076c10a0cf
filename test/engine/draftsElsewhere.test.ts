import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Desk, desk } from '../support/worldOutgoing.ts';

const note = { to: [{ name: 'Bob', email: 'bob@example.test' }], subject: 'Lunch', text: 'At noon?' };

const DAY = 24 * 3_600_000;

const onServer = (d: Desk): string[] =>
  d.mailer.filed.map(({ source }) => /^Subject: (.*)\r$/m.exec(source)?.[1] ?? '');
const states = (d: Desk): unknown[] => d.drafts().map(({ subject, state }) => [subject, state]);

describe('D4: a draft that another client works on', () => {
  const savedAndSeen = async (d: Desk): Promise<string> => {
    const draft = await d.save(note);
    await d.pass(10_000);
    await d.pull();
    return draft;
  };

  it('follows it: replaced or removed there, it is gone here', async (t) => {
    const d = await desk(t);
    await savedAndSeen(d);
    d.mailer.filed.length = 0;
    await d.pull();
    assert.deepEqual(d.drafts(), []);
  });

  it('is kept for a window that is open, for a month, with its files, and then no longer', async (t) => {
    const d = await desk(t);
    const attachments = [{ name: 'a', type: 'text/plain', bytes: 'YQ==' }];
    const draft = await d.save({ ...note, attachments });
    await d.pass(10_000);
    await d.pull();
    await d.pass(40 * DAY, 2);
    d.mailer.filed.length = 0;
    await d.pull();
    await d.sweep();
    assert.deepEqual([d.drafts(), d.files().length], [[], 1]);
    assert.equal(d.draft(draft).subject, 'Lunch');
    await d.pass(31 * DAY, 2);
    await d.sweep();
    assert.deepEqual(d.files(), []);
    assert.throws(() => d.draft(draft), { kind: 'notFound' });
  });

  it('is a copy of its own where it was changed here as well', async (t) => {
    const d = await desk(t);
    const draft = await savedAndSeen(d);
    await d.save({ ...note, draft, subject: 'Supper' });
    const [theirs] = d.mailer.filed.splice(0);
    if (theirs) d.mailer.filed.push({ ...theirs, remoteId: 'theirs', messageId: 'theirs@example.test' });
    await d.pull();
    await d.pass(10_000);
    await d.pull();
    assert.deepEqual(onServer(d).toSorted(), ['Lunch', 'Supper']);
    assert.equal(d.drafts().length, 2);
  });

  for (const then of ['save', 'send', 'discard'] as const)
    for (const isOursThere of [true, false])
      it(`is the other one that has the same Message-ID: a ${then} does not destroy it (${isOursThere})`, async (t) => {
        const d = await desk(t);
        d.mailer.script.namesNothing = true;
        const draft = await savedAndSeen(d);
        await d.save({ ...note, draft, subject: 'Supper' });
        const [ours] = isOursThere ? d.mailer.filed : d.mailer.filed.splice(0);
        if (ours) d.mailer.filed.push({ ...ours, remoteId: 'theirs' });
        await d.pull();
        const listed = new Map(d.drafts().map(({ draft: id, state }) => [id, state]));
        assert.deepEqual([listed.get(draft), listed.get(null)], ['queued', 'saved']);
        if (then === 'send') d.send(draft);
        if (then === 'discard') await d.discard(draft);
        await d.pass(10_000);
        await d.pull();
        const left = d.mailer.filed.filter(({ source }) => source.includes('Lunch'));
        assert.deepEqual(
          left.map(({ remoteId }) => remoteId),
          ['theirs'],
          'and nothing else of what was there',
        );
      });

  it('goes here where the other one has the same Message-ID and nothing was typed since', async (t) => {
    const d = await desk(t);
    await savedAndSeen(d);
    const [theirs] = d.mailer.filed.splice(0);
    if (theirs) d.mailer.filed.push({ ...theirs, remoteId: 'theirs' });
    await d.pull();
    assert.deepEqual(
      d.drafts().map((each) => [each.draft, each.state]),
      [[null, 'saved']],
    );
  });

  describe('saved anew by it under the same Message-ID before a pull brought ours', () => {
    const savedUnseen = async (d: Desk, isOursThere: boolean): Promise<string> => {
      const draft = await d.save(note);
      await d.pass(10_000);
      const [ours] = isOursThere ? d.mailer.filed : d.mailer.filed.splice(0);
      if (ours) d.mailer.filed.push({ ...ours, remoteId: 'theirs' });
      return draft;
    };
    const places = (d: Desk): unknown[] => d.drafts().map(({ draft, subject }) => [draft, subject]);
    const left = (d: Desk): string[] =>
      d.mailer.filed.filter(({ mailbox }) => mailbox === 'drafts').map(({ remoteId }) => remoteId);

    for (const isOursThere of [true, false])
      for (const then of ['send', 'discard'] as const)
        for (const isPulled of [true, false])
          it(`is the other one: a ${then} destroys ours alone (${isOursThere}, ${isPulled})`, async (t) => {
            const d = await desk(t);
            const draft = await savedUnseen(d, isOursThere);
            await d.save({ ...note, draft, subject: 'Supper' });
            if (isPulled) await d.pull();
            if (then === 'send') d.send(draft);
            else await d.discard(draft);
            await d.pass(10_000);
            await d.pull();
            assert.deepEqual([left(d), places(d)], [['theirs'], [[null, 'About theirs']]]);
          });

    it('is the other one where nothing was typed since: ours goes here', async (t) => {
      const d = await desk(t);
      await savedUnseen(d, false);
      await d.pull();
      assert.deepEqual([left(d), places(d)], [['theirs'], [[null, 'About theirs']]]);
    });

    it('is a draft beside ours where something was typed since', async (t) => {
      const d = await desk(t);
      const draft = await savedUnseen(d, false);
      await d.save({ ...note, draft, subject: 'Supper' });
      await d.pull();
      await d.pass(10_000);
      await d.pull();
      assert.deepEqual(
        new Set(places(d).map(String)),
        new Set(
          [
            [null, 'About theirs'],
            [draft, 'Supper'],
          ].map(String),
        ),
      );
      assert.equal(left(d).length, 2);
    });

    it('is listed at once though ours is there as well', async (t) => {
      const d = await desk(t);
      const draft = await savedUnseen(d, true);
      await d.pull();
      assert.deepEqual(
        new Set(places(d).map(String)),
        new Set(
          [
            [null, 'About theirs'],
            [draft, 'Lunch'],
          ].map(String),
        ),
      );
    });
  });

  it('is a copy of its own where it was open in a window when it was replaced', async (t) => {
    const d = await desk(t);
    const draft = await savedAndSeen(d);
    d.mailer.filed.length = 0;
    await d.pull();
    assert.equal(await d.save({ ...note, draft, subject: 'Supper' }), draft);
    await d.pass(10_000);
    await d.pull();
    assert.deepEqual([onServer(d), states(d)], [['Supper'], [['Supper', 'saved']]]);
  });

  it('is listed though it was never opened here', async (t) => {
    const d = await desk(t);
    d.mailer.filed.push({ remoteId: 'x', messageId: 'x@y', mailbox: 'drafts', keywords: ['$draft'], source: '' });
    await d.pull();
    assert.deepEqual(
      d.drafts().map(({ draft, state }) => [draft, state]),
      [[null, 'saved']],
    );
  });
});
