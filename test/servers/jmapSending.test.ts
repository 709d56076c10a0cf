import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod';
import {
  type Args,
  type Call,
  changes,
  fields,
  getSchema,
  one,
  query,
  refused,
  request,
  start,
  state,
  submission,
  upload,
} from './jmap/testClient.ts';
import type { JmapServer, JmapServerOptions } from './jmapServer.ts';

const letter = (id: string, text = 'Grüße'): string =>
  [
    'From: "Alice" <alice@example.test>',
    'To: Bob <bob@elsewhere.test>, carol@elsewhere.test',
    'Bcc: dave@elsewhere.test',
    'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
    `Message-ID: <${id}@tern.test>`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `${text}\r\n`,
  ].join('\r\n');

const importSchema = z.looseObject({
  created: z.record(z.string(), z.looseObject({ id: z.string() })),
  notCreated: z.record(z.string(), z.looseObject({ type: z.string() })),
});
const anySet = z.looseObject({
  created: z.record(z.string(), fields).nullable(),
  notCreated: z.record(z.string(), fields).nullable(),
  notUpdated: z.record(z.string(), fields).nullable(),
});

const blobOf = async (server: JmapServer, text: string): Promise<string> => {
  const response = await upload(server, text);
  assert.equal(response.status, 201);
  return ((await response.json()) as { blobId: string }).blobId;
};

const importBlob = (server: JmapServer, blobId: string, more: Args = {}) => {
  const mailboxIds = { [server.mailboxId('drafts')]: true };
  const emails = { k: { blobId, mailboxIds, keywords: { $draft: true, $seen: true }, ...more } };
  return one(server, importSchema, 'Email/import', { emails });
};

/** A server with one imported draft. */
const withDraft = async (t: TestContext, options: JmapServerOptions = {}) => {
  const server = await start(t, options);
  const { created } = await importBlob(server, await blobOf(server, letter('one')));
  return { server, draft: created['k']?.id ?? '' };
};

const rcptTo = ['bob@elsewhere.test', 'dave@elsewhere.test'].map((email) => ({ email }));
const submit = (server: JmapServer, emailId: string, args: Args = {}, mailFrom: Args = {}): Call => {
  const envelope = { mailFrom: { email: 'alice@example.test', ...mailFrom }, rcptTo };
  const patch = {
    [`mailboxIds/${server.mailboxId('drafts')}`]: null,
    [`mailboxIds/${server.mailboxId('sent')}`]: true,
    'keywords/$draft': null,
  };
  const create = { s: { identityId: 'I1', emailId, envelope } };
  return ['EmailSubmission/set', { create, onSuccessUpdateEmail: { '#s': patch }, ...args }];
};
const whyNot = async (server: JmapServer, [name, args]: Call): Promise<unknown> =>
  (await one(server, anySet, name, args)).notCreated?.['s'];

describe('uploads (RFC 8620 section 6.1)', () => {
  it('answer the blob, its type and its size', async (t) => {
    const server = await start(t);
    const response = await upload(server, letter('one'));
    assert.equal(response.status, 201);
    const blob = (await response.json()) as Args;
    assert.deepEqual([blob['type'], blob['size']], ['message/rfc822', Buffer.byteLength(letter('one'))]);
  });

  it('larger than maxSizeUpload are refused with the limit', async (t) => {
    const server = await start(t, { limits: { maxSizeUpload: 10 } });
    const response = await upload(server, 'x'.repeat(11));
    assert.equal(response.status, 413);
    assert.equal(((await response.json()) as Args)['limit'], 'maxSizeUpload');
  });

  it('can fail before they are read, and after', async (t) => {
    const server = await start(t);
    server.trouble.failNext('http429', 1, { on: 'upload', retryAfter: 3 });
    assert.equal((await upload(server, 'x')).headers.get('retry-after'), '3');
    for (const kind of ['dropBefore', 'dropAfter'] as const) {
      server.trouble.failNext(kind, 1, { on: 'upload' });
      await assert.rejects(upload(server, 'x'));
    }
  });
});

