import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emailKey, needsUtf8, outgoingAddressSchema, wireEmail } from '../../src-shared/address.ts';

const letters = (count: number): string => 'a'.repeat(count);
const label63 = letters(63);

describe('an email address that can be sent to', () => {
  const good: [email: string, wire?: string][] = [
    ['test@iana.org'],
    ['test@nominet.org.uk'],
    ['test@about.museum'],
    ['a@iana.org'],
    ['test@e.com'],
    ['test@iana.a'],
    ['root@localhost'],
    ['test.test@iana.org'],
    ["!#$%&'*+/=?^_`{|}~-@iana.org"],
    ['123@iana.org'],
    ['test@123.com'],
    ['test@3com.example'],
    ['test@iana.123x'],
    ['test@xn--hxajbheg2az3al.xn--jxalpdlp'],
    ['xn--test@iana.org'],
    ['test@IANA.org', 'test@iana.org'],
    ['Test@iana.org', 'Test@iana.org'],
    ['first-last@a-b.example'],
    ['test@a--b.example'],
    ['user+tag@example.com'],
    ["o'reilly@example.com"],
    ['no-reply_@example.com'],
    ['""@iana.org'],
    ['"test"@iana.org'],
    ['"john doe"@iana.org'],
    ['"a@b"@iana.org'],
    ['"a,b;c:d"@iana.org'],
    ['"\\a"@iana.org'],
    ['"\\""@iana.org'],
    ['"\\\\"@iana.org'],
    ['"test.."@iana.org'],
    ['"ä b"@iana.org'],
    [`${letters(64)}@iana.org`],
    [`test@${label63}.example`],
    [`${letters(62)}@${label63}.${label63}.${letters(63)}`],
    ['test@[127.0.0.1]'],
    ['test@[IPv6:2001:db8::1]', 'test@[ipv6:2001:db8::1]'],
    ['test@[ipv6:2001:DB8::1]', 'test@[ipv6:2001:db8::1]'],
    ['test@[IPv6:::ffff:127.0.0.1]', 'test@[ipv6:::ffff:127.0.0.1]'],
    ['müller@example.de'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
    ['test@münchen.de', 'test@xn--mnchen-3ya.de'],
    ['test@MÜNCHEN.de', 'test@xn--mnchen-3ya.de'],
    ['test@faß.de', 'test@xn--fa-hia.de'],
    ['test@例子。广告', 'test@xn--fsqu00a.xn--4rr70v'],
    ['jose\u0301@example.com', 'josé@example.com'],
    ['😀@example.com'],
  ];
  for (const [email, wire = email] of good)
    it(`is ${JSON.stringify(email)}`, () => {
      assert.equal(wireEmail(email), wire);
      assert.equal(wireEmail(wire), wire, 'what goes over the wire is an address, too');
    });

  const bad: [email: string, why: string][] = [
    ['', 'nothing'],
    ['test', 'no domain'],
    ['@', 'neither part'],
    ['test@', 'an empty domain'],
    ['@iana.org', 'an empty local part'],
    ['.test@iana.org', 'a dot first'],
    ['test.@iana.org', 'a dot last'],
    ['test..iana@iana.org', 'two dots'],
    ['test@.iana.org', 'a dot before the domain'],
    ['test@iana.org.', 'a dot behind the domain'],
    ['test@iana..com', 'an empty label'],
    ['test@-iana.org', 'a hyphen first'],
    ['test@iana-.com', 'a hyphen last'],
    ['test@a_b.example', 'an underscore in a host'],
    [`${letters(65)}@iana.org`, 'a local part over 64 bytes'],
    [`${'ä'.repeat(33)}@iana.org`, 'a local part over 64 bytes of UTF-8'],
    [`test@${letters(64)}.example`, 'a label over 63'],
    [`test@${'ü'.repeat(60)}.example`, 'a label over 63 when it is encoded'],
    [`${letters(63)}@${label63}.${label63}.${letters(63)}`, 'over 254 in all'],
    [`a@${Array(130).fill('a').join('.')}`, 'a domain over 255'],
    ['a@b@iana.org', 'two at signs'],
    ['user@evil.example@good.example', 'two at signs, to another host'],
    ['test test@iana.org', 'a blank'],
    ['test@iana.org ', 'a blank behind it'],
    [' test@iana.org', 'a blank before it'],
    ['test@ iana.org', 'a blank in the domain'],
    ['test\t@iana.org', 'a tab'],
    ['test@iana.org\r\nBcc: eve@evil.example', 'another field'],
    ['test\r\n@iana.org', 'a line end'],
    ['"test\r\n x"@iana.org', 'a folded line'],
    ['"test\\\r\n"@iana.org', 'an escaped line end'],
    ['"\0"@iana.org', 'NUL'],
    ['"\\\0"@iana.org', 'an escaped NUL'],
    ['test@iana\0.org', 'NUL in the domain'],
    ['test\x7f@iana.org', 'DEL'],
    ['test\u0085@iana.org', 'a control of Latin 1'],
    ['<test@iana.org>', 'angle brackets'],
    ['Test <test@iana.org>', 'a name'],
    ['(comment)test@iana.org', 'a comment'],
    ['test(comment)@iana.org', 'a comment behind'],
    ['test@(comment)iana.org', 'a comment in the domain'],
    ['a,b@iana.org', 'a comma'],
    ['a@iana.org,b@iana.org', 'two addresses'],
    ['a@iana.org;b@iana.org', 'two addresses with a semicolon'],
    ['group:a@iana.org;', 'a group'],
    ['@relay.example:a@iana.org', 'a route'],
    ['test\\@test@iana.org', 'an escape without quotes'],
    ['"<eve@evil.example>"@iana.org', 'angle brackets in quotes'],
    ['"a\\<b"@iana.org', 'an escaped angle bracket'],
    ['"test@iana.org', 'a quote without its end'],
    ['test"@iana.org', 'a quote that was not begun'],
    ['"test"test@iana.org', 'text behind a quoted string'],
    ['"test"."test"@iana.org', 'two quoted strings'],
    ['"""@iana.org', 'a quote in quotes'],
    ['"test\\"@iana.org', 'an end that is escaped'],
    ['test@iana/test.org', 'a slash'],
    ['test@iana.org?subject=x', 'a query'],
    ['test@iana.org#x', 'a fragment'],
    ['test@user:secret@iana.org', 'a password'],
    ['test@iana.org:25', 'a port'],
    ['test@%69ana.org', 'an escape'],
    ['test@127.0.0.1', 'an address without brackets'],
    ['test@iana.123', 'a number for a top-level domain'],
    ['test@[127.0.0.256]', 'no such address'],
    ['test@[127.0.0.1', 'a bracket without its end'],
    ['test@127.0.0.1]', 'a bracket that was not begun'],
    ['test@[IPv6:12345::]', 'no such address of version 6'],
    ['test@[2001:db8::1]', 'version 6 without its tag'],
    ['test@[RFC-5322-domain-literal]', 'a literal that SMTP does not know'],
    ['test@[x@evil.example]', 'an at sign in a literal'],
    ['test@xn--a.ü', 'no encoded label'],
    ['te\u202Est@iana.org', 'text that runs backwards'],
    ['te\u200Bst@iana.org', 'a blank of no width'],
    ['te\u00A0st@iana.org', 'a blank that does not break'],
    ['"a\u3000b"@iana.org', 'a wide blank'],
    ['te\uD800st@iana.org', 'half a character'],
    ['te\uE000st@iana.org', 'a character of nobody'],
    ['test@ia\uD800na.org', 'half a character in the domain'],
  ];
  for (const [email, why] of bad)
    it(`is not ${JSON.stringify(email)}: ${why}`, () => assert.equal(wireEmail(email), null));

  it('is the same in capitals, and with its domain in either form', () => {
    assert.equal(emailKey('Anna@MÜNCHEN.de'), emailKey('anna@xn--mnchen-3ya.DE'));
    assert.notEqual(emailKey('anna@example.com'), emailKey('anna+x@example.com'));
    assert.equal(emailKey('Undisclosed'), 'undisclosed');
  });

  it('needs servers that know UTF-8 for its local part alone', () => {
    assert.equal(needsUtf8('müller@example.de'), true);
    assert.equal(needsUtf8('anna@münchen.de'), false);
    assert.equal(needsUtf8('"a@ü"@example.de'), true);
  });
});

describe('somebody to send to', () => {
  const isRefused = (input: unknown, field: string): void => {
    const { error } = outgoingAddressSchema.safeParse(input);
    assert.deepEqual(
      error?.issues.map(({ path }) => path.join('.')),
      [field],
    );
  };

  it('has an address and may have a name', () => {
    for (const address of [
      { email: 'a@iana.org' },
      { email: 'a@iana.org', name: null },
      { email: 'a@iana.org', name: '' },
      { email: 'a@iana.org', name: 'Anna "A" <b@iana.org>, (c); =?utf-8?q?d?= \u{1F600}' },
    ])
      assert.deepEqual(outgoingAddressSchema.parse(address), address);
  });

  it('has no name of several lines, with control characters, or without end', () => {
    for (const name of [
      'a\r\nBcc: b@evil.example',
      'a\nb',
      'a\rb',
      'a\0b',
      'a\tb',
      'a\x7fb',
      'a\u0085b',
      'a\u2028b',
      'a\uD800',
    ])
      isRefused({ name, email: 'a@iana.org' }, 'name');
    isRefused({ name: letters(501), email: 'a@iana.org' }, 'name');
  });

  it('has no other address than one', () => {
    isRefused({ email: 'a@iana.org, b@iana.org' }, 'email');
    isRefused({ email: `${letters(100_000)}@iana.org` }, 'email');
    isRefused({ name: 'a', email: 'a@iana.org', group: [] }, '');
  });
});
