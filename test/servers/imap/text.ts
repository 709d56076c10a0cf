/** A piece of a response: text in latin1, or bytes. */
export type Piece = string | Buffer;

/** A quoted string where the text allows it, else a literal (RFC 3501 section 4.3); `text` in latin1. */
export const stringOf = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) && text.length < 1000
    ? `"${text.replaceAll(/["\\]/g, '\\$&')}"`
    : `{${text.length}}\r\n${text}`;

/** NIL, or a string. */
export const nstring = (text: string | null): string => (text === null ? 'NIL' : stringOf(text));

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');

/** A `date-time` in UTC (RFC 3501 section 9), in its quotes. */
export const dateTime = (ms: number): string => {
  const at = new Date(ms);
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `"${day}-${months[at.getUTCMonth()] ?? ''}-${at.getUTCFullYear()} ${time} +0000"`;
};

/** Milliseconds of a `date-time` or of a `date` of SEARCH (midnight UTC); null where it is neither. */
export const parseDate = (text: string): number | null => {
  const match = /^ ?(\d{1,2})-(\w{3})-(\d{4})(?: (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d))?$/.exec(text);
  if (!match) return null;
  const [day = 0, , year = 0, hour = 0, minute = 0, second = 0, , zoneHours = 0, zoneMinutes = 0] = match
    .slice(1)
    .map((field) => Number(field ?? 0));
  const month = months.findIndex((name) => name.toLowerCase() === match[2]?.toLowerCase());
  if (month < 0) return null;
  const zone = (zoneHours * 60 + zoneMinutes) * (match[7] === '-' ? -1 : 1);
  return Date.UTC(year, month, day, hour, minute - zone, second);
};
