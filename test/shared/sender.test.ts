import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type SenderWarning, senderOf } from '../../src-shared/sender.ts';

const warned = (name: string | null, email: string): SenderWarning[] => senderOf({ name, email }).warnings;

test('an honest sender is shown as it is', () => {
  assert.deepEqual(senderOf({ name: 'Bob O’Neil (Sales)', email: 'bob@Mail.Example' }), {
    name: 'Bob O’Neil (Sales)',
    email: 'bob@Mail.Example',
    domain: 'mail.example',
    warnings: [],
  });
  assert.deepEqual(warned('Иван Петров', 'ivan@a.example'), []);
  assert.deepEqual(warned('山田 太郎', 'yamada@a.example'), []);
  assert.deepEqual(warned('👩\u200D💻 Ada', 'ada@a.example'), []);
});

test('a name that repeats the address says nothing', () => {
  assert.equal(senderOf({ name: 'bob@a.example', email: 'Bob@a.example' }).name, null);
  assert.deepEqual(warned('bob@a.example', 'Bob@a.example'), []);
});

test('CVE-2025-3875: a name that holds another address is marked', () => {
  assert.deepEqual(warned('Boss <boss@bank.example>', 'eve@evil.example'), ['address-in-name']);
  assert.deepEqual(warned('boss＠bank.example', 'eve@evil.example'), ['address-in-name']);
  assert.deepEqual(warned('Boss boss@bank.example', 'boss@bank.example'), []);
});

test('CVE-2025-0510 and CVE-2024-49040: two addresses are marked', () => {
  assert.deepEqual(warned('a@b.example, c@d.example', 'eve@evil.example'), ['address-in-name', 'several-addresses']);
  assert.deepEqual(warned(null, 'boss@bank.example,eve@evil.example'), ['several-addresses']);
  assert.deepEqual(warned(null, '<boss@bank.example> eve@evil.example').includes('several-addresses'), true);
});

test('Mailsploit: nulls and line ends neither hide what follows nor end a line', () => {
  const sender = senderOf({ name: null, email: 'potus@whitehouse.example\0(\n@evil.example' });
  assert.equal(sender.email, 'potus@whitehouse.example\\u{0}(\\u{a}@evil.example');
  assert.equal(sender.domain, 'evil.example');
  assert.deepEqual(sender.warnings, ['several-addresses', 'hidden-characters']);
  assert.equal(senderOf({ name: 'Bob\0\r\nBcc: x', email: 'a@b.example' }).name, 'Bob Bcc: x');
});

test('CVE-2022-1834: blank letters of Braille and wide blanks push nothing out of sight', () => {
  const sender = senderOf({ name: `boss@bank.example${'\u2800'.repeat(80)}.`, email: 'eve@evil.example' });
  assert.equal(sender.name, 'boss@bank.example .');
  assert.deepEqual(sender.warnings, ['address-in-name', 'hidden-characters']);
  assert.deepEqual(warned(`Bob${'\u3000'.repeat(9)}`, 'a@b.example'), ['hidden-characters']);
  assert.deepEqual(warned('\u3164', 'a@b.example'), ['hidden-characters']);
  assert.equal(senderOf({ name: '\u3164', email: 'a@b.example' }).name, null);
});

test('CVE-2020-12397: marks of direction and joiners are taken out of names and shown in addresses', () => {
  assert.equal(senderOf({ name: 'moc.\u202Eelgoog', email: 'a@b.example' }).name, 'moc.elgoog');
  assert.deepEqual(warned('Bo\u200Bb', 'a@b.example'), ['hidden-characters']);
  const sender = senderOf({ name: null, email: 'a@b\u202E.example' });
  assert.equal(sender.email, 'a@b\\u{202e}.example');
  assert.deepEqual(sender.warnings, ['hidden-characters']);
});

test('CVE-2019-11755 and CVE-2025-26696: whoever has no address is marked', () => {
  assert.deepEqual(warned('Boss', ''), ['no-address']);
  assert.deepEqual(warned('Boss', 'undisclosed'), ['no-address']);
  assert.equal(senderOf({ name: 'Boss', email: '' }).domain, '');
});

test('letters of two scripts in one word, and punycode, are marked', () => {
  assert.deepEqual(warned('P\u0430yPal', 'a@b.example'), ['mixed-scripts']);
  assert.deepEqual(warned(null, 'a@p\u0430ypal.example'), ['mixed-scripts']);
  assert.deepEqual(warned(null, 'a@xn--pypal-4ve.example'), ['punycode']);
});

test('what is shown of any sender is one line that hides nothing', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(fc.option(text), text, (name, email) => {
      const sender = senderOf({ name, email });
      for (const shown of [sender.name ?? '', sender.email, sender.domain]) {
        assert.doesNotMatch(shown, /[\p{Cc}\u202A-\u202E\u2066-\u2069\u2800\u3164]/u);
        assert.ok(shown.isWellFormed());
      }
    }),
  );
});
