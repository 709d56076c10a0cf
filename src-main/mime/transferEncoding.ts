import { createBase64Decoder, looksLikeBase64 } from './base64.ts';
import { createQuotedPrintableDecoder } from './quotedPrintable.ts';
import { createUuDecoder } from './uuencode.ts';

/** Decodes bytes as they come, and holds a kilobyte of them at most. How they were cut into pieces makes no difference. */
export type Decoder = {
  /** What the next bytes stand for, as far as that is known yet. */
  push(bytes: Uint8Array): Buffer;
  /** What is left at the end. */
  end(): Buffer;
};

/** A Content-Transfer-Encoding (RFC 2045 section 6), by what is to be done. */
type Encoding = 'base64' | 'quotedPrintable' | 'uuencode' | 'identity';

/** However it is written: comments, quotes, dashes and capitals make no difference. What nobody knows is no encoding. */
const encodingOf = (label: string): Encoding => {
  const name = label
    .slice(0, 200)
    .toLowerCase()
    .replaceAll(/\([^()]*\)|[^a-z0-9]/g, '');
  if (name === 'base64') return 'base64';
  if (name === 'quotedprintable') return 'quotedPrintable';
  return /^x?uu(?:e|encode)?$/.test(name) ? 'uuencode' : 'identity';
};

const identity: Decoder = {
  push: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  end: () => Buffer.alloc(0),
};

/** A decoder for a part that says it is in `encoding`. Anything but base64, quoted-printable and x-uuencode is as it is. */
export const createDecoder = (encoding: string): Decoder => {
  switch (encodingOf(encoding)) {
    case 'base64':
      return createBase64Decoder();
    case 'quotedPrintable':
      return createQuotedPrintableDecoder();
    case 'uuencode':
      return createUuDecoder();
    case 'identity':
      return identity;
  }
};

/** Bytes in the hand decoded at once. */
export const decodeTransfer = (bytes: Uint8Array, encoding: string): Buffer => {
  const decoder = createDecoder(encoding);
  return Buffer.concat([decoder.push(bytes), decoder.end()]);
};

/** A text decoded: as it is where it is not in the encoding that it names, for that still can be read. */
export const decodeTextTransfer = (bytes: Uint8Array, encoding: string): Buffer => {
  const kind = encodingOf(encoding);
  if (kind === 'base64' && !looksLikeBase64(bytes)) return Buffer.from(bytes);
  const decoded = decodeTransfer(bytes, encoding);
  return kind === 'uuencode' && decoded.length === 0 ? Buffer.from(bytes) : decoded;
};
