import { domainToUnicode } from 'node:url';
import { getDomain, parse } from 'tldts';
import type { LinkWarning } from '../../src-shared/linkWarnings.ts';

/** Of a longer text the beginning and the end are looked at. */
const LONGEST_TEXT = 400;
/** Characters that show nothing: soft hyphens, joiners, marks of direction. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
const DOTS = /[\u3002\uFF0E\uFF61]/gu;
const NAMED_HOST =
  /(https?:[/\\]{2}|www\.|[^\s<>"'(),;:]{0,64}@)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})?\.){1,8}\p{L}[\p{L}\p{N}-]{1,62})/giu;

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Georgian', 'Cherokee', 'Hebrew', 'Arabic', 'Thai'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/** Whether one of a host's labels mixes letters of scripts that nobody writes together. */
const mixesScripts = (host: string): boolean =>
  host.split('.').some((label) => SCRIPTS.filter((script) => script.test(label)).length > 1);

const domainOf = (host: string): string => getDomain(host, { allowPrivateDomains: true }) ?? host;

const asciiHost = (host: string): string | null => {
  const url = `https://${host}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
};

/** The hosts that a text names, in ASCII, and the addresses of email. */
const namedIn = (text: string): { hosts: string[]; emails: string[] } => {
  const hosts: string[] = [];
  const emails: string[] = [];
  const seen = text.replaceAll(UNSEEN, '').replaceAll(/\s+/g, ' ').trim();
  const ends = seen.length > 2 * LONGEST_TEXT ? `${seen.slice(0, LONGEST_TEXT)} ${seen.slice(-LONGEST_TEXT)}` : seen;
  const plain = ends.replaceAll(DOTS, '.').normalize('NFKC');
  for (const [, before = '', name = ''] of plain.matchAll(NAMED_HOST)) {
    const host = asciiHost(before.toLowerCase() === 'www.' ? `www.${name}` : name);
    if (host === null || (!parse(host).isIcann && !before.includes(':'))) continue;
    if (before.endsWith('@')) emails.push(`${before}${host}`.toLowerCase());
    else hosts.push(host);
  }
  return { hosts, emails };
};

const mailWarnings = (href: string, text: string): LinkWarning[] => {
  const { pathname } = new URL(href);
  let address = pathname.toLowerCase();
  try {
    address = decodeURIComponent(address);
  } catch {
    // A stray per cent sign stands for itself.
  }
  const { emails } = namedIn(text);
  return emails.length > 0 && !emails.some((email) => address.includes(email)) ? ['other-address'] : [];
};

/**
 * What is suspicious about a link that leads to `href` and shows `text`: it names another registrable domain or address
 * than it leads to, its host is written in punycode or in mixed scripts, or it has a user name before its host.
 */
export const linkWarnings = (href: string, text: string): LinkWarning[] => {
  if (href.startsWith('mailto:')) return mailWarnings(href, text);
  if (!href.startsWith('http')) return [];
  const { hostname, username, password } = new URL(href);
  const warnings: LinkWarning[] = [];
  const { hosts, emails } = namedIn(text);
  const domain = domainOf(hostname);
  if (hosts.some((host) => domainOf(host) !== domain)) warnings.push('other-domain');
  else if (hosts.length === 0 && emails.length > 0) warnings.push('other-address');
  if (/(?:^|\.)xn--/.test(hostname)) warnings.push('punycode');
  if (mixesScripts(domainToUnicode(hostname))) warnings.push('mixed-script');
  if (username !== '' || password !== '') warnings.push('user-info');
  return warnings;
};
