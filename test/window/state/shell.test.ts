import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import './noPage.ts';
import { sheet } from '../../../electron/renderer/state/activity.ts';
import { goTo } from '../../../electron/renderer/state/commands.ts';
import { filter, place } from '../../../electron/renderer/state/places.ts';
import { openBody, openThread } from '../../../electron/renderer/state/reader.ts';
import { followShell } from '../../../electron/renderer/state/shell.ts';
import { toasts } from '../../../electron/renderer/state/toasts.ts';
import { errorWords } from '../../../electron/renderer/strings/errors.ts';
import { settle } from '../../support/clock.ts';
import { lineWith } from './line.ts';

const email = {
  id: '7',
  account: 'a',
  threadId: '3',
  mailboxIds: { '1': true },
  keywords: { $seen: true },
  subject: 'New',
  from: [],
  to: [],
  cc: [],
  receivedAt: '2026-01-01T00:00:00Z',
};
const view = { url: 'x', text: '', attachments: [], blockedRemote: 0, unloaded: 0, links: [] };

describe('a notification that is clicked', () => {
  it('opens its mail in the inbox, in front of what was there; or says that it is gone', async (t) => {
    let emails = [email];
    const { tell } = lineWith(
      t,
      {
        'shell.ready': () => ({ settings: {}, weakSecrets: false }),
        'emails.get': () => ({ emails }),
        'threads.get': () => ({ emails }),
        'host.view': () => view,
      },
      true,
    );
    followShell();
    goTo({ kind: 'role', role: 'archive' });
    filter.value = 'flagged';
    sheet.value = 'settings';
    const open = { event: 'shell.open', data: { account: 'a', email: '7' } } as never;
    tell(open);
    await settle();
    assert.deepEqual([place.value, filter.value, sheet.value], [{ kind: 'role', role: 'inbox' }, 'all', null]);
    assert.deepEqual([openThread.value?.subject, openBody.value?.state], ['New', 'ready']);
    emails = [];
    tell(open);
    await settle();
    assert.deepEqual(toasts.value.map(({ text }) => text).at(-1), errorWords.notFound);
    assert.equal(openThread.value?.subject, 'New', 'what is open stays');
  });
});
