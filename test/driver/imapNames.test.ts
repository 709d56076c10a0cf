import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  decodeName,
  displayName,
  emailId,
  encodeName,
  mailboxKey,
  parseEmailId,
} from '../../src-main/driver/imap/names.ts';

const anyName = fc.string({
  unit: fc.oneof(fc.constantFrom('a', '&', '-', '/', ',', '+', '~', '%', '|', '"', '\n', 'ä', '台', '😀'), fc.string()),
});
/** What looks like modified UTF-7 and mostly is none. */
const broken = fc.string({ unit: fc.constantFrom('&', '-', 'A', 'O', 'Q', 'k', '2', ',', '+', '/', 'é', 'x') });

describe('mailbox names', () => {
  const pairs: [raw: string, shown: string][] = [
    ['INBOX', 'INBOX'],
    ['~peter/mail/&U,BTFw-/&ZeVnLIqe-', '~peter/mail/台北/日本語'],
    ['Entw&APw-rfe', 'Entwürfe'],
    ['A&-B', 'A&B'],
    ['&2D3eAA-', '😀'],
    ['&AAE-', '\u0001'],
  ];
  for (const [raw, shown] of pairs) {
    it(`${JSON.stringify(raw)} reads ${JSON.stringify(shown)}`, () => {
      assert.equal(decodeName(raw), shown);
      assert.equal(encodeName(shown), raw);
    });
  }

  const left: [raw: string, why: string][] = [
    ['R&D', 'no end'],
    ['A & B - C', 'no code'],
    ['&Jjo', 'no end after a code'],
    ['&Jjo!', 'no dash'],
    ['&AC8-', 'an encoded delimiter'],
    ['&AGE-', 'a letter that stands for itself'],
    ['&AAA-', 'NUL'],
    ['&2D0-', 'half of a character'],
    ['&AP-', 'half of a unit'],
    ['&APx-', 'bits left over'],
    ['Entwürfe', 'raw UTF-8'],
  ];
  for (const [raw, why] of left) it(`${raw} stays as it is: ${why}`, () => assert.equal(decodeName(raw), raw));

  it('come back from the wire as they were sent', () => {
    fc.assert(
      fc.property(anyName, (name) => name.includes('\0') || decodeName(encodeName(name)) === name.toWellFormed()),
    );
    fc.assert(fc.property(anyName, (name) => /^[\x20-\x7e]*$/.test(encodeName(name))));
  });

  it('are never made longer nor unsound by what is broken, and hide no delimiter', () => {
    fc.assert(
      fc.property(broken, (raw) => {
        const shown = decodeName(raw);
        assert.ok(shown.length <= raw.length && shown.isWellFormed());
        assert.equal(shown.split('/').length, raw.replaceAll(/&[A-Za-z0-9+,]*-/g, '').split('/').length);
      }),
    );
  });

  it('are shown by their last component', () => {
    assert.equal(displayName('INBOX/Entw&APw-rfe', '/'), 'Entwürfe');
    assert.equal(displayName('a.b/c', '.'), 'b/c');
    assert.equal(displayName('a/b', null), 'a/b');
    assert.equal(displayName('', '/'), '');
  });

  it('take time in step with their length', () => {
    for (const bomb of ['&', '&A', '&-', '&AAAA', 'A-'])
      assert.equal(typeof decodeName(bomb.repeat(1_000_000 / bomb.length)), 'string');
  });
});

describe('remote ids', () => {
  it('hold neither a bar nor a lone percent sign in their mailbox, and differ where names differ', () => {
    assert.equal(mailboxKey('Entw&APw-rfe|50%'), 'Entwürfe%7C50%25');
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        const [first, second] = [mailboxKey(a), mailboxKey(b)];
        assert.ok(!first.includes('|') && !/%(?!25|7C)/.test(first));
        assert.equal(first === second, decodeName(a) === decodeName(b));
      }),
    );
  });

  it('give back what they were made of', () => {
    fc.assert(
      fc.property(anyName, fc.nat(), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (name, validity, uid) => {
        const key = `x${mailboxKey(name)}`;
        assert.deepEqual(parseEmailId(emailId(key, String(validity), uid)), { key, validity: String(validity), uid });
      }),
    );
    for (const id of ['', 'a', 'a|1', 'a|1|2', '|1|0000000001', 'a|x|0000000001', 'a|1|0000000001|2', 'M1234'])
      assert.equal(parseEmailId(id), null, id);
  });

  it('are in the order of UIDs as text', () => {
    const uid = fc.integer({ min: 1, max: 2 ** 32 - 1 });
    fc.assert(fc.property(uid, uid, (a, b) => a < b === emailId('k', '1', a) < emailId('k', '1', b)));
  });
});
