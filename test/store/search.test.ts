import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { remoteAttachment } from '../support/builders.ts';
import { found, hasBody, holding } from './searchSupport.ts';

const person = (name: string | null, email: string) => [{ name, email }];

describe('a search for words', () => {
  const s = holding(
    { remoteId: 'plan', subject: 'Quarterly planning', preview: 'We meet on Monday' },
    { remoteId: 'bread', subject: 'Bread', from: person('Zoë Müller', 'zoe.mueller@bakery.example') },
    { remoteId: 'file', attachments: [remoteAttachment({ name: 'invoice-2024.pdf' })], hasAttachment: true },
    { remoteId: 'body' },
    { remoteId: 'tokyo', subject: '東京都で会議があります' },
    { remoteId: 'lodz', subject: 'Łódź, Straße, Ølsen', to: person('Ada', 'ada@x.example') },
    { remoteId: 'cc', cc: person(null, 'carol@club.example') },
  );
  hasBody(s, 'body', 'The marmalade is in the cellar. Gr\u00fc\u00dfe!');
  const cases: [what: string, typed: string, ids: string[]][] = [
    ['F1 finds words of the subject', 'planning', ['plan']],
    ['F1 finds words of the preview', 'monday', ['plan']],
    ['F1 finds words of a body that is held', 'marmalade', ['body']],
    ['F1 finds the names of attachments', 'invoice', ['file']],
    ['F1 finds names and addresses', 'bakery', ['bread']],
    ['F1 finds what begins with a word', 'quarter', ['plan']],
    ['F1 finds mail that has all words, wherever they are', 'monday planning', ['plan']],
    ['F1 does not find mail that has one of two', 'monday bread', []],
    ['F1 finds a phrase in its order', '"the cellar"', ['body']],
    ['F1 does not find a phrase in another order', '"cellar the"', []],
    ['F1 takes a phrase by whole words', '"the cell"', []],
    ['F1 finds what is written with other signs between', 'zoe-mueller@bakery', ['bread']],
    ['F2 leaves out what has a word', 'bread -zoe', []],
    ['F2 leaves out all that has a word', '-planning -bread -invoice -marmalade -carol', ['lodz', 'tokyo']],
    ['F3 looks in the sender alone', 'from:zoe', ['bread']],
    ['F3 looks in the sender alone, and not elsewhere', 'from:bread', []],
    ['F3 finds part of a sender', 'from:uelle', ['bread']],
    ['F3 finds a whole address', 'from:zoe.mueller@bakery.example', ['bread']],
    ['F3 looks in To and Cc', 'to:carol', ['cc']],
    ['F3 looks in Cc alone', 'cc:ada', []],
    ['F3 looks in the subject alone', 'subject:monday', []],
    ['F3 does not take the letters of another header', 'subject:uelle', []],
    ['F9 folds letters: marks', 'muller', ['bread']],
    ['F9 folds letters: those that have no mark', 'lodz strasse olsen', ['lodz']],
    ['F9 folds what is typed, too', 'LÓDŹ', ['lodz']],
    ['F9 folds bodies', 'grusse', ['body']],
    ['F10 finds letters within a word of the subject', 'arterl', ['plan']],
    ['F10 does not find letters within a word of a body', 'rmala', []],
    ['F10 finds three letters within', 'lan', ['plan']],
    ['F11 finds two letters as a beginning', 'br', ['bread']],
    ['F12 finds Han and kana by any letters in a row', '京都', ['tokyo']],
    ['F12 finds a single one', '都', ['tokyo']],
    ['F12 finds the last one', 'す', ['tokyo']],
    ['F12 finds a longer run', '東京都で会', ['tokyo']],
    ['F12 does not find another order', '都京', []],
    ['F7 finds nothing for nothing', '', []],
    ['F7 finds nothing for signs', '-- !? "', []],
  ];
  for (const [what, typed, ids] of cases) it(`${what}: ${typed}`, () => deepEqual(found(s, typed), ids));
});

describe('a search for other things', () => {
  const s = holding(
    { remoteId: 'read', keywords: ['$seen'] },
    { remoteId: 'flagged', keywords: ['$seen', '$flagged'], hasAttachment: true },
    { remoteId: 'unread', mailboxIds: ['inbox', 'cafe'] },
    { remoteId: 'trashed', mailboxIds: ['trash'], subject: 'word' },
    { remoteId: 'junk', mailboxIds: ['junk'], subject: 'word' },
    { remoteId: 'both', mailboxIds: ['work', 'trash'], subject: 'word', keywords: ['$seen'] },
    { remoteId: 'marked', keywords: ['$deleted'], subject: 'word' },
    { remoteId: 'old', receivedAt: Date.UTC(2020, 1, 29, 23, 59, 59) / 1000, keywords: ['$seen'] },
  );
  const cases: [what: string, typed: string, ids: string[]][] = [
    ['F4', 'is:unread', ['unread']],
    ['F4', 'is:read', ['both', 'flagged', 'read', 'old']],
    ['F4', 'is:flagged', ['flagged']],
    ['F4', '-is:flagged is:read', ['both', 'read', 'old']],
    ['F4', 'has:attachment', ['flagged']],
    ['F4', '-has:attachment is:read', ['both', 'read', 'old']],
    ['F5 leaves trash and junk alone', 'word', ['both']],
    ['F5 looks in the trash where that is named', 'in:trash word', ['both', 'trashed']],
    ['F5 takes the name', 'in:papierkorb word', ['both', 'trashed']],
    ['F5 takes the role by another name', 'in:spam', ['junk']],
    ['F5 takes a name without its marks', 'in:"cafe PLANS"', ['unread']],
    ['F5 takes a path', 'in:"work/café plans"', ['unread']],
    ['F5 takes a name that no mailbox has', 'in:nowhere', []],
    ['F5 leaves out a mailbox', '-in:work is:read', ['flagged', 'read', 'old']],
    ['F5 leaves out a mailbox that there is none of', '-in:nowhere is:unread', ['unread']],
    ['F5 looks everywhere', 'in:anywhere word', ['both', 'junk', 'trashed']],
    ['F5 takes several', 'in:trash in:work', ['both']],
    ['F6', 'before:2021', ['old']],
    ['F6', 'before:2020-03-01', ['old']],
    ['F6', 'before:2020-02-29', []],
    ['F6', 'after:2020-02-29 before:2020-03', ['old']],
    ['F6', '-after:2020-03', ['old']],
    ['F13 finds nothing that is marked as deleted', 'in:inbox word', []],
  ];
  for (const [what, typed, ids] of cases) it(`${what}: ${typed}`, () => deepEqual(found(s, typed), ids));
});
