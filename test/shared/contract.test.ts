import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { type CallInput, type CallOutput, calls, isCallName, type ParsedInput } from '../../src-shared/contract.ts';
import { events } from '../../src-shared/events.ts';
import { isLoopback, isSecure, parseSessionUrl } from '../../src-shared/hosts.ts';
import { configSchema, credentialSchema, rightNames } from '../../src-shared/model.ts';

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

describe('the contract', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`${name} is area.verb and says what it does`, () => {
      match(name, /^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/);
      match(call.about, /\.$/);
      ok(!call.fanOut || call.scope === 'account', 'only accounts fan out');
    });
    if (call.built)
      it(`${name} refuses fields that it does not know`, () => {
        const found = call.input.safeParse({ surprise: 1 });
        ok(!found.success && found.error.issues.some(({ code }) => code === 'unrecognized_keys'));
      });
  }

  it('knows its names, and no name of an object', () => {
    deepEqual(['emails.list', 'emails.lists', 'toString', '__proto__', ''].map(isCallName), [
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('fills defaults in and keeps lists short', () => {
    const { input } = calls['emails.list'];
    deepEqual(input.parse({}), { collapseThreads: false, limit: 50 });
    const limits: [number, boolean][] = [
      [0, false],
      [1, true],
      [200, true],
      [201, false],
      [1.5, false],
    ];
    for (const [limit, good] of limits) equal(accepts(input, { limit }), good, String(limit));
    equal(accepts(calls['emails.get'].input, { ids: Array.from({ length: 501 }, String) }), false);
  });

  it('takes a mailbox or a role, not both', () => {
    const { input } = calls['emails.list'];
    deepEqual(
      [{ mailbox: '1' }, { role: 'inbox' }, { mailbox: '1', role: 'inbox' }].map((each) => accepts(input, each)),
      [true, true, false],
    );
  });

  it('takes filters of known fields, with times in UTC', () => {
    const { input } = calls['emails.list'];
    const filters: [Record<string, unknown>, boolean][] = [
      [{ unread: true, from: 'a', before: '2026-01-01T00:00:00Z' }, true],
      [{ before: '2026-01-01' }, false],
      [{ before: '2026-01-01T00:00:00+02:00' }, false],
      [{ from: '' }, false],
      [{ from: 'x'.repeat(1001) }, false],
      [{ colour: 'red' }, false],
    ];
    for (const [filter, good] of filters) equal(accepts(input, { filter }), good, JSON.stringify(filter).slice(0, 60));
  });

  it('is typed: callers may leave defaults out, handlers get them', () => {
    const sent: CallInput<'sync.log'> = {};
    const parsed: ParsedInput<'sync.log'> = { limit: 5 };
    // @ts-expect-error: a handler always has a limit
    const missing: ParsedInput<'sync.log'> = {};
    // @ts-expect-error: no such field
    const unknown: CallInput<'sync.log'> = { colour: 'red' };
    // @ts-expect-error: no such call
    const output = (call: CallOutput<'emails.lists'>): unknown => call;
    void [sent, parsed, missing, unknown, output];
    deepEqual(Object.keys(events), [
      'changed',
      'phase',
      'pending',
      'outgoing',
      'notify',
      'progress',
      'download',
      'discovery',
      'browse',
    ]);
  });
});

describe('a configuration', () => {
  const jmap = (sessionUrl: string) => ({ protocol: 'jmap', sessionUrl });
  const imap = (host: string, security: string, port = 143) => {
    const endpoint = { host, port, security };
    return { protocol: 'imap', imap: endpoint, smtp: endpoint };
  };
  const cases: [config: unknown, good: boolean][] = [
    [jmap('https://example.org/jmap'), true],
    [jmap('example.org'), true],
    [jmap('http://localhost:8080/'), true],
    [jmap('http://127.0.0.1/'), true],
    [jmap('http://[::1]:9/'), true],
    [jmap('http://example.org/'), false],
    [jmap('http://localhost.example.org/'), false],
    [jmap('http://127.0.0.1.example.org/'), false],
    [jmap('ftp://example.org/'), false],
    [jmap('file:///etc/passwd'), false],
    [jmap('https://'), false],
    [jmap(''), false],
    [jmap('https://alice:secret@example.org/jmap'), false],
    [{ ...jmap('example.org'), secret: 1 }, false],
    [imap('imap.example.org', 'tls'), true],
    [imap('imap.example.org', 'starttls'), true],
    [imap('imap.example.org', 'none'), false],
    [imap('localhost', 'none'), true],
    [imap('imap.example.org', 'tls', 0), false],
    [imap('imap.example.org', 'tls', 65_536), false],
  ];
  for (const [config, good] of cases)
    it(`${good ? 'may' : 'may not'} be ${JSON.stringify(config)}`, () => equal(accepts(configSchema, config), good));
});

describe('a credential', () => {
  const cases: [credential: unknown, good: boolean][] = [
    [{ type: 'password', username: 'a', password: 'b' }, true],
    [{ type: 'password', username: 'a', password: 'b', smtp: { username: 'c', password: 'd' } }, true],
    [{ type: 'password', username: 'a', password: '' }, false],
    [{ type: 'bearer', token: 't' }, true],
    [{ type: 'bearer', token: 't', username: 'a' }, true],
    [{ type: 'bearer', token: 't', password: 'a' }, false],
    [{ type: 'bearer', token: 'two\nlines' }, false],
    [{ type: 'oauth', handle: 'h' }, true],
    [{ type: 'none' }, false],
  ];
  for (const [credential, good] of cases)
    it(`${good ? 'may' : 'may not'} be ${JSON.stringify(credential)}`, () =>
      equal(accepts(credentialSchema, credential), good));
});

describe('hosts', () => {
  it('that are this very machine', () => {
    const own = ['localhost', '::1', '[::1]', '127.0.0.1', '127.9.9.9'];
    const others = [
      '',
      'localhost.',
      'localhost.evil.org',
      '127.0.0.1.evil.org',
      '128.0.0.1',
      '0.0.0.0',
      '::2',
      'x127.0.0.1',
      '127.0.0.1\n',
    ];
    deepEqual([...own, ...others].filter(isLoopback), own);
  });

  it('that a credential may travel to', () => {
    const secure = ['https://example.org', 'http://localhost', 'http://127.0.0.1:80'];
    const not = [
      'http://example.org',
      'ftp://localhost',
      'ws://localhost',
      'http://0x7f.evil.org',
      'http://localhost@evil.org',
    ];
    deepEqual(
      [...secure, ...not].filter((url) => isSecure(new URL(url))),
      secure,
    );
  });

  it('as people type them', () => {
    const typed = (text: string) => parseSessionUrl(text)?.href ?? null;
    deepEqual(
      ['example.org', 'example.org:8443/jmap', 'HTTPS://Example.org', 'http://x', 'not a host', ''].map(typed),
      ['https://example.org/', 'https://example.org:8443/jmap', 'https://example.org/', 'http://x/', null, null],
    );
  });
});

describe('rights', () => {
  it('are those of RFC 8621 section 2', () => {
    deepEqual(rightNames.toSorted(), [
      'mayAddItems',
      'mayCreateChild',
      'mayDelete',
      'mayReadItems',
      'mayRemoveItems',
      'mayRename',
      'maySetKeywords',
      'maySetSeen',
      'maySubmit',
    ]);
  });
});
