import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import './noPage.ts';
import { mailboxes } from '../../../electron/renderer/state/accounts.ts';
import { pageToOpen } from '../../../electron/renderer/state/appSettings.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import {
  offeredSender,
  pictureSenders,
  setPictures,
  showsPictures,
} from '../../../electron/renderer/state/pictures.ts';
import { toasts } from '../../../electron/renderer/state/toasts.ts';
import { unsubscribe } from '../../../electron/renderer/state/unsubscribe.ts';
import { t as words } from '../../../electron/renderer/strings/en.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { settle } from '../../support/clock.ts';
import { lineWith } from './line.ts';

const email: EmailHead = {
  id: '7',
  account: 'a',
  threadId: '7',
  mailboxIds: { in: true },
  keywords: {},
  subject: 'News',
  from: [{ name: 'News', email: 'news@lists.example' }],
  to: [],
  cc: [],
  receivedAt: '2026-01-01T00:00:00Z',
  sentAt: null,
  preview: '',
  hasAttachment: false,
  size: 1,
  pending: false,
};
const junkMail = { ...email, mailboxIds: { junk: true as const } };
const box = (id: string, role: string) => ({ account: 'a', id, role }) as never;

describe('a list', () => {
  const post = { way: 'post', url: 'https://lists.example:8443/off?u=1' } as const;

  it('is left by one click once the person has seen where that goes', async (t) => {
    mailboxes.value = [box('in', 'inbox'), box('junk', 'junk')];
    const { asked } = lineWith(t, { 'mailingList.unsubscribe': () => ({ way: 'posted', host: 'lists.example:8443' }) });
    for (const agreed of [false, true]) {
      const done = unsubscribe(email, post);
      await settle();
      assert.deepEqual(question.value?.lines, [
        words.senders.asks('news@lists.example', 'lists.example:8443'),
        words.senders.learns('lists.example:8443'),
      ]);
      assert.deepEqual(asked, []);
      question.value?.answer(agreed);
      await done;
    }
    assert.deepEqual(asked, [['mailingList.unsubscribe', { email: '7', evenJunk: false }]]);
    assert.equal(toasts.value.at(-1)?.text, words.senders.left('lists.example:8443'));
  });

  it('of junk is left only after a warning', async (t) => {
    const { asked } = lineWith(t, { 'mailingList.unsubscribe': () => ({ way: 'none' }) });
    const done = unsubscribe(junkMail, post);
    await settle();
    assert.equal(question.value?.lines.at(-1), words.senders.junk);
    question.value?.answer(true);
    await done;
    assert.deepEqual(asked, [['mailingList.unsubscribe', { email: '7', evenJunk: true }]]);
  });

  it('is left by hand where one click does not work, unless there is no network', async (t) => {
    let kind: 'server' | 'network' = 'network';
    lineWith(t, {
      'mailingList.unsubscribe': () => {
        throw new TernError(kind, 'no');
      },
    });
    pageToOpen.value = null;
    for (const [next, page] of [
      ['network', null],
      ['server', { url: post.url, lead: words.senders.failed }],
    ] as const) {
      kind = next;
      const done = unsubscribe(email, post);
      await settle();
      question.value?.answer(true);
      await done;
      assert.deepEqual([pageToOpen.value, toasts.value.at(-1)?.tone], [page, 'bad']);
    }
    pageToOpen.value = null;
  });
});

describe('pictures from elsewhere', () => {
  it('are shown at once of a sender whom the person named, and never of junk', async (t) => {
    mailboxes.value = [box('in', 'inbox'), box('junk', 'junk')];
    pictureSenders.value = {};
    let pictures: string[] = [];
    const { asked } = lineWith(t, {
      'settings.get': () => ({ pictures }),
      'settings.set': ({ pictures: patch }: { pictures: Record<string, true | null> }) => {
        pictures = Object.entries(patch).flatMap(([sender, shown]) => (shown ? [sender] : []));
        return { pictures };
      },
    });
    assert.equal(await showsPictures(email), false);
    const sender = offeredSender(email) ?? '';
    await setPictures('a', sender, true);
    assert.deepEqual(
      [await showsPictures(email), await showsPictures(junkMail), offeredSender(junkMail)],
      [true, false, null],
    );
    assert.equal(await showsPictures({ ...email, from: [{ name: 'News', email: 'other@lists.example' }] }), false);
    await setPictures('a', sender, false);
    assert.equal(await showsPictures(email), false);
    assert.deepEqual(asked.slice(1), [
      ['settings.set', { pictures: { 'news@lists.example': true } }],
      ['settings.set', { pictures: { 'news@lists.example': null } }],
    ]);
  });
});
