/** True for a host name that can only be this very machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

/** True for a URL that a credential may travel to: https, or http to this very machine. */
export const isSecure = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));

/** A session URL as people type it: a bare host means https. Null for what is no web address. */
export const parseSessionUrl = (typed: string): URL | null =>
  URL.parse(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
