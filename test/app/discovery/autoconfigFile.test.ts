import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAutoconfig } from '../../../src-main/app/discovery/autoconfigFile.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { assertLinear } from '../../support/linear.ts';
import { entriesOf, fileText } from './setup.ts';

const wanted = { email: 'alice@a.test', local: 'alice', domain: 'a.test' };
const read = (text: string) => readAutoconfig(text, wanted);
const usual = fileText(entriesOf('a.test'));

const refuses = (text: string, reason: RegExp): void =>
  assert.throws(
    () => read(text),
    (error) => error instanceof TernError && error.kind === 'server' && reason.test(error.message),
  );

describe('an autoconfig file', () => {
  it('is read as the draft has it', () => {
    const { imap, smtp, jmap, issuer } = read(usual);
    assert.deepEqual(imap, {
      endpoint: { host: 'imap.a.test', port: 993, security: 'tls' },
      username: 'alice@a.test',
      auth: ['password'],
    });
    assert.equal(smtp?.endpoint.host, 'smtp.a.test');
    assert.deepEqual([jmap, issuer], [null, null]);
  });

  it('may begin with a mark of its encoding, have comments, CDATA and elements that nobody knows', () => {
    const more = usual
      .replace('<clientConfig', '<!-- hello --><clientConfig')
      .replace('imap.a.test', '<![CDATA[imap.a.test]]>')
      .replace('<emailProvider', '<webMail><hostname>evil.test</hostname></webMail><emailProvider')
      .replace('<hostname>', '<x><hostname>evil.test</hostname></x><hostname>');
    const { imap } = read(`\uFEFF${more}`);
    assert.equal(imap?.endpoint.host, 'imap.a.test');
  });

  it('has no document type', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from(
      { length: 9 },
      (_, n) => `<!ENTITY ${String.fromCharCode(98 + n)} "${`&${String.fromCharCode(97 + n)};`.repeat(10)}">`,
    ).join('')}]>`;
    const outside = '<!DOCTYPE clientConfig SYSTEM "file:///etc/passwd">';
    const parameters = '<!doctype x [<!ENTITY % p SYSTEM "https://evil.test/x.dtd">%p;]>';
    for (const type of [bomb, outside, parameters, '<!DOCTYPE x>', '<!ENTITY x "y">'])
      refuses(usual.replace('<clientConfig', `${type}<clientConfig`), /document type/);
  });

  const broken: [what: string, text: string, reason: RegExp][] = [
    ['nothing', '', /no XML|no mail server/],
    ['a web page', '<html><head><title>Not found</title></head><body>no<br>thing</body></html>', /no autoconfig file/],
    ['text', 'not found', /no XML/],
    ['JSON', '{"imap":"a.test"}', /no XML/],
    ['cut off', usual.slice(0, usual.length / 2), /no XML/],
    ['an end without a beginning', usual.replace('</emailProvider>', '</emailProvide>'), /no XML/],
    ['an entity that nobody knows', usual.replace('imap.a.test', '&evil;.a.test'), /no XML/],
    ['nothing but zeros', '\0'.repeat(60_000), /no XML/],
    ['something of an older kind', '<clientConfig><incomingServer type="imap"/></clientConfig>', /no mail server/],
    ['nested without an end', `<clientConfig>${'<a>'.repeat(20_000)}`, /nested too deep/],
    ['an attribute without an end', `<clientConfig a="${'x'.repeat(65_000)}`, /no XML/],
  ];
  for (const [what, text, reason] of broken) it(`is not ${what}`, () => refuses(text, reason));

  it('names a host in letters and digits, not an address in any notation', () => {
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '0x7f000001',
      '127.1',
      '[::1]',
      '::1',
      'localhost',
      'a b.test',
      'a.test/x',
      'a.test:1',
      'user@a.test',
      '-a.test',
      '',
    ])
      assert.equal(read(usual.replace('imap.a.test', host)).imap, null, host);
    for (const port of ['0', '65536', '-1', '9.9', '0x3e1', '99999999999999999999', 'imap', ''])
      assert.equal(read(usual.replace('993', port)).imap, null, port);
    for (const socket of ['plain', 'ssl', 'constructor', '__proto__', ''])
      assert.equal(read(usual.replace('SSL', socket)).imap, null, socket);
    for (const way of ['NTLM', 'none', 'constructor', '__proto__', ''])
      assert.equal(read(usual.replace('password-cleartext', way)).imap, null, way);
  });

  it('names JMAP by an https URL without a user name', () => {
    const url = (text: string) => read(fileText([{ type: 'jmap', url: text }])).jmap?.url.href ?? null;
    assert.equal(url('https://jmap.a.test/%EMAILLOCALPART%'), 'https://jmap.a.test/alice');
    for (const text of ['http://a.test/', 'ftp://a.test/', 'https://alice:secret@a.test/', 'a.test', '/x', ''])
      assert.equal(url(text), null, text);
  });

  it('names who signs people in by a host or an https URL', () => {
    const issuer = (text: string) =>
      read(fileText(entriesOf('a.test'), `<oAuth2><issuer>${text}</issuer></oAuth2>`)).issuer;
    assert.equal(issuer('login.a.test'), 'https://login.a.test');
    assert.equal(issuer('https://login.a.test/realm/'), 'https://login.a.test/realm');
    for (const text of [
      'http://login.a.test',
      'https://127.0.0.1',
      'https://a:b@login.a.test',
      'https://a.test/?x',
      'two words',
      '',
    ])
      assert.equal(issuer(text), null, text);
  });

  it('takes time in step with its size', () => {
    assertLinear(
      (size) => fileText(Array.from({ length: size / 200 }, () => ({ type: 'imap', host: 'a.test', port: 993 }))),
      (text) => void read(text),
    );
    assertLinear(
      (size) => usual.replace('imap.a.test', 'x'.repeat(size)),
      (text) => void read(text),
    );
  });
});