describe('Email/import (RFC 8621 section 4.8)', () => {
  it('makes an email of the bytes as they are, which is read like any other', async (t) => {
    const { server, draft } = await withDraft(t);
    const properties = ['subject', 'from', 'to', 'bcc', 'messageId', 'keywords', 'size', 'textBody', 'bodyValues'];
    const args = { ids: [draft], properties, fetchTextBodyValues: true };
    const { list } = await one(server, getSchema, 'Email/get', args);
    const { textBody: _, bodyValues, ...rest } = list[0] ?? {};
    assert.deepEqual(rest, {
      id: draft,
      subject: 'Grüße',
      from: [{ name: 'Alice', email: 'alice@example.test' }],
      to: [
        { name: 'Bob', email: 'bob@elsewhere.test' },
        { name: null, email: 'carol@elsewhere.test' },
      ],
      bcc: [{ name: null, email: 'dave@elsewhere.test' }],
      messageId: ['one@tern.test'],
      keywords: { $draft: true, $seen: true },
      size: Buffer.byteLength(letter('one')),
    });
    assert.match(JSON.stringify(bodyValues), /Grüße/);
  });

  it('takes equal bytes for the email that is there, unless told to double', async (t) => {
    const { server, draft } = await withDraft(t);
    const blobId = await blobOf(server, letter('one'));
    const { notCreated } = await importBlob(server, blobId);
    assert.deepEqual(notCreated['k'], { type: 'alreadyExists', existingId: draft });
    server.trouble.doubleImports(true);
    assert.notEqual((await importBlob(server, blobId)).created['k']?.id, draft);
  });

  it('refuses what is no message, has no blob, or goes nowhere', async (t) => {
    const server = await start(t);
    const blobId = await blobOf(server, letter('one'));
    const types = [
      await importBlob(server, await blobOf(server, 'no message')),
      await importBlob(server, blobId, { mailboxIds: {} }),
      await importBlob(server, 'Gnothing'),
    ].map(({ notCreated }) => notCreated['k']?.type);
    server.loseBlobs();
    const { notCreated } = await importBlob(server, blobId);
    assert.deepEqual(
      [...types, notCreated['k']?.type],
      ['invalidEmail', 'invalidProperties', 'blobNotFound', 'blobNotFound'],
    );
  });

  it('is found by its Message-ID, unless the server has no such filter', async (t) => {
    const { server, draft } = await withDraft(t);
    const filter = { inMailbox: server.mailboxId('drafts'), header: ['Message-ID', 'one@tern.test'] };
    assert.deepEqual((await query(server, { filter })).ids, [draft]);
    assert.deepEqual((await query(server, { filter: { header: ['Message-ID', 'two@tern.test'] } })).ids, []);
    server.trouble.noHeaderFilter(true);
    assert.equal(await refused(server, 'Email/query', { filter }), 'unsupportedFilter');
  });
});

describe('Identity (RFC 8621 section 6)', () => {
  it('tells who the user sends as', async (t) => {
    const server = await start(t);
    server.setIdentities([{ name: 'Alice', email: 'alice@example.test' }, { email: '*@example.test' }]);
    const { list } = await one(server, getSchema, 'Identity/get', { ids: null });
    assert.deepEqual(
      list.map(({ id, email, mayDelete }) => [id, email, mayDelete]),
      [
        ['I1', 'alice@example.test', false],
        ['I2', '*@example.test', false],
      ],
    );
    const since = await state(server, 'Identity');
    assert.equal((await changes(server, since, {}, 'Identity')).newState, since);
  });

  it('is nothing a server has that does not send', async (t) => {
    const server = await start(t, { submission: null });
    const response = await fetch(server.sessionUrl, {
      headers: { Authorization: `Basic ${btoa('alice@example.test:secret')}` },
    });
    assert.ok(!(await response.text()).includes(submission));
    await assert.rejects(request(server, ['Identity/get', {}]));
  });
});

