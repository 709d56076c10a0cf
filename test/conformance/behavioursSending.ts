import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { until } from '../support/processes.ts';
import { type Desk, openDesk, type Post } from './desk.ts';
import { letters, roleOf } from './world.ts';

const bob = { name: 'Bob', email: 'bob@example.test' };
const eve = { email: 'eve@example.test' };
const note = { to: [bob], subject: 'Lunch', text: 'At noon?' };

const recipients = ({ post }: Desk): string[] =>
  post
    .left()
    .map(({ to }) => to)
    .toSorted();

type Behaviour = [title: string, run: (desk: Desk) => Promise<void>];

const drafts: Behaviour = [
  'a draft is on the server soon after, once, as it was saved last, and goes when it is discarded',
  async (desk) => {
    const draft = await desk.save(note);
    await desk.holds('drafts', ['Lunch']);
    assert.deepEqual((await desk.keywordsIn('drafts'))['Lunch'], ['$draft', '$seen']);
    await desk.save({ ...note, draft, subject: 'Supper' });
    await desk.holds('drafts', ['Supper']);
    const { drafts: listed } = await desk.host().call('drafts.list', desk.account(), {});
    assert.deepEqual(
      listed.map(({ subject, state }) => [subject, state]),
      [['Supper', 'saved']],
    );
    await desk.host().call('drafts.discard', desk.account(), { draft });
    await desk.holds('drafts', []);
  },
];

const sent: Behaviour = [
  'a message is handed over once for each recipient, blind ones untold, and lies in Sent alone',
  async (desk) => {
    const draft = await desk.save({
      ...note,
      bcc: [eve],
      attachments: [{ name: 'menü.txt', type: 'text/plain', bytes: Buffer.from('soup').toString('base64') }],
    });
    await desk.holds('drafts', ['Lunch']);
    const submission = await desk.send(draft);
    const { state } = await desk.settled(submission, 'done', 'failed', 'uncertain');
    assert.equal(state, 'done');
    assert.deepEqual(recipients(desk), [bob.email, eve.email]);
    for (const { source } of desk.post.left()) assert.doesNotMatch(source, /^Bcc:|eve@/im);
    await desk.holds('sent', ['Lunch']);
    await desk.holds('drafts', []);
    const keywords = (await desk.keywordsIn('sent'))['Lunch'] ?? [];
    // Cyrus has a keyword of its own for what has attachments.
    assert.deepEqual(
      keywords.filter((each) => each !== '$hasattachment'),
      ['$seen'],
    );
    const { emails } = await desk.host().call('emails.list', desk.account(), { role: 'sent' });
    const [whole] = (await desk.host().call('emails.get', desk.account(), { ids: [emails[0]?.id ?? ''] })).emails;
    assert.deepEqual(
      whole?.bcc.map(({ email }) => email),
      [eve.email],
    );
    const { path } = await desk.host().call('emails.source', desk.account(), { email: whole?.id ?? '' });
    assert.match(readFileSync(path, 'latin1'), /\r\nc291cA==\r\n/, 'what was attached is in the copy');
  },
];

const away: Behaviour = [
  'what was sent without a network goes out when it is back',
  async (desk) => {
    await desk.gate.close();
    assert.equal((await desk.sync()).result, 'error');
    const submission = await desk.send(await desk.save(note));
    await desk.settled(submission, 'queued');
    assert.deepEqual(recipients(desk), []);
    await desk.gate.open();
    assert.equal((await desk.sync()).result, 'ok');
    await desk.settled(submission, 'done');
    assert.deepEqual(recipients(desk), [bob.email]);
    await desk.holds('sent', ['Lunch']);
  },
];

const killed: Behaviour = [
  'kill -9 as it is sent: nobody gets it twice, and what is told is true',
  async (desk) => {
    for (const [n, pause] of [0, 5, 15, 40].entries()) {
      const subject = `Lunch ${n}`;
      const submission = await desk.send(await desk.save({ ...note, subject }));
      await new Promise((resolve) => setTimeout(resolve, pause));
      await desk.leave('kill');
      desk.comeBack();
      const { state } = await desk.settled(submission, 'done', 'uncertain');
      const handed = desk.post.left().filter(({ source }) => source.includes(`Subject: ${subject}\r\n`)).length;
      assert.ok(
        state === 'done' ? handed === 1 : handed <= 1,
        `${subject} is ${state}, and was handed over ${handed} times`,
      );
    }
  },
];

const refused: Behaviour = [
  'a recipient that is refused is told, and the message is a draft again',
  async (desk) => {
    desk.post.refuse(bob.email);
    const draft = await desk.save(note);
    const { recipients: told, error } = await desk.settled(await desk.send(draft), 'failed');
    assert.deepEqual(recipients(desk), []);
    assert.match(`${error?.message} ${told[0]?.reply}`, /recipients|bob@example\.test|550/);
    const { drafts: listed } = await desk.host().call('drafts.list', desk.account(), {});
    assert.deepEqual(
      listed.map(({ draft: id }) => id),
      [draft],
    );
  },
];

const undone: Behaviour = [
  'a message is taken back within its seconds, and can be changed and sent then',
  async (desk) => {
    const draft = await desk.save(note);
    const submission = await desk.send(draft, { undoSeconds: 3600 });
    await desk.settled(submission, 'held');
    await desk.host().call('submissions.cancel', desk.account(), { submission });
    await desk.save({ ...note, draft, subject: 'Supper' });
    await desk.settled(await desk.send(draft), 'done');
    assert.deepEqual(recipients(desk), [bob.email]);
    await desk.holds('sent', ['Supper']);
    await desk.holds('drafts', []);
  },
];

