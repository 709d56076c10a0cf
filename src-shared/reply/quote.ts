import type { Address, Email } from '../model.ts';
import { timeIn } from '../timeZone.ts';
import { plainAddress } from './recipients.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as HTML, on lines of its own. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (char) => ESCAPES[char] ?? char).replaceAll(/\r\n?|\n/g, '<br>');

/**
 * When it was sent, by the clock of whoever answers; without a zone, a moment that reads alike everywhere: `2026-11-28 09:30
 * UTC`, or with the offset of where it was sent.
 */
const moment = ({ sentAt, receivedAt }: Email, timeZone: string | undefined): string => {
  if (timeZone !== undefined) return timeIn(timeZone, sentAt ?? receivedAt);
  const [, day, time, zone = 'Z'] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*(.*)$/.exec(sentAt ?? receivedAt) ?? [];
  return day === undefined ? '' : `${day} ${time} ${zone === 'Z' ? 'UTC' : zone}`;
};

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
const spoken = ({ name, email }: Address): string => oneLine(name === null ? email : `${name} <${email}>`);
const list = (addresses: readonly Address[]): string => addresses.map(plainAddress).map(spoken).join(', ');

/** The line before a quote. `timeZone`: that of whoever answers, where it is known. */
export const attribution = (email: Email, timeZone: string | undefined): string => {
  const [author] = [...email.from, ...email.sender].map(plainAddress);
  return `On ${moment(email, timeZone)}, ${author?.name || author?.email || 'somebody'} wrote:`;
};

/** The line above what is passed on. */
export const FORWARDED = '---------- Forwarded message ----------';

/** Whether a line is one that stands before a quote. */
export const isAttribution = (line: string): boolean => /^On .*wrote:$/.test(line);

/** Where the quote of an answer begins in its text, or what is passed on; its length where there is neither. */
export const quoteStart = (text: string): number => {
  const at = text.search(new RegExp(`^(?:On .*wrote:\n>|${FORWARDED}$)`, 'm'));
  return at < 0 ? text.length : at;
};

/** The head of what is passed on: name and value of each field that says something. */
export const forwardHead = (email: Email, timeZone: string | undefined): [name: string, value: string][] =>
  (
    [
      ['From', list(email.from)],
      ['Date', moment(email, timeZone)],
      ['Subject', oneLine(email.subject ?? '')],
      ['To', list(email.to)],
      ['Cc', list(email.cc)],
    ] as [string, string][]
  ).filter(([, value]) => value !== '');

/**
 * Plain text one level deeper in quotes, as `unflow` has them: '> ' before what is new, '>' before what was quoted.
 * Empty lines at its end are left out.
 */
export const quotedText = (text: string): string => {
  const lines = text.split(/\r\n?|\n/);
  return lines
    .slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1)
    .map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n');
};

const STYLE = 'margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex';

/** HTML that is safe as a quote of the message with this id (RFC 2392 for the address). */
export const quotedHtml = (html: string, messageId: string | undefined): string => {
  const cite = messageId === undefined ? '' : ` cite="mid:${encodeURIComponent(messageId).replace('%40', '@')}"`;
  return `<blockquote type="cite"${cite} style="${STYLE}">${html}</blockquote>`;
};
