/** Server text is inert: short, one line, for people to read and for nothing else. */
export const inert = (text: string | undefined): string =>
  (text ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed();

/** Codes of Node's errors that mean that a server is not who it says, or speaks no TLS that can be trusted. */
export const certificateTrouble = /CERT|SSL|TLS|SIGNED|ISSUER|UNABLE_TO_VERIFY|EPROTO/;
