/** Whether this is the name of a time zone (IANA), `Europe/Berlin` say, or an offset, `+05:30`. */
export const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** A moment as a clock in that zone has it: `28 Nov 2026 at 10:30`. `at` is ISO 8601; '' where it is no moment. */
export const timeIn = (timeZone: string, at: string): string => {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return '';
  const parts = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(moment);
  const value = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${value('day')} ${value('month')} ${value('year')} at ${value('hour')}:${value('minute')}`;
};
