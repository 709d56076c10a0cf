import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listEmails } from '../../src-main/store/emailPages.ts';
import { readEmail } from '../../src-main/store/emailReads.ts';
import type { EmailHead } from '../../src-shared/model.ts';
import { mails, type World, world } from '../support/world.ts';

const listed = (w: World): EmailHead[] =>
  w.store.read((db) =>
    listEmails(db, 'world', {
      mailbox: null,
      filter: {},
      collapseThreads: false,
      limit: 1000,
      after: null,
    }),
  ).rows;

const wrong: unknown[] = [null, undefined, 0, -1, 1e300, true, '', 'text', [], [null, 5], {}, { a: 1 }];
const properties = [
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
  'hasAttachment',
  'preview',
  'attachments',
  'header:List-Unsubscribe:asURLs',
  'header:List-Unsubscribe-Post:asText',
];
const recipients = Array.from({ length: 10_000 }, (_, n) => ({ name: `Name ${n}`, email: `a${n}@example.test` }));

const bad: [name: string, patch: Record<string, unknown>, shown: Partial<EmailHead>][] = [
  ['subject null', { subject: null }, { subject: null }],
  ['year 1', { receivedAt: '0001-01-01T00:00:00Z' }, { receivedAt: '1970-01-01T00:00:00.000Z' }],
  ['year 9999', { receivedAt: '9999-12-31T23:59:59Z' }, { receivedAt: '2106-02-07T06:28:15.000Z' }],
  [
    'yesterday',
    { receivedAt: 'yesterday', sentAt: '2026-02-03T04:05:06+01:00' },
    { receivedAt: '2026-02-03T03:05:06.000Z' },
  ],
  ['no date at all', { receivedAt: null, sentAt: 'never' }, { receivedAt: '1970-01-01T00:00:00.000Z', sentAt: null }],
  ['sent in the year 275760', { sentAt: '+275760-09-13T00:00:00Z' }, { sentAt: null }],
  ['10,000 recipients', { to: recipients }, { to: recipients }],
  [
    'lone surrogates',
    { subject: 'a\uD800b\uDC00', preview: '\uDFFF' },
    { subject: 'a\uFFFDb\uFFFD', preview: '\uFFFD' },
  ],
  [
    'a NUL',
    { subject: 'a\0b', from: [{ name: '\0', email: 'x\0@y' }] },
    { subject: 'a\uFFFDb', from: [{ name: '\uFFFD', email: 'x\uFFFD@y' }] },
  ],
  [
    'keywords with odd names',
    { keywords: { $SEEN: true, 'a\0\uD800"\\': true, $flagged: false } },
    { keywords: { $seen: true, 'a\0\uD800"\\': true } },
  ],
  [
    'a preview cut through a character',
    { preview: `${'x'.repeat(255)}\u{1F600}` },
    { preview: `${'x'.repeat(255)}\uFFFD` },
  ],
  [
    'addresses of every shape',
    { from: [null, 5, {}, { name: 'n' }, { email: 'e' }, { name: 5, email: null }] },
    {
      from: [
        { name: 'n', email: '' },
        { name: null, email: 'e' },
      ],
    },
  ],
  ['parts of every shape', { attachments: [null, 5, {}, { partId: 'p', size: -1 }, { partId: 'p', name: 'a\0' }] }, {}],
  ['a subject of a megabyte', { subject: 'x'.repeat(1_000_000) }, { subject: 'x'.repeat(1_000_000) }],
];

describe('badly described mail', () => {
  for (const [name, patch, shown] of bad)
    it(`${name}: stored and listed, and sync goes on`, async (t) => {
      const w = await world(t, { mails: 3 });
      await w.server.putRaw(patch);
      assert.deepEqual(await w.sync(), { result: 'ok' });
      // The same as a change, and once more as an update.
      const id = await w.server.putRaw(patch);
      assert.deepEqual(await w.sync(), { result: 'ok' });
      await w.server.setKeywords([id], { $answered: true });
      await w.server.deliver(mails(2));
      assert.deepEqual(await w.sync(), { result: 'ok' });
      assert.equal(Object.keys(w.view().emails).length, 7);
      assert.equal(listed(w).length, 7);
      const found = listed(w).filter((head) =>
        Object.entries(shown).every(
          ([key, value]) => JSON.stringify(head[key as keyof EmailHead]) === JSON.stringify(value),
        ),
      );
      assert.ok(found.length >= 2, JSON.stringify(listed(w).slice(0, 3)).slice(0, 1000));
    });

  it('every property of every wrong type, or missing', async (t) => {
    const w = await world(t);
    for (const property of properties) for (const value of wrong) await w.server.putRaw({ [property]: value });
    const count = properties.length * wrong.length;
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(Object.keys(w.view().emails).length, count);
    w.store.read((db) => {
      for (let id = 1; id <= count; id++) assert.ok(readEmail(db, 'world', id));
    });
    await w.server.deliver(mails(2));
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(Object.keys(w.view().emails).length, count + 2);
    w.forget();
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(w.server.countRequests(), 1);
  });

  it('mails that name no thread are no thread', async (t) => {
    const w = await world(t);
    for (const threadId of [null, '', 5, undefined]) await w.server.putRaw({ threadId });
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(new Set(listed(w).map((head) => head.threadId)).size, 4);
  });

  it('a mail in no mailbox, and one in a mailbox that nobody knows', async (t) => {
    const w = await world(t);
    const nowhere = await w.server.putRaw({ mailboxIds: {} });
    const ghost = await w.server.putRaw({ mailboxIds: { Pghost: true, '': true, 'a\0b\uD800': true } });
    assert.deepEqual(await w.sync(), { result: 'ok' });
    const { emails, mailboxes } = w.view();
    assert.deepEqual([emails[nowhere]?.mailboxIds, emails[ghost]?.mailboxIds], [[], []]);
    assert.equal(mailboxes['Pghost'], undefined, 'a mailbox that was never listed is not shown');
    await w.server.override(nowhere, null);
    await w.server.override(ghost, null);
    await w.expectTrue();
  });

  it('something that is no email', async (t) => {
    const w = await world(t, { mails: 3 });
    await w.server.putRaw({ id: null });
    await w.server.putRaw({ id: 5 });
    await w.server.putRaw({ id: '' });
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(Object.keys(w.view().emails).length, 3);
    assert.ok(w.server.countRequests() < 20);
    await w.server.deliver(mails(1));
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(Object.keys(w.view().emails).length, 4);
  });

  it('mailboxes described as badly', async (t) => {
    const w = await world(t, { mails: 3 });
    const box = await w.server.createMailbox('box');
    const child = await w.server.createMailbox('child', box);
    for (const patch of [
      { name: null, role: 5, parentId: {}, sortOrder: -1.5, myRights: null, totalEmails: 'many', isSubscribed: null },
      { name: '\0\uD800', role: '', parentId: 'Pnowhere', sortOrder: 1e300, totalEmails: -5, unreadEmails: null },
      { name: 'x'.repeat(100_000), role: 'INBOX', parentId: child, myRights: [] },
      { parentId: box },
    ]) {
      await w.server.override(box, patch);
      assert.deepEqual(await w.sync(), { result: 'ok' }, JSON.stringify(patch).slice(0, 100));
      assert.ok(w.view().mailboxes[box]);
      assert.ok(w.view().mailboxes[child]);
    }
    await w.server.override(box, null);
    await w.expectTrue();
  });
});
