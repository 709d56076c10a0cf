import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { type Desk, desk } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const EVE = { name: null, email: 'eve@example.test' };
const note = { to: [BOB], subject: 'Lunch', text: 'At noon?' };

const stateOf = (d: Desk, submission: string): string | undefined => d.submission(submission)?.state;
const subjects = (d: Desk): string[] => d.drafts().map(({ subject }) => subject);

/** Stops a verb of the mailer until it is let go. */
const stopAt = (d: Desk, verb: 'outlet' | 'file' | 'submit'): { reached: Promise<void>; go: () => void } => {
  const [reached, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const usual = d.mailer[verb] as (...args: unknown[]) => Promise<never>;
  d.mailer[verb] = async (...args: unknown[]): Promise<never> => {
    reached.resolve();
    await gone.promise;
    return usual(...args);
  };
  return { reached: reached.promise, go: gone.resolve };
};

describe('S6: taking a message back while it is on its way', () => {
  for (const verb of ['outlet', 'file', 'submit'] as const)
    it(`sends nothing that was taken back at ${verb}, and does not begin anew meanwhile`, async (t) => {
      const d = await desk(t, 'held');
      const submission = d.send(await d.save(note));
      const stopped = stopAt(d, verb);
      await stopped.reached;
      const taken = d.cancel(submission);
      await settle();
      stopped.go();
      await taken.catch((error: unknown) => assert.equal((error as TernError).kind, 'conflict'));
      await d.pass(600_000);
      if (d.submission(submission) === undefined)
        assert.deepEqual([d.mailer.ledger, subjects(d)], [[], ['Lunch']], 'it is a draft');
      else assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
    });

  it('sends nothing that was taken back while there was no connection yet', async (t) => {
    const d = await desk(t);
    d.online = false;
    const submission = d.send(await d.save(note));
    await d.rest();
    const connected = Promise.withResolvers<void>();
    d.connecting = connected.promise;
    d.online = true;
    d.poke();
    await settle();
    const taken = d.cancel(submission);
    await settle();
    connected.resolve();
    await taken.catch(() => undefined);
    await d.pass(600_000);
    assert.deepEqual([d.mailer.ledger, d.submissions(), subjects(d)], [[], [], ['Lunch']]);
  });

  it('waits for what the server says of one that it keeps, also where its time comes meanwhile', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.outlet = { way: 'held', holdSeconds: 86_400, largest: null };
    const accepted = [{ email: BOB.email, state: 'accepted' as const, reply: null }];
    d.mailer.script.submits = [{ result: 'accepted', recipients: accepted, filed: true, submission: 'kept' }];
    const sendAt = new Date(d.clock.now() + 3_600_000).toISOString();
    const submission = d.send(await d.save(note), { sendAt });
    await d.rest();
    const answer = Promise.withResolvers<boolean>();
    d.mailer.cancel = () => answer.promise;
    d.mailer.script.fates = ['accepted'];
    const taken = d.cancel(submission);
    await d.clock.advance(3_700_000);
    await settle();
    answer.resolve(true);
    await taken;
    await d.rest();
    assert.deepEqual([d.submissions(), subjects(d)], [[], ['Lunch']]);
  });

  it('hears a server out that is just given one for later', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.outlet = { way: 'held', holdSeconds: 86_400, largest: null };
    const accepted = [{ email: BOB.email, state: 'accepted' as const, reply: null }];
    d.mailer.script.submits = [{ result: 'accepted', recipients: accepted, filed: true, submission: 'kept' }];
    const [reached, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const usual = d.mailer.submit.bind(d.mailer);
    d.mailer.cancel = async () => true;
    d.mailer.submit = (message, { cursors, committing }, signal) => {
      const stopped = async (journal: string): Promise<void> => {
        await committing(journal);
        reached.resolve();
        await gone.promise;
      };
      return usual(message, { cursors, committing: stopped }, signal);
    };
    const submission = d.send(await d.save(note), { sendAt: new Date(d.clock.now() + 3_600_000).toISOString() });
    await reached.promise;
    const taken = d.cancel(submission);
    await settle();
    gone.resolve();
    assert.equal(await taken, 'cancelled');
    assert.deepEqual([d.submissions(), subjects(d)], [[], ['Lunch']]);
  });

  it('leaves no draft behind that the server took without saying so', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.losesAnswers = 1;
    const submission = d.send(await d.save(note));
    await d.rest();
    assert.equal(d.mailer.filed.length, 1, 'it is there, and nobody said so');
    await d.cancel(submission);
    await d.pass(60_000);
    await d.pull();
    assert.deepEqual([d.mailer.filed.length, subjects(d)], [1, ['Lunch']]);
  });

  it('puts blind recipients back into the draft that the server has', async (t) => {
    const d = await desk(t, 'held');
    d.mailer.script.submits = ['dropped'];
    const submission = d.send(await d.save({ ...note, bcc: [EVE] }));
    await d.rest();
    await d.cancel(submission);
    await d.pass(60_000);
    await d.pull();
    assert.deepEqual(
      d.mailer.filed.map(({ mailbox, source }) => [mailbox, /^Bcc: eve@/m.test(source)]),
      [['drafts', true]],
    );
  });
});

