import { Readable } from 'node:stream';
import type { MailComposerAttachment } from 'nodemailer/lib/mail-composer';
import type { CompositionAttachment } from '../../../src-shared/composition.ts';
import { fileName } from '../fileName.ts';

const [LF, CR] = [0x0a, 0x0d];
/** Without its end (RFC 5322 section 2.1.1). */
const LONGEST_LINE = 998;

/** Whether bytes can travel as they are (RFC 2045 section 2.7, 7bit), but for lines that end in LF alone. */
const isSevenBit = async (pieces: AsyncIterable<Uint8Array>): Promise<boolean> => {
  let length = 0;
  let before = 0;
  for await (const piece of pieces) {
    for (const byte of piece) {
      if (byte === 0 || byte > 0x7f || (before === CR && byte !== LF)) return false;
      length = byte === LF ? 0 : length + 1;
      if (length > LONGEST_LINE + (byte === CR ? 1 : 0)) return false;
      before = byte;
    }
  }
  return before !== CR;
};

/** The bytes, asked for when the first is read. */
const streamOf = ({ open }: CompositionAttachment): Readable =>
  Readable.from(
    (async function* () {
      yield* open();
    })(),
    { objectMode: false },
  );

/**
 * How an attached message is written: nothing may be done to its bytes (RFC 2046 section 5.2.1). One that cannot travel
 * as it is becomes message/global, which may be encoded (RFC 6532 section 3.7). Other parts of that family are data.
 */
const messageWay = async (file: CompositionAttachment): Promise<[type: string, encoding: string]> => {
  const isMessage = file.type === 'message/rfc822' || file.type === 'message/global';
  if (!isMessage) return ['application/octet-stream', 'base64'];
  return (await isSevenBit(file.open())) ? ['message/rfc822', '7bit'] : ['message/global', 'base64'];
};

/** An attachment as nodemailer takes it. `hasHtml`: what the HTML shows stands beside it (RFC 2387). */
export const attachmentFor = async (
  given: CompositionAttachment,
  hasHtml: boolean,
): Promise<MailComposerAttachment> => {
  const file = { ...given, type: given.type.toLowerCase() };
  const { cid, disposition } = file;
  const [contentType, contentTransferEncoding] = file.type.startsWith('message/')
    ? await messageWay(file)
    : [file.type, 'base64'];
  const isShown = cid !== null && disposition === 'inline' && hasHtml;
  return {
    contentType,
    contentTransferEncoding,
    contentDisposition: disposition,
    filename: isShown && file.name === null ? false : fileName(file.name, file.type),
    content: streamOf(file),
    ...(isShown ? { cid } : {}),
    ...(cid !== null && !isShown ? { headers: { 'Content-ID': `<${cid}>` } } : {}),
  };
};
