import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { jmapSite, type SendingSite, smtpSite } from '../support/sendingSites.ts';
import { realSite } from '../support/siteReal.ts';
import { type AnyDesk, openDeskAt } from '../support/worldOutgoing.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };
const EVE = { name: null, email: 'eve@example.test' };
const note = { to: [BOB], subject: 'Lunch', text: 'At noon?' };
const HOUR = 3_600_000;

const deskAt = async (t: TestContext, { site }: Pick<SendingSite<unknown>, 'site'>): Promise<AnyDesk> => {
  const d = await openDeskAt(site);
  t.after(() => d.end());
  await d.pull();
  return d;
};

const counts = async (d: AnyDesk): Promise<number[]> => [
  (await d.sources('sent')).length,
  (await d.sources('drafts')).length,
];
const stateOf = (d: AnyDesk, submission: string): string | undefined => d.submission(submission)?.state;
const recipients = (ledger: string[]): (string | undefined)[] => ledger.map((line) => line.split(' ')[1]);

describe('S5: a recipient that a JMAP server refuses while others get the message', () => {
  it('gets it when the person says so, and nobody else does', async (t) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    made.server.trouble.deliveryStatus({
      [EVE.email]: { smtpReply: '550 5.1.1 no', delivered: 'no', displayed: 'unknown' },
    });
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(60_000);
    assert.equal(stateOf(d, submission), 'failed');
    made.server.trouble.deliveryStatus(null);
    const before = made.ledger().length;
    await d.resolve(submission, 'resend');
    await d.pass(60_000);
    assert.deepEqual([stateOf(d, submission), recipients(made.ledger().slice(before))], ['done', [EVE.email]]);
    await d.pull();
    assert.deepEqual(await counts(d), [1, 0]);
  });

  const refusedOnce = async (t: TestContext) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    made.server.trouble.deliveryStatus({
      [EVE.email]: { smtpReply: '550 5.1.1 no', delivered: 'no', displayed: 'unknown' },
    });
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(60_000);
    assert.equal(stateOf(d, submission), 'failed');
    return { ...made, d, submission };
  };
  const mailAtRest = async (d: AnyDesk): Promise<number[]> => {
    await d.pass(4 * HOUR, 10);
    await d.pull();
    return counts(d);
  };

  it('is told where no answer came, by what the server says of it when it is looked at', async (t) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    made.server.trouble.deliveryStatus({ [EVE.email]: { smtpReply: '550 5.1.1 no', delivered: 'no' } });
    made.server.trouble.failNext('dropAfter', 1, {
      when: ({ methodCalls }) => methodCalls.some(([name]) => name === 'EmailSubmission/set'),
    });
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(120_000);
    const { state, recipients: told } = d.submission(submission) ?? {};
    assert.deepEqual([state, told?.map((each) => each.state)], ['failed', ['accepted', 'refused']]);
  });

  it('is told as nobody who has it where no answer came, and all were refused', async (t) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    made.server.trouble.deliveryStatus({ [BOB.email]: { smtpReply: '550 5.1.1 no', delivered: 'no' } });
    made.server.trouble.failNext('dropAfter', 1, {
      when: ({ methodCalls }) => methodCalls.some(([name]) => name === 'EmailSubmission/set'),
    });
    const submission = d.send(await d.save(note));
    await d.pass(120_000);
    assert.deepEqual([stateOf(d, submission), d.drafts().length], ['failed', 1]);
  });

  it('leaves no draft behind where it is refused again', async (t) => {
    const { d, submission } = await refusedOnce(t);
    await d.resolve(submission, 'resend');
    assert.deepEqual([await mailAtRest(d), stateOf(d, submission)], [[1, 0], 'failed']);
  });

  for (const kind of ['dropBefore', 'dropAfter'] as const)
    it(`is not told to have it by what the server sent to the others: ${kind}`, async (t) => {
      const { server, d, submission, ledger } = await refusedOnce(t);
      server.trouble.deliveryStatus(null);
      const before = ledger().length;
      server.trouble.failNext(kind, 1, {
        when: ({ methodCalls }) => methodCalls.some(([name]) => name === 'EmailSubmission/set'),
      });
      await d.resolve(submission, 'resend');
      assert.deepEqual([await mailAtRest(d), stateOf(d, submission)], [[1, 0], 'done']);
      assert.deepEqual(recipients(ledger().slice(before)), [EVE.email]);
    });

  it('is not told to have it where the message lies in Drafts as sent, as there is no other place', async (t) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    made.server.trouble.deliveryStatus({
      [EVE.email]: { smtpReply: '550 5.1.1 no', delivered: 'no', displayed: 'unknown' },
    });
    await made.server.deleteMailbox(made.server.mailboxId('sent'));
    await d.pull();
    const submission = d.send(await d.save({ ...note, cc: [EVE] }));
    await d.pass(120_000);
    assert.equal(stateOf(d, submission), 'failed');
    made.server.trouble.deliveryStatus(null);
    const before = made.ledger().length;
    await d.resolve(submission, 'resend');
    await d.pass(120_000);
    assert.deepEqual([stateOf(d, submission), recipients(made.ledger().slice(before))], ['done', [EVE.email]]);
  });

  it('leaves no draft behind where the person stops while the server says later', async (t) => {
    const { server, d, submission } = await refusedOnce(t);
    server.trouble.refuseItems((method) => (method === 'EmailSubmission/set' ? { type: 'rateLimit' } : null));
    await d.resolve(submission, 'resend');
    await d.rest();
    assert.equal(stateOf(d, submission), 'queued');
    assert.equal(await d.cancel(submission), 'stopped');
    assert.deepEqual([await mailAtRest(d), stateOf(d, submission)], [[1, 0], 'done']);
  });
});

