import { composeMessage } from '../../src-main/mime/compose/compose.ts';
import type { Composition, CompositionAttachment } from '../../src-shared/composition.ts';

/** A short message from Anna to Ben, with what a test says of it. */
export const composition = (given: Partial<Composition> = {}): Composition => ({
  from: { name: 'Anna', email: 'anna@example.com' },
  sender: null,
  replyTo: [],
  to: [{ name: 'Ben', email: 'ben@example.org' }],
  cc: [],
  bcc: [],
  subject: 'Lunch',
  text: 'At noon?',
  html: null,
  messageId: '6f1c2b1e-6f0e-4f3c-9d8a-0d6a3c1b2a11@example.com',
  date: new Date(Date.UTC(2026, 10, 28, 9, 30)),
  inReplyTo: [],
  references: [],
  attachments: [],
  keepBcc: false,
  ...given,
});

/** A file of these bytes, in one piece. */
export const attachment = (
  bytes: Uint8Array | string,
  given: Partial<CompositionAttachment> = {},
): CompositionAttachment => ({
  name: 'file.bin',
  type: 'application/octet-stream',
  disposition: 'attachment',
  cid: null,
  open: async function* () {
    yield typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  },
  ...given,
});

/** All bytes of the message that a composition becomes. */
export const written = async (given: Composition): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of composeMessage(given).bytes) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** The fields of a message's own header, in their order, unfolded. */
export const fieldsOf = (message: Buffer): [name: string, value: string][] => {
  const [head = ''] = message.toString('utf8').split('\r\n\r\n');
  return head
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
};
