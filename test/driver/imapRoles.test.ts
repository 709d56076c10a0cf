import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { encodeName } from '../../src-main/driver/imap/names.ts';
import { roleNames } from '../../src-main/driver/imap/roleNames.ts';
import { rolesOf } from '../../src-main/driver/imap/roles.ts';

type Listed = [path: string, ...attributes: string[]];

const roles = (listed: Listed[], delimiter: string | null = '/'): Record<string, string> =>
  Object.fromEntries(
    rolesOf(listed.map(([path, ...attributes]) => ({ path, delimiter, attributes: new Set(attributes) }))),
  );

describe('roles of mailboxes', () => {
  const cases: [name: string, listed: Listed[], roles: Record<string, string>][] = [
    ['INBOX', [['INBOX']], { INBOX: 'inbox' }],
    ['INBOX in another case', [['Inbox']], { Inbox: 'inbox' }],
    [
      'INBOX with an attribute',
      [
        ['INBOX', '\\archive'],
        ['Old', '\\archive'],
      ],
      { INBOX: 'inbox', Old: 'archive' },
    ],
    [
      'SPECIAL-USE',
      ['drafts', 'sent', 'trash', 'junk', 'archive', 'all', 'flagged', 'important'].map(
        (use): Listed => [`x${use}`, `\\${use}`],
      ),
      Object.fromEntries(
        ['drafts', 'sent', 'trash', 'junk', 'archive', 'all', 'flagged', 'important'].map((use) => [`x${use}`, use]),
      ),
    ],
    ['SPECIAL-USE before names', [['Sent'], ['Out', '\\sent']], { Out: 'sent' }],
    ['SPECIAL-USE anywhere', [['a/b/c', '\\trash']], { 'a/b/c': 'trash' }],
    ['a name whose mailbox has another role', [['Trash', '\\junk'], ['Spam']], { Trash: 'junk' }],
    [
      'two attributes',
      [
        ['x', '\\junk', '\\trash'],
        ['y', '\\junk'],
      ],
      { x: 'trash', y: 'junk' },
    ],
    [
      'an attribute twice',
      [
        ['b', '\\sent'],
        ['a', '\\sent'],
        ['0/a', '\\sent'],
      ],
      { a: 'sent' },
    ],
    [
      'names',
      [['Sent'], ['Entw&APw-rfe'], ['Papierkorb'], ['SPAM'], ['Archives']],
      { Sent: 'sent', 'Entw&APw-rfe': 'drafts', Papierkorb: 'trash', SPAM: 'junk', Archives: 'archive' },
    ],
    ['names below INBOX', [['INBOX'], ['INBOX/Sent'], ['INBOX/a/Trash']], { INBOX: 'inbox', 'INBOX/Sent': 'sent' }],
    [
      'names below [Gmail]',
      [['[Gmail]/Sent Mail'], ['[Google Mail]/Spam'], ['Work/Trash']],
      { '[Gmail]/Sent Mail': 'sent', '[Google Mail]/Spam': 'junk' },
    ],
    ['two names of a role', [['Sent Items'], ['Sent'], ['Gesendet']], { Sent: 'sent' }],
    ['a name twice', [['INBOX/Sent'], ['Sent']], { Sent: 'sent' }],
    ['a name in two cases', [['sent'], ['SENT']], { SENT: 'sent' }],
    [
      'no mail in it',
      [
        ['Sent', '\\noselect'],
        ['Trash', '\\nonexistent'],
      ],
      {},
    ],
    ['part of a name', [['Sent 2024'], ['My Trash']], {}],
    ['white space', [[' Sent_Items ']], { ' Sent_Items ': 'sent' }],
    ['nothing', [], {}],
  ];
  for (const [name, listed, expected] of cases) it(name, () => assert.deepEqual(roles(listed), expected));

  it('need no hierarchy', () => assert.deepEqual(roles([['Sent'], ['INBOX.Trash']], null), { Sent: 'sent' }));

  it('are known by every name in the list, each of which says one thing', () => {
    assert.equal(new Set(roleNames.map(([name]) => name)).size, roleNames.length);
    for (const [name, role] of roleNames) {
      assert.ok(name !== '' && name === name.normalize('NFC').toLowerCase(), name);
      assert.deepEqual(roles([[encodeName(name.toUpperCase())]]), { [encodeName(name.toUpperCase())]: role }, name);
    }
  });

  it('do not depend on the order of the list, and are each given once', () => {
    const path = fc.constantFrom('INBOX', 'Sent', 'sent', 'INBOX/Sent', 'Trash', 'Papierkorb', 'a/b', 'Spam', 'x');
    const listed = fc.uniqueArray(fc.tuple(path, fc.subarray(['\\sent', '\\trash', '\\junk', '\\noselect'])), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(listed, (mailboxes) => {
        const all = mailboxes.map(([name, attributes]): Listed => [name, ...attributes]);
        const found = roles(all);
        assert.deepEqual(roles(all.toReversed()), found);
        assert.equal(new Set(Object.values(found)).size, Object.values(found).length);
      }),
    );
  });

  it('of 100,000 mailboxes are found at once', () => {
    const many = Array.from({ length: 100_000 }, (_, n): Listed => [`Sent ${n}/Trash`]);
    assert.deepEqual(roles([...many, ['Sent']]), { Sent: 'sent' });
  });
});
