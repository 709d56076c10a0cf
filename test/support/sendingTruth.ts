import assert from 'node:assert/strict';
import type { AnyDesk } from './worldOutgoing.ts';

/** Whom the message of these walks goes to; the last one is told of to nobody. */
const EVERYBODY = ['bob@example.test', 'ann@example.test', 'eve@example.test'];

/** A message with all that could be lost of it. */
export const letter = {
  to: [
    { name: 'Bob', email: 'bob@example.test' },
    { name: null, email: 'ann@example.test' },
  ],
  bcc: [{ name: null, email: 'eve@example.test' }],
  subject: 'Lunch',
  text: 'At noon?',
  attachments: [{ name: 'menu.txt', type: 'text/plain', bytes: Buffer.from('soup').toString('base64') }],
};

/** All of it, as it is kept for the person: attachment and blind recipients too. */
const assertWhole = (source: string, at: string): void => {
  assert.match(source, /\r\nc291cA==\r\n/, `${at}: what was attached is there`);
  assert.match(source, /^Bcc: eve@example\.test\r$/m, `${at}: blind recipients are kept`);
};

const assertDraft = (d: AnyDesk, draft: string, at: string): void => {
  const { to, bcc, subject, text, attachments } = d.draft(draft);
  assert.deepEqual([to, bcc, subject, text?.trimEnd()], [letter.to, letter.bcc, 'Lunch', 'At noon?'], at);
  assert.deepEqual(
    attachments.map(({ name, size }) => [name, size]),
    [['menu.txt', 4]],
    at,
  );
};

type Outcome = { draft: string; submission: string; ledger: string[] };

/**
 * Asserts, when all has come to rest, that nobody got a message twice and that all that is told of it is true; answers what is
 * told. A message that ended is in one place, and nothing that was written is lost.
 */
export const assertTruth = async (d: AnyDesk, { draft, submission, ledger }: Outcome, at: string): Promise<string> => {
  assert.deepEqual(ledger, [...new Set(ledger)], `${at}: nobody got it twice`);
  const told = d.submission(submission);
  assert.ok(told, `${at}: a submission is not forgotten`);
  const got = new Set(ledger.map((line) => line.split(' ')[1] ?? ''));
  const { state, recipients } = told;
  for (const { email, state: one } of recipients) {
    if (one === 'accepted') assert.ok(got.has(email), `${at}: ${email} has it as is told (${state})`);
    else if (state !== 'uncertain') assert.ok(!got.has(email), `${at}: ${email} does not have it, as is told`);
  }
  const [sent, drafts] = [await d.sources('sent'), await d.sources('drafts')];
  const rows = d.drafts().filter((each) => each.draft === draft);
  assert.deepEqual(d.drafts().length, rows.length, `${at}: no draft of nobody's`);
  for (const source of sent) assertWhole(source, `${at}, in Sent`);
  switch (state) {
    case 'done':
      assert.deepEqual(got, new Set(EVERYBODY), `${at}: done means that everybody got it`);
      assert.deepEqual([sent.length, drafts.length, rows.length], [1, 0, 0], `${at}: one copy lies in Sent`);
      assert.deepEqual(d.files(), [], `${at}: no file is left`);
      break;
    case 'failed':
      assert.deepEqual(
        [sent.length, drafts.length, rows.length],
        got.size > 0 ? [1, 0, 0] : [0, 1, 1],
        `${at}: failed, and ${got.size} have it`,
      );
      if (got.size === 0) assertDraft(d, draft, at);
      if (got.size === 0) for (const source of drafts) assertWhole(source, `${at}, in Drafts`);
      break;
    default:
      assert.equal(state, 'uncertain', `${at}: it came to an end`);
      // Those who are left of a message that others have, or all of them.
      if (recipients.some((each) => each.state === 'accepted')) {
        assert.deepEqual([rows.length, sent.length], [0, 1], `${at}: others have it`);
        break;
      }
      assert.deepEqual([rows.length, sent.length], [1, 0], `${at}: nobody knows, so it stays as it is`);
      assertDraft(d, draft, at);
  }
  return state;
};
