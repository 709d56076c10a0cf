import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod';
import { type Args, basic, getSchema, one, query, querySchema, refused, start } from './jmap/testClient.ts';

describe('queries', () => {
  const filled = async (t: TestContext, count = 10) => {
    const server = await start(t);
    const ids = await server.deliver(Array.from({ length: count }, () => ({})));
    return { server, newest: ids.toReversed() };
  };

  it('pages by position and by anchor', async (t) => {
    const { server, newest } = await filled(t);
    assert.deepEqual((await query(server)).ids, newest);
    assert.deepEqual((await query(server, { sort: [{ property: 'receivedAt' }] })).ids, newest.toReversed());
    const tail = await query(server, { position: -3, limit: 2, calculateTotal: true });
    assert.deepEqual([tail.ids, tail.position, tail.total], [newest.slice(7, 9), 7, 10]);
    const next = await query(server, { anchor: newest[3], anchorOffset: 1, limit: 3 });
    assert.deepEqual([next.ids, next.position], [newest.slice(4, 7), 4]);
    assert.deepEqual((await query(server, { anchor: newest[1], anchorOffset: -5 })).position, 0);
    assert.equal(await refused(server, 'Email/query', { anchor: 'nope' }), 'anchorNotFound');
    const filter = { inMailbox: server.mailboxId('sent') };
    assert.equal(await refused(server, 'Email/query', { filter, anchor: newest[0] }), 'anchorNotFound');
    await server.destroy(newest.slice(0, 1));
    const [late = ''] = await server.deliver([{ receivedAt: new Date(0) }]);
    assert.deepEqual((await query(server)).ids, [...newest.slice(1), late]);
  });

  it('filters, sorts and collapses', async (t) => {
    const server = await start(t);
    const ids = await server.deliver([
      { messageId: 'a@x', subject: 'Beta plan', keywords: ['$seen'] },
      { inReplyTo: 'a@x', subject: 'Alpha plan', text: 'x'.repeat(5000) },
      { subject: 'Gamma', mailboxIds: [server.mailboxId('archive')], receivedAt: new Date('2020-01-01T00:00:00Z') },
    ]);
    const [a, b, c] = ids;
    const found = async (args: Args) => (await query(server, args)).ids;
    assert.deepEqual(await found({ collapseThreads: true }), [b, c]);
    assert.deepEqual(await found({ filter: { notKeyword: '$seen' } }), [b, c]);
    assert.deepEqual(await found({ filter: { before: '2021-01-01T00:00:00Z' } }), [c]);
    assert.deepEqual(await found({ filter: { inMailboxOtherThan: [server.mailboxId('archive')] } }), [b, a]);
    assert.deepEqual(await found({ sort: [{ property: 'subject' }] }), [b, a, c]);
    assert.deepEqual((await found({ sort: [{ property: 'size', isAscending: false }] }))[0], b);
    const both = {
      operator: 'AND',
      conditions: [{ subject: 'PLAN' }, { operator: 'NOT', conditions: [{ hasKeyword: '$seen' }] }],
    };
    assert.deepEqual(await found({ filter: both }), [b]);
    const boxes = await one(server, querySchema, 'Mailbox/query', { filter: { role: 'archive' } });
    assert.deepEqual(boxes.ids, [server.mailboxId('Archive')]);
  });

  it('finds every anchor among equal dates', async (t) => {
    const server = await start(t);
    const receivedAt = new Date('2026-02-02T02:02:02Z');
    const ids = await server.deliver(Array.from({ length: 50 }, () => ({ receivedAt })));
    const walked: string[] = [];
    for (let anchor: string | undefined; ; anchor = walked.at(-1)) {
      const page = await query(server, anchor ? { anchor, anchorOffset: 1, limit: 7 } : { limit: 7 });
      if (page.ids.length === 0) break;
      walked.push(...page.ids);
    }
    assert.deepEqual(walked, ids.toReversed());
    server.trouble.unstableOrder(true);
    const [first, second] = [(await query(server)).ids, (await query(server)).ids];
    assert.notDeepEqual(first, second);
    assert.deepEqual(first.toSorted(), second.toSorted());
  });
});

describe('emails', () => {
  it('answers bodies, headers, files and the raw message', async (t) => {
    const server = await start(t);
    const [id = ''] = await server.deliver([
      {
        subject: 'Grüße',
        text: 'Hällo\n',
        html: '<p>Hällo</p>',
        attachments: [{ name: 'a.txt', type: 'text/plain', content: 'file' }],
        headers: { 'List-Unsubscribe': '<https://x.example/u>, <mailto:u@x.example>' },
      },
    ]);
    const properties = [
      'blobId',
      'size',
      'subject',
      'bodyValues',
      'attachments',
      'hasAttachment',
      'header:List-Unsubscribe:asURLs',
    ];
    const { list } = await one(server, getSchema, 'Email/get', {
      ids: [id],
      properties,
      fetchAllBodyValues: true,
      maxBodyValueBytes: 2,
    });
    const [email = {}] = list;
    assert.deepEqual(email['header:List-Unsubscribe:asURLs'], ['https://x.example/u', 'mailto:u@x.example']);
    assert.deepEqual(email.bodyValues, {
      1: { value: 'H', isTruncated: true, isEncodingProblem: false },
      2: { value: '<p', isTruncated: true, isEncodingProblem: false },
    });
    assert.equal(email.hasAttachment, true);
    const blob = async (blobId: unknown) =>
      (
        await fetch(`${server.url}/jmap/download/alice/${String(blobId)}/x?accept=text/plain`, {
          headers: { Authorization: basic() },
        })
      ).text();
    const raw = await blob(email.blobId);
    assert.equal(Buffer.byteLength(raw), email.size);
    assert.match(raw, /^Date: .*\r\nFrom: /);
    const [file] = z.array(z.looseObject({ blobId: z.string() })).parse(email.attachments);
    assert.equal(await blob(file?.blobId), 'file');
  });

  it('answers the nonsense a test asks for', async (t) => {
    const server = await start(t);
    const id = await server.putRaw({ subject: null, from: undefined, preview: 'a\ud800b', to: 7, mailboxIds: {} });
    const { list } = await one(server, getSchema, 'Email/get', {
      ids: [id],
      properties: ['subject', 'from', 'preview', 'to'],
    });
    assert.deepEqual(list, [{ id, subject: null, preview: 'a\ud800b', to: 7 }]);
    assert.equal((await server.truth()).emails[id]?.subject, null);
  });
});
