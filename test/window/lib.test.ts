import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullName, parseAddresses } from '../../electron/renderer/lib/addresses.ts';
import { asTaken } from '../../electron/renderer/lib/servers.ts';
import { inBytes } from '../../electron/renderer/lib/sizes.ts';
import { listTime } from '../../electron/renderer/lib/times.ts';
import { unsubscribeTargets } from '../../electron/renderer/lib/unsubscribe.ts';
import { scrollTo, windowOf } from '../../electron/renderer/lib/windowOf.ts';

test('addresses are taken as people type and paste them', () => {
  const typed = 'ann@a.example, "Lee, Bo" <bo@b.example>; Zoë <zoë@müller.example>\nnobody, <x@y>';
  const { addresses, rest } = parseAddresses(typed);
  assert.deepEqual(addresses, [
    { name: null, email: 'ann@a.example' },
    { name: 'Lee, Bo', email: 'bo@b.example' },
    { name: 'Zoë', email: 'zoë@müller.example' },
    { name: null, email: 'x@y' },
  ]);
  assert.deepEqual(rest, ['nobody']);
  assert.deepEqual(parseAddresses(' , ;'), { addresses: [], rest: [] });
  assert.equal(fullName({ name: 'Bo', email: 'bo@b.example' }), 'Bo <bo@b.example>');
});

test('each server is told the user name that it took', () => {
  const typed = { type: 'password', username: 'alice@a.example', password: 'secret' } as const;
  const legs = (imap?: string, smtp?: string) => [
    { leg: 'imap' as const, host: 'a', ok: true, ...(imap === undefined ? {} : { username: imap }) },
    { leg: 'smtp' as const, host: 'a', ok: true, ...(smtp === undefined ? {} : { username: smtp }) },
  ];
  assert.deepEqual(asTaken(typed, legs()), typed);
  assert.deepEqual(asTaken(typed, legs('alice', 'alice')), { ...typed, username: 'alice' });
  const address = { username: 'alice@a.example', password: 'secret' };
  assert.deepEqual(asTaken(typed, legs('alice')), { ...typed, username: 'alice', smtp: address });
  assert.deepEqual(asTaken(typed, legs(undefined, 'alice')), { ...typed, smtp: { ...address, username: 'alice' } });
  const apart = { ...typed, smtp: { username: 'out', password: 'other' } };
  assert.deepEqual(asTaken(apart, legs('alice')), { ...apart, username: 'alice' });
  assert.deepEqual(asTaken(typed, []), typed);
  const jmap = [{ leg: 'jmap' as const, host: 'a', ok: true, username: 'alice' }];
  assert.deepEqual(asTaken(typed, jmap), { ...typed, username: 'alice' });
  const handle = { type: 'oauth', handle: 'x' } as const;
  assert.deepEqual(asTaken(handle, legs('alice')), handle);
});

test('only rows on screen are made, and some around them', () => {
  assert.deepEqual(windowOf(0, 600, 60, 100_000), { first: 0, end: 18 });
  assert.deepEqual(windowOf(60_000, 600, 60, 100_000), { first: 992, end: 1018 });
  assert.deepEqual(windowOf(60_000, 600, 60, 5), { first: 5, end: 5 });
  assert.deepEqual([scrollTo(0, 120, 600, 60), scrollTo(3, 120, 600, 60), scrollTo(20, 120, 600, 60)], [0, 120, 660]);
});

test('a list says where it is ended', () => {
  assert.deepEqual(unsubscribeTargets('<https://l.example/u?a=1>, <mailto:leave@l.example?subject=out%20please>'), {
    web: 'https://l.example/u?a=1',
    mail: { to: 'leave@l.example', subject: 'out please' },
  });
  assert.deepEqual(unsubscribeTargets('<http://l.example/u>, <javascript:alert(1)>'), { web: null, mail: null });
  assert.deepEqual(unsubscribeTargets('mailto:bare@l.example'), { web: null, mail: null });
});

test('times and sizes are short', () => {
  const now = new Date(2026, 10, 28, 12);
  assert.match(listTime(new Date(2026, 10, 28, 9, 5).toISOString(), now), /9:05/);
  assert.equal(listTime(new Date(2026, 10, 26, 9).toISOString(), now), 'Thu');
  assert.match(listTime(new Date(2025, 3, 1).toISOString(), now), /2025/);
  assert.deepEqual([0, 999, 1000, 1_450_000, 26_000_000].map(inBytes), ['0 B', '999 B', '1.0 kB', '1.4 MB', '26 MB']);
});
