/** What signs the parts before it (RFC 3156 section 5, RFC 8551 section 3.5.3). */
const SIGNATURES = new Set([
  'application/pgp-signature',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
]);

/** Whether a message says that it is signed, by its attachments. Nobody looked whether the signature is right. */
export const isSigned = (attachments: readonly { type: string }[]): boolean =>
  attachments.some(({ type }) => SIGNATURES.has(type));
