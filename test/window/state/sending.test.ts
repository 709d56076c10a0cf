import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import './noPage.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import { attach } from '../../../electron/renderer/state/attaching.ts';
import { editOutgoing, sendNow } from '../../../electron/renderer/state/outgoing.ts';
import { send } from '../../../electron/renderer/state/sending.ts';
import { toasts } from '../../../electron/renderer/state/toasts.ts';
import { undoLast } from '../../../electron/renderer/state/undo.ts';
import { composer, edit, openComposer } from '../../../electron/renderer/state/writing.ts';
import { t as words } from '../../../electron/renderer/strings/en.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { settle } from '../../support/clock.ts';
import { type Answers, lineWith } from './line.ts';

const bob = { name: null, email: 'bob@b.example' };
const draft = { draft: '5', identity: '1', from: null, to: [bob], cc: [], bcc: [], subject: 'Plan', text: 'At one' };
const kept = { ...draft, html: null, inReplyTo: null, forwardOf: null, repliesTo: null, attachments: [] };

const line = (t: TestContext, more: Answers = {}) => {
  composer.value = null;
  return lineWith(t, {
    'identities.list': () => ({ identities: [] }),
    'drafts.save': () => ({ draft: '5' }),
    'drafts.get': () => kept,
    'drafts.send': () => ({ submission: '3' }),
    'submissions.list': () => ({ submissions: [] }),
    'submissions.cancel': () => ({}),
    ...more,
  });
};

describe('a message that speaks of a file and has none', () => {
  const begin = async (t: TestContext) => {
    const { of } = line(t);
    await openComposer('a', { to: [bob], text: 'See what is attached.' });
    const sending = send();
    await settle();
    const answer = question.value?.answer ?? assert.fail('nothing was asked');
    return { of, sending, answer };
  };

  it('is sent where the person says so', async (t) => {
    const { of, sending, answer } = await begin(t);
    assert.deepEqual(of('drafts.send'), []);
    answer(true);
    await sending;
    assert.deepEqual([of('drafts.send').length, composer.value], [1, null]);
  });

  it('stays open where they do not', async (t) => {
    const { of, sending, answer } = await begin(t);
    answer(false);
    await sending;
    assert.deepEqual([of('drafts.send').length, composer.value?.text], [0, 'See what is attached.']);
  });

  it('is not another one that was opened meanwhile', async (t) => {
    const { of, sending, answer } = await begin(t);
    await openComposer('a', { to: [bob], text: 'Other' });
    edit({ text: 'Other words' });
    answer(true);
    await sending;
    assert.deepEqual([of('drafts.send').length, composer.value?.text], [0, 'Other words']);
  });
});

it('a message that cannot be handed over is in front of the person again, and they read why', async (t) => {
  const { of } = line(t, {
    'drafts.send': () => {
      throw new TernError('storage', 'the disk is full');
    },
  });
  await openComposer('a', { to: [bob], text: 'At one.' });
  await send();
  assert.deepEqual([of('drafts.send').length, composer.value?.text], [1, 'At one.']);
  assert.match(toasts.value.at(-1)?.text ?? '', /disk is full/);
});

it('a file goes along with the message that it was given to, and with no other', async (t) => {
  line(t);
  await openComposer('a', { to: [bob], text: 'First' });
  const reading = Promise.withResolvers<ArrayBuffer>();
  const file = Object.assign(new File(['x'], 'plan.txt'), { arrayBuffer: () => reading.promise });
  const attaching = attach([file]);
  await openComposer('a', { to: [bob], text: 'Second' });
  reading.resolve(new ArrayBuffer(1));
  await attaching;
  assert.deepEqual([composer.value?.text, composer.value?.files], ['Second', []]);
});

const held = {
  id: '3',
  account: 'a',
  draft: '5',
  subject: 'Plan',
  state: 'held' as const,
  recipients: [],
  createdAt: '',
};

it('a message that was taken back to be edited is offered to be taken back no more', async (t) => {
  const { of } = line(t, { 'drafts.send': () => ({ submission: '9' }) });
  await openComposer('a', { to: [bob], text: 'At one.' });
  await send(new Date(Date.now() + 86_400_000));
  assert.deepEqual(
    toasts.value.map(({ button }) => button),
    [words.undo],
  );
  await editOutgoing({ ...held, id: '9' });
  assert.deepEqual(toasts.value, []);
  undoLast();
  await settle();
  const cancelled = of('submissions.cancel').filter(
    ([, input]) => (input as { submission: string }).submission === '9',
  );
  assert.equal(cancelled.length, 1);
});

describe('a message that is sent now instead of later', () => {
  it('is in the person’s hands again where that cannot be done, and they read why', async (t) => {
    const { of } = line(t, {
      'drafts.send': () => {
        throw new TernError('storage', 'the disk is full');
      },
    });
    await sendNow(held);
    assert.deepEqual(
      of('submissions.cancel', 'drafts.send').map(([name]) => name),
      ['submissions.cancel', 'drafts.send'],
    );
    assert.deepEqual([composer.value?.draft, composer.value?.text], ['5', 'At one']);
    assert.match(toasts.value.at(-1)?.text ?? '', /disk is full/);
  });
});
