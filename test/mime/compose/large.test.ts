import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeMessage } from '../../../src-main/mime/compose/compose.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { settle } from '../../support/clock.ts';
import { attachment, composition, written } from '../../support/composition.ts';

const MB = 1024 * 1024;

/** A file of so many pieces of 64 KB, and what became of it. */
const bigFile = (pieces: number, text: string, type: string) => {
  const piece = Buffer.from(text.repeat(65_536 / text.length));
  const seen = { given: 0, isOpen: false };
  const file = attachment('', {
    type,
    open: async function* () {
      seen.isOpen = true;
      try {
        for (let at = 0; at < pieces; at++) {
          seen.given += piece.length;
          yield piece;
        }
      } finally {
        seen.isOpen = false;
      }
    },
  });
  return { file, seen };
};

describe('an attachment of 20 MB', () => {
  it('is never held whole', async () => {
    const { file, seen } = bigFile(320, 'binary\0.', 'application/pdf');
    let taken = 0;
    let most = 0;
    for await (const { length } of composeMessage(composition({ attachments: [file] })).bytes) {
      taken += length;
      most = Math.max(most, seen.given - (taken * 3) / 4);
    }
    assert.ok(taken > 27 * MB, `${taken}`);
    assert.ok(most < MB, `${most} bytes were held`);
  });

  it('is never held whole where it is a message', async () => {
    const { file, seen } = bigFile(320, `${'x'.repeat(62)}\r\n`, 'message/rfc822');
    let taken = 0;
    let most = 0;
    for await (const { length } of composeMessage(composition({ attachments: [file] })).bytes) {
      taken += length;
      // It is read twice: first it is looked through.
      most = Math.max(most, seen.given - 20 * MB - taken);
    }
    assert.equal(seen.given, 40 * MB);
    assert.ok(taken > 20 * MB && most < MB, `${most} bytes were held`);
  });

  it('is closed when nobody reads on', async () => {
    const { file, seen } = bigFile(320, 'binary\0.', 'application/pdf');
    for await (const _ of composeMessage(composition({ attachments: [file] })).bytes) if (seen.given > MB) break;
    await settle();
    assert.equal(seen.isOpen, false);
    assert.ok(seen.given < 3 * MB, `${seen.given} bytes were read`);
  });
});

describe('an attachment that cannot be read', () => {
  const broken = (type: string) =>
    attachment('', {
      type,
      open: async function* () {
        yield Buffer.from('some');
        throw new TernError('storage', 'the file is gone');
      },
    });

  it('ends the message with its own error', async () => {
    for (const type of ['image/png', 'message/rfc822']) {
      const attachments = [attachment('fine'), broken(type)];
      await assert.rejects(written(composition({ attachments })), { kind: 'storage', message: 'the file is gone' });
    }
  });
});
