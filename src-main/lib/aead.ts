import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** In bytes: a key of AES-256, and what GCM takes (NIST SP 800-38D). */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals a secret with AES-256-GCM, bound to `context`, as `<mark>:<base64 of nonce, tag and text>`. */
export const sealWith = (key: Buffer, mark: string, secret: string, context: string): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return `${mark}:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`;
};

/** Opens what `sealWith` made; null where the mark, the key, the context or a byte is another. */
export const openWith = (key: Buffer, mark: string, sealed: string, context: string): string | null => {
  const [found, text] = sealed.split(':');
  if (found !== mark || text === undefined) return null;
  const bytes = Buffer.from(text, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
};
