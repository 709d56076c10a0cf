import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Desk, openDesk } from '../support/worldOutgoing.ts';

const message = {
  to: [{ name: 'Bob', email: 'bob@example.test' }],
  bcc: [{ name: null, email: 'eve@example.test' }],
  subject: 'Lunch',
  text: 'At noon?',
  attachments: [{ name: 'menu.txt', type: 'text/plain', bytes: Buffer.from('soup').toString('base64') }],
};

type Trouble = FirstAnswers | [];
type FirstAnswers = Desk['mailer']['script']['submits'];

const lastChance = async (d: Desk): Promise<void> => {
  await d.restart();
  await d.pass(600_000);
};

/** Everybody got it at most once, and what is told of it is true. */
const assertTruth = (d: Desk, submission: string, at: string): void => {
  const { ledger } = d.mailer;
  assert.equal(new Set(ledger).size, ledger.length, `${at}: nobody got it twice`);
  const { state } = d.submission(submission) ?? {};
  if (state === 'done') assert.equal(ledger.length, 2, `${at}: done means that everybody got it`);
  else assert.equal(state, 'uncertain', `${at}: a submission is not forgotten`);
  if (state === 'done') assert.deepEqual(d.drafts(), [], `${at}: it is no draft any more`);
  const inSent = d.mailer.filed.filter(({ mailbox }) => mailbox === 'sent').length;
  assert.equal(inSent, state === 'done' ? 1 : 0, `${at}: one copy lies in Sent`);
};

/** Sends with a death at the n-th commit after the person asked; false where there were not so many. */
const sendWithDeathAt = async (way: 'held' | 'bytes', trouble: Trouble, n: number): Promise<boolean> => {
  const d = await openDesk(way);
  try {
    const draft = await d.save(message);
    d.online = false;
    const submission = d.send(draft);
    d.mailer.script.submits = [...trouble];
    d.crashAt(n);
    await d.connect();
    await d.pass(600_000);
    const crashed = d.crashed();
    await lastChance(d);
    await d.pull();
    assertTruth(d, submission, `${way}, death at commit ${n}`);
    return crashed;
  } finally {
    await d.end();
  }
};

describe('S3: a program that dies at any commit of sending', () => {
  const troubles: [string, Trouble][] = [
    ['a server that takes it', []],
    ['a server that cannot be reached at first', ['away']],
    ['a line that is lost before the last moment', ['dropped']],
    ['an answer that is lost', ['lost']],
    ['a message that is lost with its answer', ['lostUnsent']],
  ];
  for (const way of ['bytes', 'held'] as const)
    for (const [name, trouble] of troubles)
      it(`sends nothing twice and tells the truth: ${name}, ${way}`, async () => {
        let commits = 1;
        while (await sendWithDeathAt(way, trouble, commits)) commits += 1;
        assert.ok(commits > 3, `it died at ${commits - 1} commits`);
      });
});
