import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { type Desk, desk } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const note = { to: [BOB], subject: 'Lunch', text: 'At noon?' };

const refusal = { result: 'refused' as const, error: new TernError('server', 'no such user'), recipients: [] };
const changes = (d: Desk): unknown[] => d.changes().map(({ type, state }) => [type, state]);
const onlyId = (d: Desk): string => d.changes()[0]?.id ?? 'none';
const recipients = (d: Desk): (string | undefined)[] => d.mailer.ledger.map((line) => line.split(' ')[1]);

describe('drafts and messages among the changes', () => {
  it('are listed until they are settled', async (t) => {
    const d = await desk(t);
    d.online = false;
    const draft = await d.save(note);
    assert.deepEqual(changes(d), [['draft', 'queued']]);
    d.send(draft);
    await d.rest();
    assert.deepEqual(changes(d), [['send', 'queued']]);
    await d.connect();
    assert.deepEqual(changes(d), []);
  });

  it('are tried again: a draft that the server refused', async (t) => {
    const d = await desk(t);
    d.mailer.script.files = [{ result: 'refused', error: new TernError('quota', 'the mailbox is full') }];
    await d.save(note);
    await d.pass(10_000);
    assert.deepEqual(changes(d), [['draft', 'failed']]);
    await d.retry(onlyId(d));
    await d.rest();
    assert.deepEqual([changes(d), d.mailer.filed.length], [[], 1]);
  });

  it('are tried again: a message that nobody got, as its draft says it now', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = [refusal];
    const draft = await d.save(note);
    d.send(draft);
    await d.rest();
    assert.deepEqual(changes(d), [['send', 'failed']]);
    const failed = onlyId(d);
    await d.save({ ...note, draft, to: [{ email: 'rob@example.test' }] });
    await d.retry(failed);
    await d.rest();
    assert.deepEqual([changes(d), recipients(d), d.drafts()], [[], ['rob@example.test'], []]);
  });

  it('are tried again: a message that some got, for the others alone', async (t) => {
    const d = await desk(t);
    const eve = { result: 'accepted' as const, filed: false, submission: null };
    const said = [
      { email: BOB.email, state: 'accepted' as const, reply: null },
      { email: 'eve@example.test', state: 'refused' as const, reply: '550 no' },
    ];
    d.mailer.script.submits = [{ ...eve, recipients: said }];
    d.send(await d.save({ ...note, cc: [{ email: 'eve@example.test' }] }));
    await d.rest();
    assert.deepEqual(changes(d), [['send', 'failed']]);
    d.mailer.ledger.length = 0;
    await d.retry(onlyId(d));
    await d.rest();
    assert.deepEqual([changes(d), recipients(d), d.mailer.filed.length], [[], ['eve@example.test'], 1]);
  });

  it('are given up: a message is a draft again, and a draft stays here', async (t) => {
    const d = await desk(t);
    d.online = false;
    d.send(await d.save(note));
    await d.rest();
    await d.giveUp(onlyId(d));
    assert.deepEqual(changes(d), [['draft', 'queued']]);
    await d.giveUp(onlyId(d));
    await d.connect();
    await d.pass(60_000);
    assert.deepEqual([changes(d), d.drafts()[0]?.state, d.mailer.filed, d.mailer.ledger], [[], 'local', [], []]);
  });

  describe('a draft whose newest words the server is not to get', () => {
    const givenUp = async (d: Desk): Promise<string> => {
      const draft = await d.save(note);
      await d.pass(10_000);
      await d.pull();
      d.mailer.script.files = [{ result: 'refused', error: new TernError('quota', 'the mailbox is full') }];
      await d.save({ ...note, draft, subject: 'Supper' });
      await d.pass(10_000);
      assert.deepEqual(changes(d), [['draft', 'failed']]);
      await d.giveUp(onlyId(d));
      await d.pass(60_000);
      assert.deepEqual([changes(d), d.mailer.filed.length], [[], 1]);
      return draft;
    };

    it('is here alone, though the server has an older revision', async (t) => {
      const d = await desk(t);
      await givenUp(d);
      assert.equal(d.drafts()[0]?.state, 'local');
    });

    it('stays where that older revision is removed by another client', async (t) => {
      const d = await desk(t);
      await givenUp(d);
      d.mailer.filed.length = 0;
      await d.pull();
      assert.deepEqual(
        d.drafts().map(({ subject, state }) => [subject, state]),
        [['Supper', 'local']],
      );
    });

    it('goes to the server when it is saved again', async (t) => {
      const d = await desk(t);
      const draft = await givenUp(d);
      await d.save({ ...note, draft, subject: 'Supper' });
      await d.pass(10_000);
      assert.deepEqual([d.drafts()[0]?.state, d.mailer.filed.length], ['saved', 2]);
    });
  });

  it('refuse a call that names one which is not there', async (t) => {
    const d = await desk(t);
    await assert.rejects(d.retry('d99'), { kind: 'notFound', field: 'ids' });
    await assert.rejects(d.giveUp('s99'), { kind: 'notFound', field: 'ids' });
  });
});
