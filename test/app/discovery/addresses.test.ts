import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TernError } from '../../../src-shared/errors.ts';
import { type SmallInternet, startSmallInternet } from '../../support/smallInternet.ts';
import { run } from './rig.ts';

/** What is no address of a domain on the internet, whoever wrote it. */
const nonsense = [
  '',
  ' ',
  '@',
  'alice',
  'alice@',
  '@example.test',
  'alice@@example.test',
  'alice@bob@',
  'alice@example',
  'alice@localhost',
  'alice@.example.test',
  'alice@example..test',
  'alice@example.test.',
  'alice@-example.test',
  'alice@example-.test',
  'alice@exam_ple.test',
  'alice@exam ple.test',
  'alice@example.test ',
  ' alice@example.test',
  'alice@exa\tmple.test',
  'alice@example.test\r\nBcc: bob@example.test',
  'alice\0@example.test',
  'alice@example.test\0',
  '.alice@example.test',
  'alice.@example.test',
  'al..ice@example.test',
  'al ice@example.test',
  '"alice@example.test',
  'alice"@example.test',
  '"al"ice"@example.test',
  '"alice"bob@example.test',
  'alice@"example.test"',
  'alice(comment)@example.test',
  '(comment)alice@example.test',
  'alice@example.test(comment)',
  'alice@(comment)example.test',
  'Alice <alice@example.test>',
  '<alice@example.test>',
  'alice@example.test, bob@example.test',
  'alice;bob@example.test',
  'alice:bob@example.test',
  'al[i]ce@example.test',
  'alice\\@example.test',
  'alice@127.0.0.1',
  'alice@[127.0.0.1]',
  'alice@[IPv6:::1]',
  'alice@[example.test]',
  'alice@2130706433',
  'alice@example.123',
  'alice@example.0x7f',
  'alice@0x7f.0x1',
  'alice@１２７.０.０.１',
  'alice@example。1',
  'alice@exa%6dple.test',
  'alice@example.test/path',
  'alice@example.test:993',
  'alice@example.test?x',
  'alice@example.test#x',
  'alice@user@example.test/',
  `${'a'.repeat(65)}@example.test`,
  `alice@${'a'.repeat(64)}.test`,
  `alice@${'a.'.repeat(130)}test`,
  `alice@${'ü'.repeat(63)}.test`,
  `${'a'.repeat(10_000)}@example.test`,
  'al\u202eice@example.test',
  'alice@exa\u202emple.test',
  'al\u200bice@example.test',
  'alice@xn--\u0080.test',
  '\ud800@example.test',
  'alice@\ud800.test',
];

/** Odd, and addresses all the same: by what domain they are looked up. */
const odd: [email: string, domain: string][] = [
  ['"al ice"@example.test', 'example.test'],
  ['"al@ice"@example.test', 'example.test'],
  ["!#$%&'*+/=?^_`{|}~-@example.test", 'example.test'],
  ['a@b.test', 'b.test'],
  ['1@2.test', '2.test'],
  ['alice@EXAMPLE.TEST', 'example.test'],
  ['alice@a-b--c.test', 'a-b--c.test'],
  ['alice@xn--bcher-kva.test', 'xn--bcher-kva.test'],
  ['alice@bücher.test', 'xn--bcher-kva.test'],
  ['alice@例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['δοκιμή@παράδειγμα.δοκιμή', 'xn--hxajbheg2az3al.xn--jxalpdlp'],
  ['alice@faß.test', 'xn--fa-hia.test'],
  [`${'a'.repeat(64)}@${'b'.repeat(63)}.test`, `${'b'.repeat(63)}.test`],
];

describe('an address that is looked for', () => {
  let net: SmallInternet;
  before(async () => {
    net = await startSmallInternet([]);
  });
  after(() => net.stop());

  for (const email of nonsense)
    it(`is not ${JSON.stringify(email.slice(0, 60))}`, async () => {
      const asked = net.dns.queries.length;
      await assert.rejects(run(net, email), (error) => {
        assert.ok(error instanceof TernError);
        assert.deepEqual([error.kind, error.field], ['invalid', 'email']);
        return true;
      });
      assert.equal(net.dns.queries.length, asked);
    });

  for (const [email, domain] of odd)
    it(`is ${JSON.stringify(email.slice(0, 60))}`, async () => {
      const { answer } = await run(net, email);
      assert.deepEqual(answer.candidates, []);
      assert.equal(answer.probes.find(({ source }) => source === 'table')?.target, domain);
      assert.ok(net.dns.queries.includes(`SRV _jmap._tcp.${domain}`));
    });
});
