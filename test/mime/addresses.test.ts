import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseAddresses } from '../../src-main/mime/addresses.ts';

const short = (field: string): string[] =>
  parseAddresses(field).map(({ name, email }) => (name === null ? email : `${name} <${email}>`));

describe('addresses', () => {
  const cases: [name: string, field: string, addresses: string[]][] = [
    ['bare', ' a@b.c', ['a@b.c']],
    ['in brackets', '<a@b.c>', ['a@b.c']],
    ['a name', 'Ada Lovelace <a@b.c>', ['Ada Lovelace <a@b.c>']],
    ['a quoted name', '"Lovelace, Ada \\"x\\"" <a@b.c>', ['Lovelace, Ada "x" <a@b.c>']],
    ['a name in parts', 'Ada "the  first" L. <a@b.c>', ['Ada the  first L. <a@b.c>']],
    ['no space', 'Ada<a@b.c>', ['Ada <a@b.c>']],
    ['several', 'a@b.c, Bo <b@b.c>,c@b.c', ['a@b.c', 'Bo <b@b.c>', 'c@b.c']],
    ['semicolons, as of Outlook', 'a@b.c; Bo <b@b.c>;', ['a@b.c', 'Bo <b@b.c>']],
    ['empty places', ', a@b.c,, ,', ['a@b.c']],
    ['nothing', '', []],
    ['white space', ' \t\r\n ', []],
    ['nobody', '<>', []],
    ['a name without an address', 'MAILER-DAEMON <>', ['MAILER-DAEMON <>']],
    ['a comment as name', 'a@b.c (Ada (L))', ['Ada (L) <a@b.c>']],
    ['comments anywhere', '(x) Ada (y) <a(z)@b.c> (w)', ['Ada <a@b.c>']],
    ['a group', 'Team: a@b.c, Bo <b@b.c>; c@b.c', ['a@b.c', 'Bo <b@b.c>', 'c@b.c']],
    ['an empty group', 'undisclosed-recipients:;', []],
    ['a route', '<@x.y,@z:a@b.c>, Bo <@x:b@b.c>', ['a@b.c', 'Bo <b@b.c>']],
    ['a quoted local part', '"a b"@b.c, "x,y" <"c d"@b.c>', ['"a b"@b.c', 'x,y <"c d"@b.c>']],
    ['an angle bracket in a local part', '<"a>b"@b.c>', ['"a>b"@b.c']],
    ['a domain literal', 'a@[IPv6:::1], b@[127.0.0.1]', ['a@[IPv6:::1]', 'b@[127.0.0.1]']],
    ['spaces in it', 'a @ b.c, < b @ b.c >', ['a@b.c', 'b@b.c']],
    ['international', 'Ädä <ä@münchen.example>, 用户@例子.test', ['Ädä <ä@münchen.example>', '用户@例子.test']],
    ['no brackets around the address', 'Ada Lovelace a@b.c', ['Ada Lovelace <a@b.c>']],
    ['no closing bracket', 'Ada <a@b.c, Bo <b@b.c>', ['Ada <a@b.c>', 'Bo <b@b.c>']],
    ['no closing bracket at the end', 'Ada <a@b.c', ['Ada <a@b.c>']],
    ['no opening bracket', 'a@b.c>, b@b.c', ['a@b.c', 'b@b.c']],
    ['no closing quote', '"Ada <a@b.c>', ['Ada <a@b.c>']],
    ['no closing parenthesis', 'Ada (x <a@b.c>, b@b.c', ['Ada x <a@b.c>', 'b@b.c']],
    ['a stray bracket first', 'Ada <Bo> <a@b.c>', ['Ada <a@b.c>']],
    ['a stray bracket last', 'Ada <a@b.c> <x>', ['Ada <a@b.c>']],
    ['a stray colon', 'Ada <a@b.c>: x, b@b.c', ['Ada : x <a@b.c>', 'b@b.c']],
    ['an encoded local part', '=?utf-8?Q?real?= @b.c', ['real <@b.c>']],
    ['an address as name', '"a@b.c" <d@e.f>', ['a@b.c <d@e.f>']],
    ['an address as a bare name', 'a@b.c <d@e.f>', ['a@b.c <d@e.f>']],
    ['a local user', 'root', ['root']],
    ['words and no address', 'Ada Lovelace', ['Ada Lovelace <>']],
    ['a tag', '[EXTERNAL] Ada <a@b.c>', ['[EXTERNAL] Ada <a@b.c>']],
    ['signs', "o'neil+x=y!z@b.c, a=b@b.c", ["o'neil+x=y!z@b.c", 'a=b@b.c']],
    ['an equals sign behind', 'a@b=c.d', ['a@b=c.d']],
    ['control characters', 'Ada\0\x07 <a\0@b.c\r>', ['Ada <a@b.c>']],
    ['an encoded name', '=?utf-8?Q?Ad=C3=A4?= L. <a@b.c>', ['Adä L. <a@b.c>']],
    ['an encoded name in quotes', '"=?utf-8?Q?Ad=C3=A4?=" <a@b.c>', ['Adä <a@b.c>']],
    ['an encoded name in two', '=?utf-8?Q?Ad=C3?= =?utf-8?Q?=A4?= <a@b.c>', ['Adä <a@b.c>']],
    ['an encoded name with raw specials', '=?utf-8?Q?Ada:_(x),<y>?= <a@b.c>', ['Ada: (x),<y> <a@b.c>']],
    ['an encoded comment', 'a@b.c (=?utf-8?Q?Ad=C3=A4?=)', ['Adä <a@b.c>']],
  ];
  for (const [name, field, addresses] of cases) it(name, () => assert.deepEqual(short(field), addresses));

  it('are never made of what is encoded', () => {
    const evil = ['real@bank.example', 'x, real@bank.example', 'A <real@bank.example>', '"<real@bank.example>,', '@'];
    for (const text of evil)
      for (const word of [
        `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`,
        `=?utf-8?Q?${text.replaceAll(' ', '_').replaceAll('@', '=40')}?=`,
        `=?utf-8?Q?${text.replaceAll(' ', '_')}?=`,
      ]) {
        assert.deepEqual(parseAddresses(word), [{ name: text, email: '' }], word);
        assert.deepEqual(
          parseAddresses(`${word} <evil@b.c>, c@b.c`).map(({ email }) => email),
          ['evil@b.c', 'c@b.c'],
        );
        if (!word.includes('<'))
          assert.ok(parseAddresses(`<${word}>`).every(({ email }) => email !== 'real@bank.example'));
      }
  });

  it('may be 10,000, and no more', () => {
    const field = Array.from({ length: 10_001 }, (_, n) => `Name ${n} <a${n}@example.test>`).join(', ');
    const found = parseAddresses(field);
    assert.equal(found.length, 10_000);
    assert.deepEqual(found.at(-1), { name: 'Name 9999', email: 'a9999@example.test' });
  });

  it('come back as they were written', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'é', ' ', ',', '"', '\\', '<', '>', '@', ':', ';', '(', ')') });
    const email = fc.constantFrom('a@b.c', 'x.y+z@example.org', 'ä@b.c', 'a@[::1]');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, email)), (mailboxes) => {
        const field = mailboxes.map(([n, e]) => `"${n.replaceAll(/["\\]/g, '\\$&')}" <${e}>`).join(', ');
        assert.deepEqual(
          parseAddresses(field),
          mailboxes.map(([n, e]) => ({ name: n.trim() || null, email: e })),
        );
      }),
    );
  });

  it('are sound and no more than what was written, whatever that is', () => {
    const piece = fc.constantFrom(
      'a',
      '@',
      'b.c',
      '<',
      '>',
      ',',
      ';',
      ':',
      '"',
      '(',
      ')',
      '[',
      ']',
      '\\',
      ' ',
      '=?utf-8?q?=40?=',
      '\0',
      '\uD800',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const field = pieces.join('');
        const found = parseAddresses(field);
        for (const { name, email } of found) {
          assert.ok(email.isWellFormed() && !/\p{Cc}/u.test(email));
          assert.ok(name === null || (name !== '' && name.isWellFormed() && !/\p{Cc}/u.test(name)));
        }
        const length = found.reduce((sum, { name, email }) => sum + (name ?? '').length + email.length, 0);
        assert.ok(length <= field.length, field);
      }),
    );
  });

  it('have names and addresses of bounded length', () => {
    const [found] = parseAddresses(`${'n'.repeat(5000)} <${'a'.repeat(5000)}@b.c>`);
    assert.deepEqual([found?.name?.length, found?.email.length], [1000, 1000]);
  });
});
