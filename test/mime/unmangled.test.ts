import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import iconv from 'iconv-lite';
import { unmangled } from '../../src-main/mime/textCharset.ts';

const mangled = (text: string): string => iconv.decode(Buffer.from(text), 'windows1252');

describe('a text that was UTF-8 and was decoded as Latin letters (M5)', () => {
  for (const text of ['Grüße', 'naïve café', 'Ünder'])
    it(`is '${text}' as it was meant`, () => {
      assert.equal(unmangled(mangled(text), 'iso-8859-1'), text);
    });

  it('stays as it is where it was what it says', () => {
    for (const text of ['Grüße', 'ÄÖÜ', 'plain']) assert.equal(unmangled(text, 'iso-8859-1'), text);
    assert.equal(unmangled(mangled('Grüße'), 'koi8-r'), mangled('Grüße'));
  });
});
