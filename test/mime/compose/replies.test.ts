import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseMessage } from '../../../src-main/mime/message.ts';
import type { Email } from '../../../src-shared/model.ts';
import { replyTo } from '../../../src-shared/reply/reply.ts';
import { attachment, composition, written } from '../../support/composition.ts';
import { email, identity, quotable } from '../../support/reply.ts';
import { broken } from '../corpus/broken.ts';
import { encodings } from '../corpus/encodings.ts';
import { structures } from '../corpus/structures.ts';

const samples = [...broken, ...encodings, ...structures];
const modes = ['reply', 'replyAll', 'forward', 'forwardAttached'] as const;

const emailOf = (message: Buffer): Email => {
  const { header, attachments } = parseMessage(message);
  const { sentAt, unsubscribe: _, ...fields } = header;
  const named = attachments.map(({ part, name, type, size, disposition }) => ({ part, name, type, size, disposition }));
  return email({ ...fields, sentAt, attachments: named });
};

/** The message that such an answer becomes, sent as it begins. */
const sent = async (given: Email, mode: (typeof modes)[number], text: string): Promise<Buffer> => {
  const { from, identity: _, attachments, ...begun } = replyTo(given, quotable({ text }), mode, [identity()]);
  return written(
    composition({
      ...begun,
      ...(from ? { from } : {}),
      attachments: attachments.map(({ part: _part, ...file }) => attachment('x', file)),
    }),
  );
};

describe('an answer to whatever somebody sent', () => {
  for (const mode of modes)
    it(`can be sent: ${mode}`, async () => {
      for (const { message, name } of samples) {
        const { source } = parseMessage(message);
        const given = emailOf(message);
        const { header } = parseMessage(await sent(given, mode, source.texts[0]?.text ?? ''));
        assert.match(header.subject ?? '', /^(?:Re|Fwd):/, name);
        if (mode.startsWith('reply') && given.messageId.length === 1 && /^[ -~]+$/.test(given.messageId[0] ?? ''))
          assert.deepEqual(header.inReplyTo, given.messageId, name);
      }
    });

  it('can be sent where every field is made up', async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    const address = fc.record({ name: fc.option(text), email: fc.oneof(text, fc.emailAddress()) });
    const addresses = fc.array(address, { maxLength: 3 });
    const ids = fc.array(fc.oneof(text, fc.stringMatching(/^\w{1,8}@\w{1,8}$/)), { maxLength: 3 });
    const fields = fc.record({
      subject: fc.option(text),
      from: addresses,
      to: addresses,
      cc: addresses,
      replyTo: addresses,
      sender: addresses,
      messageId: ids,
      inReplyTo: ids,
      references: ids,
      attachments: fc.array(
        fc.record({ part: text, name: fc.option(text), type: text, size: fc.nat(), disposition: fc.option(text) }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fields, fc.constantFrom(...modes), text, async (given, mode, said) => {
        const { header } = parseMessage(await sent(email(given), mode, said));
        assert.equal(header.from[0]?.email, 'anna@example.com');
        assert.deepEqual(header.bcc, []);
      }),
    );
  });
});
