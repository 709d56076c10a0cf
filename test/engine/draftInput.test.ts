import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partFile } from '../../src-main/engine/outgoing/draftAttachments.ts';
import { compositionSchema } from '../../src-shared/composition.ts';
import { draftInputSchema } from '../../src-shared/draft.ts';

const BOB = { name: 'Bob', email: 'bob@example.test' };

describe('C1: a draft that can be saved can be written', () => {
  const message = { from: BOB, to: [], cc: [], bcc: [], sender: null, replyTo: [], html: null, messageId: 'a@x.test' };
  const rest = { date: new Date(0), inReplyTo: [], references: [], keepBcc: true };

  for (const [what, more] of [
    ['a line separator in the subject', { subject: 'a\u2028b' }],
    ['a line separator in a file name', { attachments: [{ name: 'a\u2029b', type: 'text/plain', bytes: '' }] }],
    ['a file of parts', { attachments: [{ name: 'a', type: 'multipart/mixed', bytes: '' }] }],
    ['a long media type', { attachments: [{ name: 'a', type: `text/${'x'.repeat(150)}`, bytes: '' }] }],
  ] as const)
    it(`not with ${what}`, () => assert.equal(draftInputSchema.safeParse({ to: [BOB], ...more }).success, false));

  it('with a part of an email, whatever that says of itself', () => {
    const part = {
      part: '2',
      name: null,
      type: 'image/jpeg/evil',
      size: 1,
      cid: 'ä b',
      disposition: 'inline' as const,
    };
    const { name, type, cid } = partFile({ id: '1' } as never, part);
    const open = () => undefined as never;
    const attachments = [{ name, type, cid, disposition: 'inline' as const, open }];
    const written = { ...message, ...rest, subject: '', text: '', attachments };
    assert.deepEqual([compositionSchema.safeParse(written).success, type], [true, 'application/octet-stream']);
  });
});