const answered: Behaviour = [
  'an answer is begun with its quote, stays in the conversation, and marks what it answers',
  async (desk) => {
    await desk.server.deliver([{ ...letters('question', 1)[0], from: bob, text: 'When do we eat?' }]);
    await desk.holds('inbox', ['question 1']);
    const [question] = (await desk.host().call('emails.list', desk.account(), { role: 'inbox' })).emails;
    const email = question?.id ?? '';
    const begun = await desk.host().call('drafts.begin', desk.account(), { email, mode: 'reply' });
    assert.deepEqual([begun.to, begun.subject], [[bob], 'Re: question 1']);
    assert.match(begun.text, /^> When do we eat\?/m);
    const { identity, from, attachments: _, ...rest } = begun;
    const chosen = { ...(identity === null ? {} : { identity }), ...(from === null ? {} : { from }) };
    const text = `At noon.\n${begun.text}`;
    const { html: __, ...plain } = rest;
    const draft = await desk.save({ ...plain, ...chosen, text });
    await desk.settled(await desk.send(draft), 'done');
    assert.match(desk.post.left()[0]?.source ?? '', /^In-Reply-To: <question-1@conformance\.test>\r$/im);
    await isMarked(desk);
  },
];

const isMarked = (desk: Desk): Promise<unknown> =>
  until('the question to be marked', async () => {
    await desk.sync();
    return (await desk.keywordsIn('inbox'))['question 1']?.includes('$answered');
  });

const theirs: Behaviour = [
  "another client's draft is opened, changed and sent, stays in its conversation, and marks what it answers",
  async (desk) => {
    await desk.server.deliver(letters('question', 1));
    await desk.holds('inbox', ['question 1']);
    const [question] = (await desk.host().call('emails.list', desk.account(), { role: 'inbox' })).emails;
    const picture = { name: 'menu.png', type: 'image/png', cid: 'menu@example.test', bytes: 'iVBORw0KGgo=' };
    const plan = { name: 'plan.txt', type: 'text/plain', bytes: Buffer.from('the plan').toString('base64') };
    const html = '<p>At noon?</p><img src="cid:menu@example.test">';
    const inReplyTo = question?.id ?? '';
    await desk.save({ ...note, html, attachments: [picture, plan], subject: 'Theirs', inReplyTo });
    await desk.holds('drafts', ['Theirs']);
    // A second Tern is another client.
    await desk.host().call('accounts.remove', null, { account: desk.account() });
    await desk.add();
    await desk.holds('drafts', ['Theirs']);
    const [listed] = (await desk.host().call('drafts.list', desk.account(), {})).drafts;
    assert.equal(listed?.draft, null);
    const opened = await desk.host().call('drafts.get', desk.account(), { email: listed?.email ?? '' });
    assert.deepEqual([opened.to, opened.text?.trim()], [[bob], 'At noon?']);
    assert.match(opened.html ?? '', /<img src="cid:menu@example\.test"/);
    assert.deepEqual(Object.fromEntries(opened.attachments.map(({ name, cid }) => [name, cid])), {
      'menu.png': 'menu@example.test',
      'plan.txt': null,
    });
    const shown = { html: opened.html ?? '', text: 'At one.' };
    await desk.save({ draft: opened.draft, to: [bob], subject: 'Ours', ...shown });
    await desk.holds('drafts', ['Ours']);
    await desk.settled(await desk.send(opened.draft), 'done');
    await desk.holds('drafts', []);
    await desk.holds('sent', ['Ours']);
    const source = desk.post.left()[0]?.source ?? '';
    assert.match(source, /^In-Reply-To: <question-1@conformance\.test>\r$/im);
    assert.match(source, /^Content-ID: <menu@example\.test>\r$/m);
    assert.match(source, new RegExp(`\r\n${plan.bytes}\r\n`));
    await isMarked(desk);
  },
];

const renewed: Behaviour = [
  'a draft that another client saves anew under its Message-ID stays as that client left it, whatever is done here',
  async (desk) => {
    const { server } = desk.post;
    const draft = await desk.save(note);
    await desk.holds('drafts', ['Lunch']);
    const [ours] = (await desk.host().call('emails.list', desk.account(), { role: 'drafts' })).emails;
    const [whole] = (await desk.host().call('emails.get', desk.account(), { ids: [ours?.id ?? ''] })).emails;
    const mailbox = roleOf(await server.truth(), 'drafts');
    const messageId = whole?.messageId[0] ?? '';
    assert.match(messageId, /@/);
    await server.deliver([{ subject: 'Theirs', messageId, mailboxIds: [mailbox], keywords: ['$draft', '$seen'] }]);
    await desk.holds('drafts', ['Lunch', 'Theirs']);
    await desk.save({ ...note, draft, subject: 'Supper' });
    await desk.holds('drafts', ['Supper', 'Theirs']);
    await desk.settled(await desk.send(draft), 'done');
    await desk.holds('drafts', ['Theirs']);
    await desk.holds('sent', ['Supper']);
  },
];

const all = [drafts, sent, away, killed, refused, undone, answered, theirs, renewed];

/** What a person may count on who writes and sends, whatever the server speaks. */
export const sendingSuite = (
  name: string,
  start: () => Promise<Post>,
  { skip = false, takes = () => true }: { skip?: string | false; takes?: (index: number) => boolean } = {},
): void => {
  describe(`sending: ${name}`, { skip, concurrency: 2 }, () => {
    for (const [index, [title, run]] of all.entries())
      if (takes(index)) it(title, { timeout: 120_000 }, async (t) => run(await openDesk(t, start)));
  });
};
