import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import './noPage.ts';
import {
  changeKey,
  changes,
  discardChange,
  editUnsent,
  followActivity,
  giveUpSubmission,
  readActivity,
  sheet,
  subjects,
  undone,
  unsent,
} from '../../../electron/renderer/state/activity.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import { toasts } from '../../../electron/renderer/state/toasts.ts';
import { offerUndo } from '../../../electron/renderer/state/undo.ts';
import { composer } from '../../../electron/renderer/state/writing.ts';
import { t as words } from '../../../electron/renderer/strings/en.ts';
import type { PendingChange } from '../../../src-shared/contractRows.ts';
import type { Submission } from '../../../src-shared/draft.ts';
import { settle } from '../../support/clock.ts';
import { type Answers, lineWith } from './line.ts';

const change = (some: Partial<PendingChange>): PendingChange => ({
  id: '1',
  account: 'a',
  type: 'keywords',
  emails: ['7', '8'],
  state: 'queued',
  attempts: 0,
  createdAt: '2026-01-01T00:00:00Z',
  ...some,
});

const message = (some: Partial<Submission>): Submission => ({
  id: '3',
  account: 'a',
  draft: '5',
  subject: 'Lunch?',
  state: 'failed',
  recipients: [{ email: 'jhon@b.example', state: 'refused' }],
  createdAt: '2026-01-01T00:00:00Z',
  ...some,
});

const kept = {
  draft: '5',
  identity: '1',
  from: 'a@a.example',
  to: [],
  cc: [],
  bcc: [],
  subject: 'Lunch?',
  text: 'At one',
  html: null,
  inReplyTo: null,
  forwardOf: null,
  attachments: [],
};

const listsOf = (pending: PendingChange[], sent: Submission[]): Answers => ({
  'changes.list': () => ({ changes: pending }),
  'submissions.list': () => ({ submissions: [...sent] }),
  'sync.log': () => ({ cycles: [], next: null }),
  'emails.get': ({ ids }: { ids: string[] }) => ({
    emails: ids.map((id) => ({ id, subject: `Mail ${id}` })),
    notFound: [],
  }),
  'drafts.get': () => kept,
  'identities.list': () => ({ identities: [] }),
});

describe('activity', () => {
  it('says what each change is about, and tells messages from changes', async (t) => {
    const draft = change({ id: 'd5', type: 'draft', emails: [], draft: '5' });
    const send = change({ id: 's3', type: 'send', emails: [], submission: '3', state: 'failed' });
    lineWith(t, listsOf([change({}), draft, send, change({ id: '2', state: 'uncertain' })], [message({})]));
    await readActivity();
    assert.deepEqual(
      changes.value.map(({ id }) => id),
      ['1', 'd5', '2'],
    );
    assert.deepEqual([subjects.value[changeKey(change({}))], subjects.value[changeKey(draft)]], ['Mail 7', 'Lunch?']);
    assert.deepEqual([undone.value.map(({ id }) => id), unsent.value.map(({ id }) => id)], [['2'], ['3']]);
  });

  it('says no more of a change that failed that it is done', async (t) => {
    lineWith(t, listsOf([change({ state: 'failed' }), change({ id: '2', state: 'failed' })], []));
    offerUndo('One', Promise.resolve(new Map([['a', ['1']]])));
    offerUndo('Another', Promise.resolve(new Map([['b', ['1']]])));
    offerUndo('Half', Promise.resolve(new Map([['a', ['2', '3']]])));
    await settle();
    await readActivity();
    assert.deepEqual(
      toasts.value.map(({ text }) => text),
      ['Another', 'Half'],
    );
  });

  it('can be read without the subjects', async (t) => {
    const answers = listsOf([change({})], []);
    answers['emails.get'] = () => assert.fail('the database is busy');
    lineWith(t, answers);
    await readActivity();
    assert.deepEqual([changes.value.length, subjects.value], [1, {}]);
  });

  it('is read as soon as something needs the person, and until nothing does', async (t) => {
    const sent = [message({})];
    const { tell, of } = lineWith(t, listsOf([], sent));
    followActivity();
    await settle();
    assert.equal(unsent.value.length, 1);
    sent.pop();
    const before = of('submissions.list').length;
    tell({ event: 'outgoing', data: { account: 'a' } });
    await settle();
    await settle();
    assert.deepEqual([unsent.value.length, of('submissions.list').length], [0, before + 1]);
    tell({ event: 'outgoing', data: { account: 'a' } });
    await settle();
    assert.equal(of('submissions.list').length, before + 1);
  });
});

describe('giving something up', () => {
  const answers = { ...listsOf([], []), 'drafts.discard': () => ({}), 'changes.discard': () => ({ ids: [] }) };

  it('deletes a draft only after a question that names it', async (t) => {
    const { of } = lineWith(t, answers);
    const draft = change({ id: 'd5', type: 'draft', emails: [], draft: '5' });
    subjects.value = { [changeKey(draft)]: 'Lunch?' };
    for (const agreed of [false, true]) {
      const done = discardChange(draft, 'Draft');
      await settle();
      assert.deepEqual(question.value?.lines, [words.activity.sureDraft('Lunch?')]);
      assert.deepEqual(of('drafts.discard', 'changes.discard'), []);
      question.value?.answer(agreed);
      await done;
    }
    assert.deepEqual(of('drafts.discard', 'changes.discard'), [['drafts.discard', { draft: '5' }]]);
  });

  it('asks of a change that waits, and not of one that failed', async (t) => {
    const { of } = lineWith(t, answers);
    const done = discardChange(change({}), 'Move to Work');
    await settle();
    assert.deepEqual(question.value?.lines, [words.activity.sureChange('Move to Work')]);
    question.value?.answer(false);
    await done;
    const unsure = discardChange(change({ state: 'uncertain' }), 'Move to Work');
    await settle();
    assert.deepEqual(question.value?.lines, [words.activity.sureUnsure('Move to Work')], 'it may be done already');
    question.value?.answer(false);
    await unsure;
    await discardChange(change({ id: '9', state: 'failed' }), 'Move to Work');
    assert.deepEqual(of('changes.discard'), [['changes.discard', { ids: ['9'] }]]);
  });

  it('says what becomes of a message', async (t) => {
    lineWith(t, answers);
    const partly = message({});
    delete partly.draft;
    for (const [given, said] of [
      [message({}), words.activity.sureMessage('Lunch?')],
      [partly, words.activity.surePartly('Lunch?')],
      [message({ state: 'uncertain' }), words.activity.sureDoubt('Lunch?')],
    ] as const) {
      const done = giveUpSubmission(given);
      await settle();
      assert.deepEqual(question.value?.lines, [said]);
      question.value?.answer(false);
      await done;
    }
  });
});

describe('a message that was not sent', () => {
  it('is opened again as a draft', async (t) => {
    const { of } = lineWith(t, { ...listsOf([], []), 'submissions.resolve': () => ({ state: 'discarded' }) });
    sheet.value = 'activity';
    await editUnsent(message({}));
    assert.deepEqual(of('submissions.resolve'), [['submissions.resolve', { submission: '3', action: 'discard' }]]);
    assert.deepEqual([composer.value?.draft, composer.value?.text, sheet.value], ['5', 'At one', null]);
    composer.value = null;
  });
});
