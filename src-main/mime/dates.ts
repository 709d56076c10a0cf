/** Zones by name (RFC 5322 section 4.3), in hours; the letters of armies and what nobody knows count as UTC. */
const ZONES = new Map([
  ['EDT', -4],
  ['EST', -5],
  ['CDT', -5],
  ['CST', -6],
  ['MDT', -6],
  ['MST', -7],
  ['PDT', -7],
  ['PST', -8],
  ['BST', 1],
  ['CET', 1],
  ['CEST', 2],
  ['MET', 1],
  ['MEST', 2],
  ['EET', 2],
  ['EEST', 3],
  ['MSK', 3],
  ['IST', 5.5],
  ['JST', 9],
  ['KST', 9],
  ['AEST', 10],
  ['AEDT', 11],
]);

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(?<month>${MONTHS.join('|')})[a-z]*`;
const TIME = String.raw`(?<hour>\d{1,2})[:.](?<minute>\d{2})(?:[:.](?<second>\d{2})(?:[.,]\d+)?)?\s*(?<half>[ap]m\b)?`;

/** The forms in which dates come: RFC 5322, with what people make of it; that of C's asctime; ISO 8601. */
const FORMS = [
  String.raw`\b(?<day>\d{1,2})[\s.-]*${MONTH}[\s.,-]*(?<year>\d{4}|\d{2,3})(?:[\s,]+(?:at )?${TIME}\s*(?<zone>.*))?$`,
  String.raw`\b${MONTH}\s+(?<day>\d{1,2}),?\s+${TIME}\s+(?<zone>[a-z]{3,4}\s+|[+-]\d{4}\s+)?(?<year>\d{4})\b`,
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[t ]\s*${TIME}\s*(?<zone>.*))?$`,
].map((form) => new RegExp(form, 'is'));

const yearOf = (digits: string): number => {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return digits.length === 2 && year < 50 ? year + 2000 : year + 1900;
};

const monthOf = (text: string): number => Number(text) || MONTHS.indexOf(text.toLowerCase()) + 1;

/** East of Greenwich, in minutes. Zones that lie nowhere count as UTC. */
const offsetOf = (zone: string): number => {
  const [, sign, hours, minutes] = /([+-])\s?(\d{1,2}):?(\d{2})\b/.exec(zone) ?? [];
  if (sign !== undefined) {
    const offset = Number(hours) * 60 + Number(minutes);
    return offset > 15 * 60 || Number(minutes) > 59 ? 0 : offset * (sign === '-' ? -1 : 1);
  }
  return (ZONES.get(/^[a-z]+/i.exec(zone)?.[0].toUpperCase() ?? '') ?? 0) * 60;
};

const hourOf = (digits: string, half: string | undefined): number => {
  const hour = Number(digits);
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
};

const matched = (text: string): Record<string, string> | null => {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups) return groups;
  }
  return null;
};

const two = (value: number): string => String(value).padStart(2, '0');

/**
 * A date of RFC 5322 section 3.3, obsolete forms and the usual mistakes included, as RFC 3339 writes it with the zone it
 * was sent from (RFC 8621 section 4.1.2.5), or null for what is no date. A leap second is the second before it.
 */
export const parseDate = (field: string): string | null => {
  const found = matched(
    field
      .slice(0, 200)
      .replaceAll(/\([^()]*\)/g, ' ')
      .trim(),
  );
  if (!found) return null;
  const [year, month, day] = [yearOf(found['year'] ?? ''), monthOf(found['month'] ?? ''), Number(found['day'])];
  const hour = hourOf(found['hour'] ?? '0', found['half']);
  const [minute, second] = [Number(found['minute'] ?? 0), Number(found['second'] ?? 0)];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const exists = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  if (!exists || year < 1900 || hour > 23 || minute > 59 || second > 60) return null;
  const offset = offsetOf(found['zone'] ?? '');
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(Math.min(second, 59))}${zone}`;
};
