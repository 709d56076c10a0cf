import assert from 'node:assert/strict';
import { it } from 'node:test';
import { askOfUnsent } from '../../src-main/desktop/unsent.ts';
import type { Submission } from '../../src-shared/draft.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const message = (state: Submission['state'], more: Partial<Submission> = {}): Submission => ({
  id: '1',
  account: 'a',
  subject: 'Hi',
  state,
  recipients: [],
  createdAt: '2026-11-29T11:59:00Z',
  ...more,
});
const held = (sendAt: string, heldBy: 'here' | 'server' = 'here') => message('held', { sendAt, heldBy });

it('who quits is told of messages that wait for Tern, and of no others', () => {
  const settled = [message('done'), message('failed'), message('uncertain'), held('2026-12-24T08:00:00Z', 'server')];
  assert.equal(askOfUnsent([], NOW), null);
  assert.equal(askOfUnsent(settled, NOW), null);
  const waiting = [message('queued'), message('sending'), held('2026-11-29T12:00:10Z'), held('2026-12-24T08:00:00Z')];
  assert.equal(
    askOfUnsent([...settled, ...waiting], NOW)?.detail,
    '3 messages are on the way out. They are sent when Tern runs again.\n' +
      '1 message is scheduled. It is sent at the chosen time only if Tern runs then, else when it runs again.',
  );
  assert.match(askOfUnsent([message('queued')], NOW)?.detail ?? '', /^1 message is on the way out\. It is sent/);
});
