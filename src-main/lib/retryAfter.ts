/** `Retry-After` (RFC 9110 section 10.2.3) in seconds, a day at most: a number, or a date. `now` in ms. */
export const retryAfterSeconds = (value: string | null, now: number): number | undefined => {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), 24 * 3600) : undefined;
};
