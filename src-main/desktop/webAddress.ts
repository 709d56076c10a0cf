/**
 * What may be handed to the system browser: https, or http, written as the network knows it, an internationalised host in its
 * A-labels. Null for all other schemes: files, network shares and programs' own addresses are never opened.
 */
export const webAddress = (url: string): string | null => {
  const parsed = URL.parse(url);
  return parsed !== null && ['https:', 'http:'].includes(parsed.protocol) ? parsed.href : null;
};