describe('EmailSubmission/set (RFC 8621 section 7.5)', () => {
  it('hands the message to each recipient once, and does what follows as an Email/set', async (t) => {
    const { server, draft } = await withDraft(t);
    const { methodResponses } = await request(server, submit(server, draft), ['Email/get', { ids: [draft] }]);
    assert.deepEqual(
      methodResponses.map(([name, , id]) => [name, id]),
      [
        ['EmailSubmission/set', '0'],
        ['Email/set', '0'],
        ['Email/get', '1'],
      ],
    );
    assert.deepEqual(
      server.sent.map(({ messageId, recipient, from }) => [messageId, recipient, from]),
      rcptTo.map(({ email }) => ['one@tern.test', email, 'alice@example.test']),
    );
    const { emails } = await server.truth();
    assert.deepEqual(emails[draft]?.mailboxIds, [server.mailboxId('sent')]);
    assert.deepEqual(emails[draft]?.keywords, ['$seen']);
  });

  it('is told by get, query and changes, and moves its state', async (t) => {
    const { server, draft } = await withDraft(t);
    const before = await state(server, 'EmailSubmission');
    await request(server, submit(server, draft));
    const page = await changes(server, before, {}, 'EmailSubmission');
    assert.deepEqual(page.created, ['S1']);
    const { list } = await one(server, getSchema, 'EmailSubmission/get', { ids: ['S1'] });
    assert.deepEqual([list[0]?.['emailId'], list[0]?.['undoStatus']], [draft, 'final']);
    const found = await one(server, z.looseObject({ ids: z.array(z.string()) }), 'EmailSubmission/query', {
      filter: { emailIds: [draft] },
    });
    assert.deepEqual(found.ids, ['S1']);
  });

  it('insists on its state, unless it is one that does not', async (t) => {
    const { server, draft } = await withDraft(t);
    const stale = await state(server, 'EmailSubmission');
    await request(server, submit(server, draft, { ifInState: stale }));
    assert.equal(
      await refused(server, ...(submit(server, draft, { ifInState: stale }) as [string, Args])),
      'stateMismatch',
    );
    server.trouble.ignoreSubmissionState(true);
    await request(server, submit(server, draft, { ifInState: stale }));
    assert.equal(server.sent.length, 4);
  });

  it('holds a message back and takes it back, or sends it when its moment comes', async (t) => {
    const { server, draft } = await withDraft(t);
    const hold = (seconds: string) => submit(server, draft, {}, { parameters: { HOLDFOR: seconds } });
    await request(server, hold('60'));
    await request(server, submit(server, draft, {}, { parameters: { HOLDUNTIL: '2026-01-01T09:00:00Z' } }));
    assert.equal(server.sent.length, 0);
    assert.deepEqual(await whyNot(server, hold('86401')), { type: 'invalidProperties', properties: ['envelope'] });
    const cancel: Args = { update: { S1: { undoStatus: 'canceled' } } };
    await one(server, anySet, 'EmailSubmission/set', cancel);
    server.sendHeld();
    assert.equal(server.sent.length, 2);
    const late = await one(server, anySet, 'EmailSubmission/set', { update: { S2: { undoStatus: 'canceled' } } });
    assert.deepEqual(late.notUpdated, { S2: { type: 'cannotUnsend' } });
  });

  it('refuses what it must', async (t) => {
    const { server, draft } = await withDraft(t);
    const create = (more: Args) =>
      whyNot(server, ['EmailSubmission/set', { create: { s: { identityId: 'I1', emailId: draft, ...more } } }]);
    const mailFrom = { email: 'alice@example.test' };
    assert.deepEqual(await create({ emailId: 'nobody' }), { type: 'invalidProperties', properties: ['emailId'] });
    assert.deepEqual(await create({ identityId: 'I9' }), { type: 'invalidProperties', properties: ['identityId'] });
    assert.deepEqual(await create({ envelope: { mailFrom, rcptTo: [] } }), { type: 'noRecipients' });
    server.trouble.refuseItems(() => ({ type: 'tooManyRecipients', maxRecipients: 1 }));
    assert.deepEqual(await create({}), { type: 'tooManyRecipients', maxRecipients: 1 });
    assert.equal(server.sent.length, 0);
  });

  it('goes to whom the header names where there is no envelope', async (t) => {
    const { server, draft } = await withDraft(t);
    await request(server, ['EmailSubmission/set', { create: { s: { identityId: 'I1', emailId: draft } } }]);
    assert.deepEqual(
      server.sent.map(({ recipient }) => recipient),
      ['bob@elsewhere.test', 'carol@elsewhere.test', 'dave@elsewhere.test'],
    );
  });

  it('can forget submissions, leave out what follows, or send and fail', async (t) => {
    const { server, draft } = await withDraft(t);
    const before = await state(server, 'EmailSubmission');
    server.trouble.sentAndFailed({ type: 'serverFail' });
    assert.deepEqual(await whyNot(server, submit(server, draft)), { type: 'serverFail' });
    assert.deepEqual([server.sent.length, await state(server, 'EmailSubmission')], [2, before]);
    server.trouble.reset();
    server.trouble.forgetSubmissions(true);
    server.trouble.forgetSuccess(true);
    await request(server, submit(server, draft));
    assert.notEqual(await state(server, 'EmailSubmission'), before);
    assert.deepEqual((await one(server, getSchema, 'EmailSubmission/get', { ids: null })).list, []);
    assert.deepEqual((await server.truth()).emails[draft]?.keywords, ['$draft', '$seen']);
  });
});
