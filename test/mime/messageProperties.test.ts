import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseMessage, partOf } from '../../src-main/mime/message.ts';
import type { PlacedPart } from '../../src-main/mime/placedPart.ts';
import { splitMessage } from '../../src-main/mime/splitMessage.ts';
import { inBase64, inQuotedPrintable, inUuencode } from '../support/mimeEncoders.ts';
import { broken } from './corpus/broken.ts';
import { encodings } from './corpus/encodings.ts';
import { structures } from './corpus/structures.ts';

/** A message to write: bytes in an encoding, or parts. */
type Tree = { bytes: Uint8Array; encoding: string } | { parts: Tree[] };

const encoders: Record<string, (bytes: Uint8Array) => Buffer> = {
  base64: (bytes) => inBase64(bytes),
  'quoted-printable': (bytes) => inQuotedPrintable(bytes),
  'x-uuencode': (bytes) => inUuencode(bytes),
  // Raw bytes may hold anything but what looks like a boundary, which nobody may write into them.
  binary: (bytes) => Buffer.from(bytes.map((byte) => (byte === 0x2d ? 0x2e : byte))),
};

/** What a message says that is this tree; `leaves` gets each number with the bytes that must come out. */
const written = (tree: Tree, number: string, leaves: Map<string, Buffer>): Buffer => {
  if ('bytes' in tree) {
    const body = encoders[tree.encoding]?.(tree.bytes) ?? Buffer.alloc(0);
    leaves.set(number || '1', tree.encoding === 'binary' ? body : Buffer.from(tree.bytes));
    const header = `Content-Type: application/x-test\r\nContent-Transfer-Encoding: ${tree.encoding}\r\n\r\n`;
    return Buffer.concat([Buffer.from(header), body]);
  }
  const boundary = `b${number}`;
  const parts = tree.parts.map((part, at) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\n`),
      written(part, number === '' ? `${at + 1}` : `${number}.${at + 1}`, leaves),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([
    Buffer.from(`Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`),
    ...parts,
    Buffer.from(`--${boundary}--\r\n`),
  ]);
};

const { tree: anyTree } = fc.letrec<{ tree: Tree; leaf: Tree; multipart: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('multipart')),
  leaf: fc.record({ bytes: fc.uint8Array({ maxLength: 120 }), encoding: fc.constantFrom(...Object.keys(encoders)) }),
  multipart: fc.record({ parts: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }) }),
}));

const leavesOf = (part: PlacedPart): PlacedPart[] => (part.parts.length > 0 ? part.parts.flatMap(leavesOf) : [part]);

describe('a message of any parts (M7, M8)', () => {
  it('gives back each of them by its number', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const leaves = new Map<string, Buffer>();
        const message = written(tree, '', leaves);
        for (const [number, bytes] of leaves) assert.deepEqual(partOf(message, number)?.bytes, bytes, number);
        assert.deepEqual(
          leavesOf(splitMessage(message).root).map(({ number }) => number),
          [...leaves.keys()],
        );
      }),
    );
  });

  it('is the same with lines that end in LF or CR', () => {
    const inText = structures.filter(({ message }) => !message.includes('base64'));
    for (const { message, name } of inText) {
      const expected = parseMessage(message);
      for (const end of ['\n', '\r']) {
        const { source, attachments } = parseMessage(
          Buffer.from(message.toString('latin1').replaceAll('\r\n', end), 'latin1'),
        );
        assert.deepEqual(
          [source.textBody, source.htmlBody],
          [expected.source.textBody, expected.source.htmlBody],
          name,
        );
        assert.equal(attachments.length, expected.attachments.length, name);
      }
    }
  });
});

const corpus = [...structures, ...broken, ...encodings].map(({ message }) => message);

/** A message of the corpus that something happened to. */
const mutated = fc
  .record({
    message: fc.constantFrom(...corpus),
    other: fc.constantFrom(...corpus),
    changes: fc.array(
      fc.record({ at: fc.nat(2000), drop: fc.nat(40), add: fc.uint8Array({ maxLength: 10 }), copy: fc.nat(400) }),
    ),
  })
  .map(({ message, other, changes }) =>
    changes.reduce((bytes, { at, drop, add, copy }) => {
      const place = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, place), add, other.subarray(0, copy), bytes.subarray(place + drop)]);
    }, message),
  );

describe('whatever a message is (M12)', () => {
  const whole = (message: Buffer): void => {
    const { root, headerEnd } = splitMessage(message);
    const leaves = leavesOf(root);
    let place = headerEnd;
    for (const { number, from, to, size, encoding, type } of leaves) {
      if (type.startsWith('multipart/')) continue;
      assert.match(number, /^\d+(?:\.\d+)*$/);
      assert.ok(from >= place && to >= from && to <= message.length && size === to - from, 'places are in turn');
      place = to;
      if (encoding === '') assert.deepEqual(partOf(message, number)?.bytes, message.subarray(from, to));
    }
    assert.equal(new Set(leaves.map(({ number }) => number)).size, leaves.length);
    const { source, attachments } = parseMessage(message);
    for (const { text } of source.texts) assert.ok(text.isWellFormed() && !text.includes('\0'));
    const numbers = new Set(leaves.map(({ number }) => number));
    for (const { part } of [...source.textBody, ...source.htmlBody, ...attachments]) assert.ok(numbers.has(part));
  };

  it('it is taken apart: random bytes', () => {
    const piece = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\n',
      '\r',
      'Content-Type: multipart/mixed; boundary=b',
      'x',
      ':',
      '',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => whole(Buffer.from(pieces.join('')))));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => whole(Buffer.from(bytes))));
  });

  it('it is taken apart: mail that was damaged', () => {
    fc.assert(fc.property(mutated, whole), { numRuns: 1000 });
  });
});