describe('S6: a message that a JMAP server keeps until its time', () => {
  const held = async (t: TestContext) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    const sendAt = new Date(d.clock.now() + 10 * HOUR).toISOString();
    const submission = d.send(await d.save(note), { sendAt });
    await d.rest();
    const { state, heldBy } = d.submission(submission) ?? {};
    assert.deepEqual([state, heldBy, made.ledger()], ['held', 'server', []]);
    return { ...made, d, submission };
  };

  it('is done when the server has sent it', async (t) => {
    const { server, d, submission, ledger } = await held(t);
    server.sendHeld();
    await d.pass(11 * HOUR, 12);
    assert.deepEqual([stateOf(d, submission), ledger().length, d.drafts()], ['done', 1, []]);
  });

  it('is told as refused where the server found then that nobody takes it', async (t) => {
    const { server, d, submission } = await held(t);
    server.trouble.deliveryStatus({ [BOB.email]: { smtpReply: '550 5.1.1 no', delivered: 'no' } });
    server.sendHeld();
    await d.pass(11 * HOUR, 12);
    assert.deepEqual([stateOf(d, submission), d.drafts().length], ['failed', 1]);
    assert.equal(d.submission(submission)?.recipients[0]?.reply, '550 5.1.1 no');
  });

  it('is a draft again when it is taken back', async (t) => {
    const { server, d, submission, ledger } = await held(t);
    await d.cancel(submission);
    server.sendHeld();
    await d.pass(11 * HOUR, 12);
    await d.pull();
    assert.deepEqual([d.submissions(), ledger(), d.drafts().length, await counts(d)], [[], [], 1, [0, 1]]);
  });

  it('is not told to be done where the program died as it was taken back', async (t) => {
    const { server, d, submission, ledger } = await held(t);
    d.crashAt(1);
    await assert.rejects(d.cancel(submission), { message: 'killed by the test' });
    server.sendHeld();
    await d.restart();
    await d.pass(11 * HOUR, 12);
    assert.deepEqual([stateOf(d, submission), ledger(), d.drafts().length], ['uncertain', [], 1]);
    assert.equal(await d.resolve(submission, 'discard'), 'discarded');
    assert.deepEqual(
      d.drafts().map(({ state }) => state),
      ['saved'],
    );
  });
});

