import type { CustomScheme } from 'electron';

/** `standard` gives them an origin, `secure` what secure pages may do. Neither passes by any policy, nor may be fetched. */
export const SCHEMES: CustomScheme[] = [
  { scheme: 'tern-app', privileges: { standard: true, secure: true, codeCache: true } },
  { scheme: 'tern-mail', privileges: { standard: true, secure: true } },
];

/** Of the window's own page. */
export const APP_ORIGIN = 'tern-app://app';
