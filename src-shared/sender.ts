import type { Address } from './model.ts';

/** Why a sender's name or address deserves a second look. */
export type SenderWarning =
  | 'address-in-name'
  | 'several-addresses'
  | 'hidden-characters'
  | 'mixed-scripts'
  | 'punycode'
  | 'no-address';

/**
 * What to show of a sender: a name that shows only what it holds, or null; the address as it is, what cannot be seen made
 * visible; and the host of the address in lower case, '' where there is none. The address is shown beside the name always.
 */
export type Sender = { name: string | null; email: string; domain: string; warnings: SenderWarning[] };

/** Letters that fill room without a mark: fillers of Hangul, the empty pattern of Braille, blanks of mathematics and music. */
const BLANKS = /[\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0]|\u{1D159}/gu;
/** What changes the direction of what follows, and what can be seen by nobody. */
const UNSEEN =
  /[\u00AD\u061C\u180B-\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFC]|\u034F|[\u{E0000}-\u{E0FFF}]/gu;
const CONTROLS = /\p{Cc}/gu;
/** What stands for '@' in other scripts and sizes. */
const AT = /[\uFE6B\uFF20]/gu;
const ADDRESS = /[^\s<>"(),:;@]+@[^\s<>"(),:;@]+/gu;
const LONGEST_NAME = 200;

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

const mixesScripts = (word: string): boolean => SCRIPTS.filter((script) => script.test(word)).length > 1;

/** A character that must not act, as its code: `\u{0}`. */
const visible = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** A name on one line: what cannot be seen is gone, and wide blanks are one space, so that nothing is pushed out of sight. */
const plainName = (name: string): string =>
  name
    .toWellFormed()
    .replaceAll(CONTROLS, ' ')
    .replaceAll(UNSEEN, '')
    .replaceAll(BLANKS, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .toWellFormed();

const hostOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

const nameWarnings = (raw: string, email: string): SenderWarning[] => {
  const warnings: SenderWarning[] = [];
  const name = plainName(raw).replaceAll(AT, '@');
  const found = [...name.matchAll(ADDRESS)].map(([address]) => address.toLowerCase().replace(/\.+$/, ''));
  if (found.some((address) => address !== email.toLowerCase())) warnings.push('address-in-name');
  if (found.length > 1) warnings.push('several-addresses');
  // Joiners hold emoji and letters of some scripts together; beside Latin letters they only hide something.
  const hides = raw.search(CONTROLS) !== -1 || raw.search(UNSEEN) !== -1 || raw.search(BLANKS) !== -1;
  if (hides || /\s{4,}|[\u2000-\u200A\u3000]{2,}/u.test(raw)) warnings.push('hidden-characters');
  if (name.split(/[\s.@]+/u).some(mixesScripts)) warnings.push('mixed-scripts');
  return warnings;
};

const emailWarnings = (email: string): SenderWarning[] => {
  const warnings: SenderWarning[] = [];
  if (!/^[^@]+@[^@]+$/u.test(email)) warnings.push(/@[^]*@|[,;<>]/u.test(email) ? 'several-addresses' : 'no-address');
  if (/[\s\p{Cc}]/u.test(email) || email.search(UNSEEN) !== -1 || email.search(BLANKS) !== -1)
    warnings.push('hidden-characters');
  if (/(?:^|\.)xn--/u.test(hostOf(email))) warnings.push('punycode');
  if (email.split(/[.@]/u).some(mixesScripts)) warnings.push('mixed-scripts');
  return warnings;
};

/**
 * What to show of who an email says it is from, so that a name cannot pass for an address, and nothing in either is
 * hidden (RFC 5322 section 3.4 allows almost anything in a name). Encoded words are decoded before, never here.
 */
export const senderOf = ({ name, email }: Address): Sender => {
  const shown = name === null ? '' : plainName(name);
  const address = email
    .toWellFormed()
    .replaceAll(CONTROLS, visible)
    .replaceAll(UNSEEN, visible)
    .replaceAll(BLANKS, visible)
    .replaceAll(/\s/gu, visible);
  const warnings = [...(name === null ? [] : nameWarnings(name, email)), ...emailWarnings(email)];
  return {
    name: shown === '' || shown.toLowerCase() === address.toLowerCase() ? null : shown,
    email: address,
    domain: address.includes('@') ? hostOf(address) : '',
    warnings: [...new Set(warnings)],
  };
};