describe('S1: new settings', () => {
  it('are tried at once, though a try with the old ones is refused only then', async (t) => {
    const d = await desk(t);
    const [reached, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const usual = d.mailer.outlet.bind(d.mailer);
    d.mailer.outlet = async () => {
      d.mailer.outlet = usual;
      reached.resolve();
      await gone.promise;
      throw new TernError('auth', 'the password was refused');
    };
    const submission = d.send(await d.save(note));
    await reached.promise;
    d.hurry();
    gone.resolve();
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
  });
});

describe('S1: one message in trouble', () => {
  const failing = (error: TernError) => async (): Promise<never> => {
    throw error;
  };

  it('does not keep others from being sent', async (t) => {
    const d = await desk(t);
    d.mailer.fate = failing(new TernError('bug', 'nobody thought of this'));
    d.mailer.script.submits = ['lost'];
    const stuck = d.send(await d.save(note));
    await d.rest();
    const other = d.send(await d.save({ ...note, subject: 'Supper' }));
    await d.rest();
    assert.deepEqual([stateOf(d, stuck), stateOf(d, other)], ['uncertain', 'done']);
  });

  it('lets others have their turn where the connection fails for it again and again', async (t) => {
    const d = await desk(t);
    d.mailer.fate = failing(new TernError('network', 'the connection was lost'));
    d.mailer.script.submits = ['lost'];
    d.send(await d.save(note));
    await d.rest();
    const other = d.send(await d.save({ ...note, subject: 'Supper' }));
    await d.pass(60_000);
    assert.equal(stateOf(d, other), 'done');
  });

  it('fails where what is attached is gone, and is a draft again', async (t) => {
    const d = await desk(t);
    d.mailer.filed.push({ remoteId: 'x', messageId: 'x@y', mailbox: 'inbox', keywords: [], source: '' });
    await d.pull();
    d.readFile = failing(new TernError('tooLarge', 'the message is too large to be taken apart'));
    const submission = d.send(await d.save({ ...note, attachments: [{ email: '1' }] }));
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.submission(submission)?.error?.kind], ['failed', 'tooLarge']);
    const other = d.send(await d.save(note));
    await d.pass(10_000);
    assert.deepEqual([stateOf(d, other), subjects(d)], ['done', ['Lunch']]);
    assert.deepEqual([d.drafts()[0]?.state, d.drafts()[0]?.error?.kind], ['failed', 'tooLarge']);
  });

  it('goes out as soon as there is a connection, with what had to be fetched first', async (t) => {
    const d = await desk(t);
    d.mailer.filed.push({ remoteId: 'x', messageId: 'x@y', mailbox: 'inbox', keywords: [], source: '' });
    await d.pull();
    d.online = false;
    d.readFile = failing(new TernError('network', 'not connected'));
    const submission = d.send(await d.save({ ...note, attachments: [{ email: '1' }] }));
    await d.pass(3_600_000);
    assert.equal(stateOf(d, submission), 'queued');
    d.readFile = async () => ({ path: import.meta.filename, name: 'a.eml', type: 'message/rfc822', size: 1 });
    await d.connect();
    assert.equal(stateOf(d, submission), 'done');
  });

  const attachments = [{ name: 'menu.txt', type: 'text/plain', bytes: Buffer.from('soup').toString('base64') }];
  const unsent = async (d: Desk): Promise<string> => {
    d.mailer.script.submits = ['lostUnsent'];
    const submission = d.send(await d.save({ ...note, attachments }));
    await d.rest();
    await d.damage('outbox');
    return submission;
  };

  it('goes with its draft where that is discarded', async (t) => {
    const d = await desk(t);
    const error = new TernError('server', 'no such user');
    d.mailer.script.submits = [{ result: 'refused', error, recipients: [] }];
    const draft = await d.save(note);
    d.send(draft);
    await d.rest();
    await d.discard(draft);
    assert.deepEqual([d.submissions(), d.drafts(), d.files()], [[], [], []]);
  });

  it('goes on at once where the account was paused as it was sent', async (t) => {
    const d = await desk(t);
    d.mailer.outlet = failing(new TernError('cancelled', 'the account is paused'));
    const submission = d.send(await d.save(note));
    await d.rest();
    d.mailer.outlet = async () => d.mailer.script.outlet;
    await d.connect();
    assert.equal(stateOf(d, submission), 'done');
  });

  it('is made anew where the disk lost it, the same', async (t) => {
    const d = await desk(t);
    const submission = await unsent(d);
    await d.resolve(submission, 'resend');
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger.length], ['done', 1]);
    assert.match(d.mailer.sent[0] ?? '', /\r\nc291cA==\r\n/);
  });

  it('is never made anew as other bytes', async (t) => {
    const d = await desk(t);
    const submission = await unsent(d);
    await d.damage('drafts');
    await d.resolve(submission, 'resend');
    await d.rest();
    assert.deepEqual([stateOf(d, submission), d.mailer.ledger, subjects(d)], ['failed', [], ['Lunch']]);
  });
});

