const DAY_MS = 86_400_000;

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const midnight = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** When mail came, as short as can be: the time today, the weekday this week, else the day. `at` is ISO 8601. */
export const listTime = (at: string, now: Date): string => {
  const then = new Date(at);
  const days = Math.round((midnight(now) - midnight(then)) / DAY_MS);
  if (days === 0) return time.format(then);
  if (days > 0 && days < 7) return weekday.format(then);
  return then.getFullYear() === now.getFullYear() ? dayAndMonth.format(then) : day.format(then);
};

/** A moment in full. */
export const fullTime = (at: string): string => whole.format(new Date(at));

/** A moment, as lists of activity show it. */
export const shortTime = (at: string): string => short.format(new Date(at));

const pad = (n: number): string => String(n).padStart(2, '0');

/** A moment as `<input type="datetime-local">` takes it, in local time. */
export const inputTime = (at: Date): string =>
  `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;

/** Eight in the morning, so many days after a moment. */
export const morning = (from: Date, days: number): Date =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, 8);
