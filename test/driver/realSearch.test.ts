import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { indexWords } from '../servers/cyrus/layout.ts';
import { type CyrusServer, cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import type { MailServer, TestMail } from '../servers/mailServer.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { addSynced, hostFor } from '../support/host.ts';

const at = (day: number): Date => new Date(Date.UTC(2026, 0, day, 12));

const mails: TestMail[] = [
  { subject: 'breakfast', text: 'The marmalade is in the cellar.', receivedAt: at(3), keywords: ['$seen'] },
  {
    subject: 'Grüße aus Köln',
    text: 'plain',
    receivedAt: at(5),
    from: { name: 'Zoë Müller', email: 'zoe@example.org' },
  },
  { subject: '東京都で会議', text: 'the meeting', receivedAt: at(7), keywords: ['$flagged'] },
  { subject: 'quotes "and" \\ such', text: 'nothing', receivedAt: at(9) },
];

/** With the search engine that people run it with: without one it refuses every search for words. */
const cyrusWithXapian = (): Promise<CyrusServer> =>
  startCyrus({
    settings: {
      search_engine: 'xapian',
      defaultsearchtier: 't1',
      't1searchpartition-default': '{folder}/mail/search',
    },
  });

const [breakfast, koeln, tokyo, quotes] = mails.map(({ subject }) => subject);

/** What each server has to find, for what is typed. */
const finds: [typed: string, subjects: (string | undefined)[]][] = [
  ['marmalade', [breakfast]],
  ['"the cellar"', [breakfast]],
  ['marmalade is:unread', []],
  ['subject:grüße from:zoë', [koeln]],
  ['to:nobody plain', []],
  ['meeting is:flagged after:2026-01-07 before:2026-01-08', [tokyo]],
  ['in:inbox -marmalade -subject:meeting -subject:grüße nothing', [quotes]],
  ['in:trash marmalade', []],
  ['quotes such', [quotes]],
];

/** What is in nobody's grammar. */
const odd = ['"\\" quotes', "quotes ' OR ALL", 'quotes (NOT) {5}', 'quotes\r\nA1 LOGOUT', 'quotes *', '\0'];

const skipCyrus = skipWithout(cyrusAvailable(), 'searching on Cyrus');
const skipDovecot = skipWithout(dovecotAvailable(), 'searching on Dovecot');

type Searched = { search: (text: string) => Promise<{ subjects: (string | null)[]; partial: boolean }> };

const searched = async (t: TestContext, server: MailServer): Promise<Searched> => {
  t.after(() => server.stop());
  await server.deliver(mails);
  if ('folder' in server && server.config.protocol === 'jmap') indexWords({ folder: String(server.folder) });
  const host = hostFor(t);
  const account = await addSynced(host, server);
  return {
    search: async (text) => {
      const { emails, partial } = await host.call('search.query', account, { text, server: true });
      return { subjects: emails.map(({ subject }) => subject), partial };
    },
  };
};

const findsAll = async ({ search }: Searched): Promise<void> => {
  for (const [typed, subjects] of finds) assert.deepEqual(await search(typed), { subjects, partial: false }, typed);
  for (const typed of odd) await search(typed);
  assert.deepEqual(await search('quotes such'), { subjects: [quotes], partial: false });
};

describe('F15: a search by the server', { concurrency: 2 }, () => {
  it('of Cyrus over JMAP', { skip: skipCyrus, timeout: 120_000 }, async (t) =>
    findsAll(await searched(t, await cyrusWithXapian())),
  );

  it('of a Cyrus that cannot search is what the index finds, and there may be more', {
    skip: skipCyrus,
    timeout: 120_000,
  }, async (t) => {
    const { search } = await searched(t, await startCyrus({ settings: { search_engine: 'none' } }));
    assert.deepEqual(await search('breakf'), { subjects: [breakfast], partial: true });
  });

  const overImap: [name: string, skip: string | false, start: () => Promise<MailServer>][] = [
    ['Cyrus', skipCyrus, () => startCyrus({ protocol: 'imap' })],
    ['Dovecot', skipDovecot, () => startDovecot()],
    ['Dovecot without extensions', skipDovecot, () => startDovecot({ capabilities: 'bare' })],
  ];
  for (const [name, skip, start] of overImap)
    it(`of ${name} over IMAP, which looks within words, too`, { skip, timeout: 120_000 }, async (t) => {
      const s = await searched(t, await start());
      await findsAll(s);
      assert.deepEqual(await s.search('armala'), { subjects: [breakfast], partial: false });
      assert.deepEqual(await s.search('subject:京都で'), { subjects: [tokyo], partial: false });
    });
});
