import { cleanText } from '../lib/text.ts';

/** A text of the server's, made harmless; null for anything else. */
export const textValue = (value: unknown): string | null => (typeof value === 'string' ? cleanText(value) : null);

/** A size or count: a whole number from 0 to 2^52, 0 for anything else. */
export const countValue = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.min(Math.floor(value), 2 ** 52) : 0;

const LATEST_SECOND = 2 ** 32 - 1;

/** The first of these dates that is one, in whole seconds since the epoch, within 32 bits; 0 without any. */
export const secondOf = (dates: unknown[]): number => {
  const ms = dates.map((date) => Date.parse(textValue(date) ?? '')).find((parsed) => Number.isFinite(parsed));
  return Math.min(Math.max(Math.floor((ms ?? 0) / 1000), 0), LATEST_SECOND);
};

/** A date in UTC as RFC 3339 has it, or null for one that is none, or outside of the years 0 to 9999. */
export const utcOf = (date: unknown): string | null => {
  const ms = Date.parse(textValue(date) ?? '');
  const iso = Number.isFinite(ms) ? new Date(ms).toISOString() : '';
  return /^\d{4}-/.test(iso) ? iso : null;
};

/** URLs of List-Unsubscribe (RFC 2369) as the field has them, or null without any. */
export const urlList = (urls: string[]): string | null =>
  urls.length > 0 ? urls.map((url) => `<${url}>`).join(', ') : null;