describe('H7: a server that no longer sends what it holds', () => {
  it('keeps no message from going out by SMTP, once, with one copy in Sent', async (t) => {
    const { server } = await jmapSite();
    const smtp = await startSmtpServer();
    const config = { ...server.config, smtp: smtp.config } as typeof server.config;
    const stop = async (): Promise<void> => void (await Promise.all([server.stop(), smtp.stop()]));
    const d = await deskAt(t, { site: realSite({ config, credential: server.credential }, stop) });
    // The email is there, and it is not sent yet.
    server.trouble.failNext('http429', 1, {
      retryAfter: 60,
      when: ({ methodCalls }) => methodCalls.some(([name]) => name === 'Identity/get'),
    });
    const submission = d.send(await d.save(note));
    await d.rest();
    assert.equal(stateOf(d, submission), 'queued');
    await d.pull();
    assert.deepEqual(await counts(d), [0, 1]);
    const session = (await (
      await fetch(server.sessionUrl, { headers: { authorization: basic(server) } })
    ).json()) as Session;
    const { 'urn:ietf:params:jmap:submission': _, ...left } = session.accounts['alice']?.accountCapabilities ?? {};
    server.trouble.sessionOverride({
      accounts: { alice: { ...session.accounts['alice'], accountCapabilities: left } },
    });
    await d.restart();
    await d.pass(600_000);
    await d.pull();
    assert.deepEqual(
      [stateOf(d, submission), recipients(smtp.ledger.accepted.map((each) => `x ${each.recipient}`))],
      ['done', [BOB.email]],
    );
    assert.deepEqual([server.sent.length, await counts(d)], [0, [1, 0]]);
  });
});

type Session = { accounts: Record<string, { accountCapabilities: Record<string, unknown> }> };

const basic = ({ credential }: { credential: { type: string } }): string => {
  const { username = '', password = '' } = credential as { username?: string; password?: string };
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
};

describe('H4: an identity that is gone as its message is sent', () => {
  it('gives way to the one with that address', async (t) => {
    const made = await jmapSite();
    const d = await deskAt(t, made);
    d.know({ remoteId: 'old', name: 'Alice', email: 'alice@example.test' });
    made.server.setIdentities([{ id: 'new', email: 'alice@example.test' }]);
    const submission = d.send(await d.save(note));
    await d.pass(60_000);
    assert.deepEqual([stateOf(d, submission), made.ledger().length], ['done', 1]);
  });
});

describe('D2, S7: mailboxes that change meanwhile', () => {
  it('are found by their roles where they are renamed', async (t) => {
    const made = await smtpSite();
    const d = await deskAt(t, made);
    const { mailboxes } = await made.mail.truth();
    for (const [id, { role, name }] of Object.entries(mailboxes))
      if (role === 'drafts' || role === 'sent') await made.mail.renameMailbox(id, `${name} of old`);
    const draft = await d.save(note);
    await d.pass(10_000);
    await d.pull();
    await d.pass(600_000);
    await d.pull();
    assert.deepEqual(await counts(d), [0, 1]);
    const submission = d.send(draft);
    await d.pass(60_000);
    await d.pull();
    assert.deepEqual([stateOf(d, submission), await counts(d)], ['done', [1, 0]]);
  });

  it('need not be there: a draft stays here, and a message goes out', async (t) => {
    const made = await smtpSite({ mailboxes: [] });
    const d = await deskAt(t, made);
    const draft = await d.save(note);
    await d.pass(60_000);
    assert.equal(d.drafts().length, 1);
    const submission = d.send(draft);
    await d.pass(60_000);
    assert.deepEqual([stateOf(d, submission), made.ledger().length, d.drafts()], ['done', 1, []]);
  });
});
