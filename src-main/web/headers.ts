/**
 * The Content-Security-Policy of the window's page: its own files, no HTML from text, and nothing from elsewhere. `within`: what of
 * its own host it may speak with, and show in frames.
 */
export const windowPolicy = (within: "'self'" | "'none'"): string =>
  `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src ${within}; frame-src ${within}; ` +
  "base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
  'trusted-types tern';

/** In a browser: its own line, and frames for mail. */
export const SHELL_CSP = windowPolicy("'self'");

/** The policy of a page that shows a message: no origin, no scripts, nothing that is not in the response itself. */
export const MAIL_CSP = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";

const common = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=()',
};

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
};

/** The media type of a built file, by its name; undefined for one that no page asks for. */
export const builtType = (name: string): string | undefined => types[name.slice(name.lastIndexOf('.') + 1)];

/** The headers of a file of the shell, by its name. */
export const shellHeaders = (name: string): Record<string, string> => ({
  ...common,
  'content-security-policy': SHELL_CSP,
  'content-type': builtType(name) ?? 'application/octet-stream',
});

/** The headers of a message. */
export const mailHeaders = (): Record<string, string> => ({
  ...common,
  'content-security-policy': MAIL_CSP,
  'content-type': 'text/html; charset=utf-8',
  'x-frame-options': 'SAMEORIGIN',
});

/** A file to be saved under a name that is safe (RFC 6266). */
export const asAttachment = (name: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, escapeChar)}`;

/** The headers of a file to be saved: whatever it holds, no browser shows it. The name is one that is safe. */
export const fileHeaders = (name: string, size: number): Record<string, string> => ({
  ...common,
  'content-security-policy': "sandbox; default-src 'none'",
  'content-type': 'application/octet-stream',
  'content-disposition': asAttachment(name),
  'content-length': String(size),
});

/** RFC 8187 section 3.2.1: what `encodeURIComponent` leaves and a header may not hold. */
const escapeChar = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** The headers of a refusal. */
export const plainHeaders = (): Record<string, string> => ({
  ...common,
  'content-security-policy': "default-src 'none'; sandbox",
  'content-type': 'text/plain; charset=utf-8',
});
