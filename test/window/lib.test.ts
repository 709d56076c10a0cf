import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullName, parseAddresses } from '../../electron/renderer/lib/addresses.ts';
import { changeWords } from '../../electron/renderer/lib/changeWords.ts';
import { coalesced } from '../../electron/renderer/lib/coalesced.ts';
import { pictureSender } from '../../electron/renderer/lib/pictures.ts';
import { asTaken } from '../../electron/renderer/lib/servers.ts';
import { inBytes } from '../../electron/renderer/lib/sizes.ts';
import { listTime } from '../../electron/renderer/lib/times.ts';
import { listOffer } from '../../electron/renderer/lib/unsubscribe.ts';
import { scrollTo, windowOf } from '../../electron/renderer/lib/windowOf.ts';
import { inWords } from '../../electron/renderer/strings/errors.ts';
import type { PendingChange } from '../../src-shared/contractRows.ts';

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

test('what runs once at a time never runs beside itself, whoever asks between two runs', async () => {
  let runs = 0;
  let most = 0;
  let ended = 0;
  const ask = coalesced(async () => {
    most = Math.max(most, ++runs - ended);
    await new Promise(setImmediate);
    ended += 1;
  });
  const first = ask();
  const second = ask();
  assert.equal(ask(), second, 'one more run for all who ask');
  const between = first.then(() => ask());
  await Promise.all([second, between]);
  await new Promise(setImmediate);
  assert.deepEqual([most, runs, ended], [1, 2, 2]);
});

test('a list says how it is left', () => {
  const oneClick = 'List-Unsubscribe=One-Click';
  const offers = (listUnsubscribe: string, listUnsubscribePost?: string) =>
    listOffer({ listUnsubscribe, ...(listUnsubscribePost === undefined ? {} : { listUnsubscribePost }) });
  const both = '<mailto:leave@l.example>, <https://l.example/u?a=1>';
  assert.deepEqual(offers(both, oneClick), { way: 'post', url: 'https://l.example/u?a=1' });
  assert.deepEqual(offers(both, 'List-Unsubscribe=Twice'), { way: 'mailto' });
  assert.deepEqual(offers('<mailto:leave@l.example>', oneClick), { way: 'mailto' });
  assert.deepEqual(offers('<https://l.example/u>'), { way: 'page', url: 'https://l.example/u' });
  for (const nothing of ['<http://l.example/u>, <javascript:alert(1)>', 'mailto:bare@l.example', '<mailto:>', ''])
    assert.equal(offers(nothing, oneClick), null);
});

test('pictures can be shown always of a sender who is beyond doubt', () => {
  const news = { name: 'News', email: 'News@Lists.example' };
  assert.equal(pictureSender({ from: [news] }), 'news@lists.example');
  for (const from of [
    [],
    [news, news],
    [{ name: 'boss@work.example', email: 'news@lists.example' }],
    [{ name: 'News', email: 'news@xn--lsts-epa.example' }],
    [{ name: 'News', email: 'nobody' }],
  ])
    assert.equal(pictureSender({ from }), null);
});

test('a change says what it does', () => {
  const words = (some: Partial<PendingChange>): string =>
    changeWords(
      { id: '1', account: 'a', type: 'keywords', emails: [], state: 'queued', attempts: 0, createdAt: '', ...some },
      (id) => ({ w: 'Work', o: 'Other' })[id],
    );
  const patch = (type: PendingChange['type'], of: Record<string, true | null>) => words({ type, patch: of });
  assert.deepEqual(
    [
      patch('keywords', { $seen: true }),
      patch('keywords', { $seen: null }),
      patch('keywords', { $flagged: true }),
      patch('keywords', { $flagged: null }),
      patch('keywords', { $seen: true, $flagged: true }),
      patch('keywords', { $label1: true }),
      words({}),
    ],
    ['Mark as read', 'Mark as unread', 'Star', 'Remove star', 'Mark', 'Mark', 'Mark'],
  );
  assert.deepEqual(
    [
      patch('mailboxes', { w: true, o: null }),
      patch('mailboxes', { o: null }),
      patch('mailboxes', { x: true }),
      words({ type: 'move', role: 'archive' }),
      words({ type: 'delete' }),
      words({ type: 'mailbox', op: 'create', name: 'New' }),
      words({ type: 'mailbox', op: 'delete', mailbox: 'w' }),
      words({ type: 'mailbox', op: 'rename', mailbox: 'w', name: 'Job' }),
    ],
    [
      'Move to Work',
      'Take out of Other',
      'Move to a mailbox that is gone',
      'Move to Archive',
      'Delete',
      'New mailbox New',
      'Delete the mailbox Work',
      'Rename or move the mailbox Job',
    ],
  );
});

test('a failure is said once, in words that people know', () => {
  assert.equal(
    inWords({ kind: 'auth', message: 'the mail server refused the password: Authentication failed. Check it.' }),
    'The mail server refused the password: Authentication failed. Check it.',
  );
  assert.equal(inWords({ kind: 'conflict', message: 'it is too late' }), 'It is too late.');
  assert.equal(inWords({ kind: 'auth', message: '' }), 'The server did not accept the user name and password.');
  assert.equal(
    inWords({ kind: 'network', message: 'connect ECONNREFUSED' }),
    'The server cannot be reached. Is this computer online? (connect ECONNREFUSED)',
  );
  assert.equal(
    inWords({ kind: 'invalid', message: 'text: Too big: expected string to have <=5000000 characters' }),
    'That is too large.',
  );
  assert.equal(inWords({ kind: 'invalid', message: 'to: Invalid input: expected array' }), 'That is not valid.');
  assert.equal(inWords({ kind: 'invalid', message: 'the server does not take it' }), 'The server does not take it.');
});

test('times and sizes are short', () => {
  const now = new Date(2026, 10, 28, 12);
  assert.match(listTime(new Date(2026, 10, 28, 9, 5).toISOString(), now), /9:05/);
  assert.equal(listTime(new Date(2026, 10, 26, 9).toISOString(), now), 'Thu');
  assert.match(listTime(new Date(2025, 3, 1).toISOString(), now), /2025/);
  assert.deepEqual([0, 999, 1000, 1_450_000, 26_000_000].map(inBytes), ['0 B', '999 B', '1.0 kB', '1.4 MB', '26 MB']);
});
