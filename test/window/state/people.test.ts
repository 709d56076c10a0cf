import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import './noPage.ts';
import { resume } from '../../../electron/renderer/state/composer.ts';
import { call } from '../../../electron/renderer/state/line.ts';
import { askPeople, peopleFor } from '../../../electron/renderer/state/people.ts';
import { addTo, composer, edit, keep, openComposer } from '../../../electron/renderer/state/writing.ts';
import { lineWith } from './line.ts';
import { openWorld } from './world.ts';

/** Nothing is being written. */
const begin = (): void => {
  composer.value = null;
};

const senders = [
  { name: 'Anna', email: 'anna@friends.example' },
  { name: 'Two\tlines\nof Anna', email: 'lines@friends.example' },
  { name: `Long Anna ${'n'.repeat(900)}`, email: 'long@friends.example' },
  { name: 'No Anna', email: 'anna@@' },
];

describe('whom a message is for', () => {
  it('can be everybody whom Tern offers by the mail that was seen', async (t) => {
    const { server, account } = await openWorld(t);
    await server.deliver(senders.map((from) => ({ from })));
    await call('sync.now', account, {});
    await askPeople('anna');
    const offered = peopleFor('anna');
    const names = offered.map(({ email }) => email.split('@')[0]);
    assert.deepEqual(new Set(names), new Set(['anna', 'lines', 'long']));
    await openComposer(account, {});
    addTo('to', offered);
    edit({ text: 'Hello all' });
    assert.deepEqual([await keep(), composer.value?.problem], [true, null]);
  });

  it('is text in its field, where another program left what is no address in a draft', async (t) => {
    const to = [
      { name: null, email: 'anna@friends.example' },
      { name: 'Bob', email: 'bob' },
      { name: 'Carol Jones', email: '' },
    ];
    const kept = { draft: '5', identity: null, from: null, to, cc: [], bcc: [], subject: 'Plan', text: 'At one' };
    begin();
    const { of } = lineWith(t, {
      'identities.list': () => ({ identities: [] }),
      'drafts.get': () => ({ ...kept, html: null, inReplyTo: null, forwardOf: null, repliesTo: null, attachments: [] }),
      'drafts.save': () => ({ draft: '5' }),
    });
    await resume('a', { draft: '5' });
    assert.equal(composer.value?.typed.to, 'Bob <bob>, Carol Jones');
    edit({ text: 'At two' });
    await keep();
    const [, saved] = of('drafts.save')[0] ?? [];
    assert.deepEqual((saved as { to: unknown }).to, [to[0]]);
  });
});
