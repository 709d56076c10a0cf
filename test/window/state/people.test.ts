import assert from 'node:assert/strict';
import { test } from 'node:test';
import './noPage.ts';
import { askPeople, peopleFor } from '../../../electron/renderer/state/people.ts';
import { addTo, composer, edit, keep, openComposer } from '../../../electron/renderer/state/writing.ts';
import { openWorld } from './world.ts';

test('whom Tern offers by the mail that was seen can be written to', async (t) => {
  const world = await openWorld(t);
  await world.deliver('Hello');
  await askPeople('ben');
  const [ben] = peopleFor('ben');
  assert.equal(ben?.email, 'ben@family.example');
  await openComposer(world.account, {});
  addTo('to', [ben]);
  edit({ text: 'Hello Ben' });
  assert.deepEqual([await keep(), composer.value?.problem], [true, null]);
});