describe('S5: some have it, and others do not', () => {
  const said = (state: 'accepted' | 'refused' | 'failed', email: string) => ({ email, state, reply: null });
  const some = [said('accepted', BOB.email), said('failed', EVE.email)];

  it('is not told to be done for a copy in Sent that is of the first time', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = [{ result: 'accepted', recipients: some, filed: false, submission: null }, 'lostUnsent'];
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(600_000);
    assert.equal(stateOf(d, submission), 'uncertain', 'Eve may not have it');
  });

  it('asks again for each as often as for anybody, however often the copy had to be filed', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = [{ result: 'accepted', recipients: some, filed: false, submission: null }];
    const busy = { result: 'failed' as const, error: new TernError('server', 'busy') };
    d.mailer.script.files = [busy, busy, busy, busy, busy, busy];
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(3_600_000);
    assert.equal(stateOf(d, submission), 'done');
  });
});

describe('S1: a clock that was ahead', () => {
  it('does not make a message wait for years', async (t) => {
    const d = await desk(t);
    d.mailer.script.submits = ['away', 'away'];
    const submission = d.send(await d.save(note));
    await d.rest();
    d.clock.putBack(10 * 365 * 86_400_000);
    d.poke();
    await d.pass(600_000);
    assert.equal(stateOf(d, submission), 'done');
  });

  it('does not keep one back for years that was to wait for seconds', async (t) => {
    const d = await desk(t);
    const submission = d.send(await d.save(note), { undoSeconds: 10 });
    d.clock.putBack(10 * 365 * 86_400_000);
    d.poke();
    await d.pass(600_000);
    assert.equal(stateOf(d, submission), 'done');
  });
});
