import { randomBytes } from 'node:crypto';

/** A new secret of 256 bits, in letters that a URL can hold. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
