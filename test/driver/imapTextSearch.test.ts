import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { ServerTerm } from '../../src-main/driver/driver.ts';
import { connect } from '../../src-main/driver/imap/connection.ts';
import { searchKeys } from '../../src-main/driver/imap/searchKeys.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import { parseSearch } from '../../src-shared/search.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { stubServer } from '../support/imapStub.ts';
import { type ImapWorld, type ImapWorldOptions, linesOf, syncedWorld } from '../support/worldImap.ts';

const signal = new AbortController().signal;

const termsOf = (typed: string): ServerTerm[] => parseSearch(typed) as ServerTerm[];

/** Subjects of what the server finds, sorted, and whether that is all. */
const found = async (w: ImapWorld, terms: ServerTerm[], limit = 200): Promise<[subjects: string[], isAll: boolean]> => {
  const driver = await w.engine.reader(signal);
  const rows = w.store.read((db) =>
    db.all<{ remote_id: string; subject: string }>('SELECT remote_id, subject FROM emails'),
  );
  const subjects: string[] = [];
  const steps = driver.search({ terms, limit }, { cursors: w.store.read(readCursors) }, signal);
  for (;;) {
    const step = await steps.next();
    if (step.done) return [subjects.toSorted(), step.value];
    subjects.push(...step.value.map((id) => rows.find(({ remote_id }) => remote_id === id)?.subject ?? '?'));
  }
};

const holding = (t: TestContext, options: ImapWorldOptions = {}): Promise<ImapWorld> => {
  const at = (day: number): Date => new Date(Date.UTC(2026, 0, day, 12));
  return syncedWorld(t, {
    mails: [
      { subject: 'old', text: 'about bread, a plan', receivedAt: at(1), keywords: ['$seen'] },
      { subject: 'flagged', text: 'the plan', receivedAt: at(5), keywords: ['$seen', '$flagged'] },
      { subject: 'Grüße', text: 'a plan', receivedAt: at(9) },
    ],
    ...options,
  });
};

describe('F15: a search over IMAP', () => {
  it('asks each mailbox for every term', async (t) => {
    const w = await holding(t);
    assert.deepEqual(await found(w, termsOf('plan')), [['Grüße', 'flagged', 'old'], true]);
    assert.deepEqual(await found(w, termsOf('plan is:flagged')), [['flagged'], true]);
    assert.deepEqual(await found(w, termsOf('plan is:unread')), [['Grüße'], true]);
    assert.deepEqual(await found(w, termsOf('plan -bread -is:unread')), [['flagged'], true]);
    assert.deepEqual(await found(w, termsOf('plan before:2026-01-03')), [['old'], true]);
    assert.deepEqual(await found(w, termsOf('plan after:2026-01-09')), [['Grüße'], true]);
    assert.deepEqual(await found(w, termsOf('plan to:nobody')), [[], true]);
  });

  it('says what is no ASCII as a literal, and its charset', async (t) => {
    const w = await holding(t, { capabilities: capabilitySets.bare });
    assert.deepEqual(await found(w, termsOf('subject:grüße')), [['Grüße'], true]);
    assert.match(linesOf(w, 'UID SEARCH').at(-1) ?? '', /CHARSET UTF-8 SUBJECT \{7\+?\}/);
  });

  it('looks only where it was told to', async (t) => {
    const w = await holding(t);
    const keys = Object.keys(w.store.read(readCursors)).flatMap((name) =>
      name.startsWith('mailbox:') ? [name.slice(8)] : [],
    );
    assert.deepEqual(
      (await found(w, [...termsOf('plan'), { type: 'beyond', mailboxes: ['INBOX'], not: false }]))[0],
      [],
    );
    assert.deepEqual(
      (await found(w, [...termsOf('plan'), { type: 'in', mailboxes: ['INBOX'], not: false }]))[0].length,
      3,
    );
    assert.ok(keys.includes('INBOX'));
  });

  it('says where there may be more, and takes the highest UIDs', async (t) => {
    const w = await holding(t);
    assert.deepEqual(await found(w, termsOf('plan'), 2), [['Grüße', 'flagged'], false]);
  });

  it('asks Gmail in its own words', async (t) => {
    const { server, onEnd, seen } = await stub(t, 'X-GM-EXT-1');
    const connection = await connect(server, { type: 'password', username: 'u', password: 'p' }, signal);
    onEnd(() => connection.close());
    await connection.run('UID SEARCH', searchKeys(connection, termsOf('plan -jam to:bob from:"Ada B" is:unread')));
    assert.match(
      seen.at(-1) ?? '',
      /X-GM-RAW "\\"plan\\" -\\"jam\\" \{to:\\"bob\\" cc:\\"bob\\"\} from:\\"Ada B\\"" UNSEEN UNDRAFT$/,
    );
  });
});

const stub = async (t: TestContext, capabilities = '') => {
  const seen: string[] = [];
  const { server, onEnd } = await stubServer(t, {
    answer: ({ verb, line }) => {
      seen.push(line);
      return verb === 'CAPABILITY' ? [`* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR LITERAL+ ${capabilities}`] : null;
    },
  });
  return { server, onEnd, seen };
};

describe('F15: what is looked for on the wire', () => {
  it('is one command, whatever the text: no line end, NUL or quote gets out of its string', async (t) => {
    const { server, onEnd, seen } = await stub(t);
    const connection = await connect(server, { type: 'password', username: 'u', password: 'p' }, signal);
    onEnd(() => connection.close());
    const piece = fc.oneof(
      fc.constantFrom('\r\n', '\n', '\r', '\0', '"', '\\', '{5+}\r\n', 'A1 DELETE INBOX', '\u0085', '\u2028'),
      fc.string({ unit: 'binary-ascii' }),
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((some) => `a${some.join('')}`);
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('any', 'from', 'to', 'cc', 'subject'),
        fc.boolean(),
        async (value, field, not) => {
          const before = seen.length;
          const term = { type: 'text', field, text: value, isPhrase: true, not } as ServerTerm;
          await connection.run('UID SEARCH', searchKeys(connection, [term]));
          const lines = seen.slice(before);
          // A literal is a line's end and what follows it, which the stub takes for a command: it is never one of ours.
          const isAscii = /^\p{ASCII}*$/u.test(value.replaceAll(/\p{Cc}/gu, ''));
          assert.equal(isAscii ? lines.length : 1, 1, JSON.stringify(lines));
          if (isAscii)
            assert.match(lines[0] ?? '', /^UID SEARCH (?:NOT \()?(?:OR TO )?[A-Z]* ?"(?:[^"\\\r\n\0]|\\["\\])*"/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is never more than a literal says', () => {
    const has = { has: () => false, enabled: () => false } as never;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const keys = searchKeys(has, [{ type: 'text', field: 'any', text: value, isPhrase: false, not: false }]);
        assert.doesNotMatch(
          JSON.stringify(keys.map((key) => (typeof key === 'string' ? key : Array.isArray(key) ? '' : key.value))),
          /\\[rn0u]/,
        );
      }),
    );
  });
});
