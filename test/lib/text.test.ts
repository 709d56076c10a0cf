import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { safeJson } from '../../src-main/lib/json.ts';
import { readLines } from '../../src-main/lib/lines.ts';
import { cutBytes } from '../../src-main/lib/text.ts';

const linesOf = async (chunks: Buffer[], maxBytes: number): Promise<(string | null)[]> => {
  async function* arriving(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  const lines: (string | null)[] = [];
  for await (const line of readLines(arriving(), maxBytes)) lines.push(line);
  return lines;
};

describe('lines', () => {
  it('are the same however the bytes arrive, those too long aside', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '\u2028', '✓') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40)), fc.integer({ min: 1, max: 12 }), async (whole, cuts, maxBytes) => {
        const bytes = Buffer.from(whole);
        const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
        const wanted = (whole.endsWith('\n') || whole === '' ? whole.slice(0, -1) : whole).split('\n');
        deepEqual(
          await linesOf(chunks, maxBytes),
          whole === '' ? [] : wanted.map((line) => (Buffer.byteLength(line) > maxBytes ? null : line)),
        );
      }),
    );
  });
});

describe('text as JSON', () => {
  it('is undefined when it is none', () => {
    deepEqual(safeJson('{"a":[1]}'), { a: [1] });
    for (const text of ['', '{', 'undefined', "{'a':1}"]) equal(safeJson(text), undefined);
  });
});

describe('the beginning of a text', () => {
  it('takes as many bytes as it may, but for half a character', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'é', '✓', '😀', '\ufeff') });
    fc.assert(
      fc.property(texts, fc.nat(40), (text, limit) => {
        const cut = cutBytes(text, limit);
        const [next = ''] = text.slice(cut.length);
        equal(text.startsWith(cut) && Buffer.byteLength(cut) <= limit, true);
        equal(cut === text || Buffer.byteLength(cut + next) > limit, true);
      }),
    );
  });
});
