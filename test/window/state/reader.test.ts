import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import './noPage.ts';
import { opened } from '../../../electron/renderer/state/list.ts';
import { rowState } from '../../../electron/renderer/state/overlay.ts';
import { closeThread, followReader, openBody, openRow, openThread } from '../../../electron/renderer/state/reader.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { settle } from '../../support/clock.ts';
import { lineWith } from './line.ts';

const head = (thread: string, keywords: EmailHead['keywords'] = { $seen: true }): EmailHead => ({
  id: `of ${thread}`,
  account: 'a',
  threadId: thread,
  mailboxIds: { '1': true },
  keywords,
  subject: thread,
  from: [],
  to: [],
  cc: [],
  receivedAt: '2026-01-01T00:00:00Z',
  sentAt: null,
  preview: '',
  hasAttachment: false,
  size: 1,
  pending: false,
});

const view = { url: 'x', text: '', attachments: [], blockedRemote: 0, unloaded: 0, links: [] };

followReader();

describe('the reader', () => {
  it('does not say of one conversation that another could not be read', async (t) => {
    let fail: (error: Error) => void = () => undefined;
    lineWith(t, {
      'threads.get': ({ thread }: { thread: string }) =>
        thread === 'slow' ? new Promise((_, reject) => (fail = reject)) : { emails: [head(thread)] },
      'host.view': () => view,
    });
    const slow = openRow(head('slow'));
    await openRow(head('quick'));
    await settle();
    fail(new TernError('storage', 'the disk is full'));
    await slow;
    assert.deepEqual([openBody.value?.state, openBody.value?.email], ['ready', 'of quick']);
  });

  it('keeps what is open when it cannot be read again, and closes what is gone', async (t) => {
    let error: TernError | null = null;
    const { tell } = lineWith(t, {
      'threads.get': () => {
        if (error) throw error;
        return { emails: [head('kept')] };
      },
      'host.view': () => view,
    });
    const changed = { event: 'changed', data: { account: 'a', threads: ['kept'] } } as never;
    await openRow(head('kept'));
    error = new TernError('cancelled', 'its worker ended');
    tell(changed);
    await settle();
    assert.equal(openThread.value?.thread, 'kept');
    error = new TernError('notFound', 'no such thread');
    tell(changed);
    await settle();
    assert.equal(openThread.value, null);
  });

  it('takes no draft for unread', async (t) => {
    const { tell, of } = lineWith(t, {
      'threads.get': () => ({ emails: [head('answered'), { ...head('answered', { $draft: true }), id: 'draft' }] }),
      'host.view': () => view,
    });
    await openRow(head('answered'));
    tell({ event: 'changed', data: { account: 'a', threads: ['answered'] } } as never);
    await settle();
    assert.ok(opened.value);
    assert.equal(rowState(opened.value, undefined).unread, false);
    assert.deepEqual(of('changes.submit'), []);
    closeThread();
  });
});
